# on: all
# want: 7f 45 4c 46
# want: AB
printf '\x7f\x45\x4c\x46' > /tmp/h; od -An -tx1 /tmp/h; printf '%b' '\0101\0102\n'
