# on: all
# want: shredded
# want: 2020-01-02 03:04:05
echo secret > /tmp/s; shred -u /tmp/s; [ -e /tmp/s ] || echo shredded; echo a > /tmp/t; touch -d '2020-01-02 03:04:05' /tmp/t; stat -c %y /tmp/t | cut -c1-19
