# on: all
# want: in a 2
# want: 3 out
# want: lower
# want: 3
f() { local v=in; echo $v $1 $#; return 3; }; v=out; f a b; echo $? $v; case x in [a-z]) echo lower;; esac; i=0; until [ $i -ge 3 ]; do i=$((i+1)); done; echo $i
