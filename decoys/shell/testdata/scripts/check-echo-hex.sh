# on: all
# want: ok
# want: 13
echo -e '\x6F\x6B'; echo -en '\x31\x33\n'; printf '\157\153\n'
