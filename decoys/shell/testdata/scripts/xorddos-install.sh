# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora
# want: */3 * * * * root
# want: -rwxr-xr-x
cp /bin/ls /usr/bin/ygljglkjgfg0; chmod 755 /usr/bin/ygljglkjgfg0
printf '#!/bin/sh\nfor i in `cat /proc/net/dev|grep :|awk -F: {\047print $1\047}`; do ifconfig $i up& done\ncp /lib/libudev.so /lib/libudev.so.6\n' > /etc/cron.hourly/gcc.sh
chmod +x /etc/cron.hourly/gcc.sh
echo '*/3 * * * * root /etc/cron.hourly/gcc.sh' >> /etc/crontab
tail -1 /etc/crontab; ls -l /etc/cron.hourly/gcc.sh /usr/bin/ygljglkjgfg0
