# on: debian ubuntu20 ubuntu22 kali alpine
# want: ELF
# want: 3e 00
dd bs=52 count=1 if=/bin/busybox 2>/dev/null || cat /bin/busybox | head -c 52
echo
cat /bin/busybox | head -c 20 | od -An -tx1 | tail -1
