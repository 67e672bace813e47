# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: vm.nr_hugepages = 128
# want: Model name
sysctl -w vm.nr_hugepages=128
echo 128 > /proc/sys/vm/nr_hugepages
modprobe msr; lscpu | grep -i 'model name'
grep -c ^processor /proc/cpuinfo
