# on: alpine
# want: uid=1001(svc)
# want: unknown user svc
adduser -D -s /bin/ash svc; id svc; grep svc /etc/passwd; deluser svc; id svc
