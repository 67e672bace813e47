# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: enabled
# want: active
# want: Created symlink
cat > /etc/systemd/system/c3pool.service <<'EOF'
[Unit]
Description=Monero miner service
[Service]
ExecStart=/root/c3pool/xmrig
Restart=always
[Install]
WantedBy=multi-user.target
EOF
systemctl daemon-reload; systemctl enable c3pool.service; systemctl start c3pool.service; systemctl is-enabled c3pool.service; systemctl is-active c3pool
