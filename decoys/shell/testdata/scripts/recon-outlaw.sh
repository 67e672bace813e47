# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: /usr/bin/ls
# want: x86_64
# want: Model name:
cat /proc/cpuinfo | grep name | wc -l
cat /proc/cpuinfo | grep name | head -n 1 | awk '{print $4,$5,$6,$7,$8,$9;}'
free -m | grep Mem | awk '{print $2 ,$3, $4, $5, $6, $7}'
ls -lh $(which ls)
which ls
crontab -l
uname -m
lscpu | grep Model
df -h | head -n 2 | awk 'FNR == 2 {print $2;}'
