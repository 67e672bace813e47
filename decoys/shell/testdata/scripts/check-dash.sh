# on: debian ubuntu20 ubuntu22 kali
# want: sh: 1: nosuchtool: not found
# want: sh: 1: cd: can't cd to /nope
# allow: nosuchtool
sh -c 'nosuchtool' 2>&1; sh -c 'cd /nope' 2>&1; sh -c '[ 1 == 1 ]' 2>/dev/null; echo $0 | wc -c
