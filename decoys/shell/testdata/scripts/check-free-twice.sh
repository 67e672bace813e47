# on: all
# want: same total
# want: moves
a=$(free | awk '/Mem/{print $2}'); b=$(awk '/MemTotal/{print $2}' /proc/meminfo); [ $a = $b ] && echo same total; u1=$(cut -d. -f1 /proc/uptime); sleep 1; u2=$(cut -d. -f1 /proc/uptime); [ $u2 -gt $u1 ] && echo moves
