# on: all
# want: running
# want: 1
echo 'echo running; rm -- "$0"' > /tmp/self.sh; sh /tmp/self.sh; ls /tmp/self.sh 2>&1 | grep -c No
