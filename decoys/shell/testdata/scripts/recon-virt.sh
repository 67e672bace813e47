# on: all
# want: no docker
# want: 0::/
cat /sys/class/dmi/id/product_name /sys/class/dmi/id/sys_vendor; cat /proc/1/cgroup; ls -d /.dockerenv 2>/dev/null || echo no docker; cat /proc/1/comm
