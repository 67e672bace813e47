# on: all
# want: root:0:
# want: root:x:0:0:root:/root
cut -d: -f1,3,7 /etc/passwd | grep -vE 'nologin|false|sync|shutdown|halt'; awk -F: '$3==0{print $1}' /etc/passwd; getent passwd root
