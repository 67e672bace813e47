# on: all
# want: payload run
cat <<'EOF' | base64 -d > /tmp/p.sh
IyEvYmluL3NoCmVjaG8gcGF5bG9hZCAkMQo=
EOF
sh /tmp/p.sh run; rm /tmp/p.sh
