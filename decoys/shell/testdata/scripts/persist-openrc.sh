# on: alpine
# want: -rwxr-xr-x
printf '#!/sbin/openrc-run\ncommand=/tmp/.x\n' > /etc/init.d/xd; chmod +x /etc/init.d/xd; rc-update add xd default; ls -l /etc/init.d/xd
