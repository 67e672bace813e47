# on: all
# want: alive
# want: after
# want: late
# want: bye
sleep 300 & p=$!; kill -0 $p && echo alive; kill $p; (sleep 2; echo late) & wait; echo after; trap 'echo bye' EXIT
