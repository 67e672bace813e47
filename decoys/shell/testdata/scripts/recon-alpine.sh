# on: alpine
# want: uid=0(root)
# want: 3.19
# want: PID   USER
# want: alpine-base
uname -a; id; cat /etc/alpine-release; nproc; free -m; df -h; uptime; ps | head -3; apk --version || true; cat /etc/apk/world
