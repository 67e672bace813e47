# on: all
# want: libprocesshider.so
# want: gone
echo /usr/local/lib/libprocesshider.so > /etc/ld.so.preload; cat /etc/ld.so.preload; rm -f /etc/ld.so.preload; test -f /etc/ld.so.preload || echo gone
