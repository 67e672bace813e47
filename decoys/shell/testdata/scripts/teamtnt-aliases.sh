# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: hidden
# want: curl 
# want: GNU Wget
# allow: curl
mv /usr/bin/curl /usr/bin/cd1 && mv /usr/bin/wget /usr/bin/wd1; curl 2>/dev/null || echo hidden; cd1 --version | head -1; wd1 -V | head -1
