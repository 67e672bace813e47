# on: all
# want: 192.0.2.10/24
# want: default via 192.0.2.1
# want: 127.0.0.1	localhost
# want: :22
ip a | grep -w inet; ip r; cat /etc/resolv.conf; (ss -tlnp || netstat -tln) 2>/dev/null | grep ':22'; cat /etc/hosts | head -1
