# on: debian ubuntu20 ubuntu22 kali alpine
# want: ECCHI: applet not found
# want: MIRAI: applet not found
# want: status 127
# allow: applet not found
/bin/busybox ECCHI
/bin/busybox MIRAI; echo status $?
