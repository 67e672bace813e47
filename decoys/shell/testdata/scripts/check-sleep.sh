# on: all
# want: slept
s=$(date +%s); sleep 1; e=$(date +%s); d=$((e-s)); [ $d -ge 1 ] && [ $d -le 5 ] && echo slept
