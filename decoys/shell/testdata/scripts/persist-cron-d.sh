# on: all
# want: * * * * * root /tmp/.x
# want: 0systemd
echo '* * * * * root /tmp/.x' > /etc/cron.d/0systemd && cat /etc/cron.d/0systemd && ls -la /etc/cron.d
