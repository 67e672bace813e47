# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: No route to host
(echo > /dev/tcp/198.51.100.1/80) 2>&1 | head -1; exec 3<>/dev/tcp/198.51.100.1/80 || echo closed
