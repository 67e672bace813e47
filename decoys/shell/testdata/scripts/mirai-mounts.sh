# on: all
# want: / 
# want: ok /dev/shm
# want: ok /tmp
# want: ok /run
cat /proc/mounts
for d in /dev /dev/shm /tmp /var/tmp /run; do >$d/.nippon && echo ok $d; cat $d/.nippon; rm -f $d/.nippon; done
