# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: 0
for f in /var/log/auth.log /var/log/secure /var/log/messages /var/log/wtmp /var/log/btmp /var/log/lastlog; do [ -f $f ] && cat /dev/null > $f; done; history -c; export HISTFILE=/dev/null; wc -c < /var/log/wtmp
