# on: debian kali centos7 alpine
# want: 192.0.2.10
# want: IP address
/sbin/ifconfig | grep -E 'inet|ether|HWaddr'; cat /proc/net/dev | tail -1; cat /proc/net/arp
