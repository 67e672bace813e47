# on: all
# want: -rwsr-xr-x
# want: nobody
# want: 600
echo x > /tmp/p; chmod 4755 /tmp/p; ls -l /tmp/p | cut -c1-10; chown nobody /tmp/p; ls -l /tmp/p | awk '{print $3}'; umask 077; > /tmp/q; stat -c %a /tmp/q
