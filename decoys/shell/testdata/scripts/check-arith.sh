# on: all
# want: 56154
# want: 15
# want: 20
# want: 31 8
echo $((1337*42)); expr 7 + 8; x=5; x=$((x<<2)); echo $x; echo $((0x1f)) $((010))
