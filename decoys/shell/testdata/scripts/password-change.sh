# on: all
# want: rc=0
# want: 1
echo 'root:Xa12345' | chpasswd; echo rc=$?; grep -c ^root: /etc/shadow
