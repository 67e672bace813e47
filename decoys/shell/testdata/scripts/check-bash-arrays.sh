# on: debian ubuntu20 ubuntu22 kali rocky9 centos7 fedora arch
# want: 4 two two three
# want: v k
# want: 123
# want: match
# want: equal
# want: ONE
a=(one two three); a+=(four); echo ${#a[@]} ${a[1]} ${a[@]:1:2}; declare -A m; m[k]=v; echo ${m[k]} ${!m[@]}; for i in {1..3}; do echo -n $i; done; echo; [[ abc =~ ^a(.)c$ ]] && echo match; diff <(echo a) <(echo a) && echo equal; echo ${a[0]^^}
