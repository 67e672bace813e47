# on: all
# want: 1,2,3,4,5,
# want: 8
# want: cba
# want: a,b
seq 1 5 | while read n; do echo -n $n,; done; echo; yes | head -2; cat /dev/urandom | tr -dc a-z | head -c 8 | wc -c; echo abc | rev; printf 'b\na\n' | sort | paste -s -d,
