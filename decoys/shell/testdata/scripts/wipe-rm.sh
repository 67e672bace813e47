# on: all
# want: 0
# want: /var/log/wtmp
rm -rf /var/log/*; ls /var/log | wc -l; touch /var/log/wtmp && ls -l /var/log/wtmp
