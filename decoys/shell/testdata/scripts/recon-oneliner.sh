# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: uid=0(root)
# want: Linux
# want: Mem:
# want: load average
# want: reboot
uname -a; id; whoami; cat /etc/issue; nproc; free -m; df -h; w; uptime; last | head -3; cat /proc/cpuinfo | grep name | cut -f2 -d: | uniq -c
