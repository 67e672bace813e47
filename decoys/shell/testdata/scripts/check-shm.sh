# on: all
# want: marker
# want: 1777
echo marker-$$ > /dev/shm/.m; cat /dev/shm/.m | cut -d- -f1; stat -c %a /dev/shm; rm /dev/shm/.m
