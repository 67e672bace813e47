# on: all
# want: ----i
# want: Operation not permitted
# want: removed
mkdir -p /root/.ssh; echo k > /root/.ssh/authorized_keys; chattr +i /root/.ssh/authorized_keys; lsattr /root/.ssh/authorized_keys; rm -f /root/.ssh/authorized_keys; chattr -i /root/.ssh/authorized_keys; rm /root/.ssh/authorized_keys && echo removed
