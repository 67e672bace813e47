# on: all
# want: proc closed
# reject: fail
for d in / /etc /usr/bin /var/lib /opt /root /home; do echo x > $d/.w && cat $d/.w && rm $d/.w || echo fail $d; done; echo x > /proc/w 2>/dev/null || echo proc closed
