# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: /usr/bin/
find / -perm -4000 -type f 2>/dev/null | sort | head; find /etc -maxdepth 1 -name '*.conf' | wc -l
