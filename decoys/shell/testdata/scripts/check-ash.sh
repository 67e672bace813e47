# on: alpine
# want: ash: nosuchtool: not found
# want: can't cd to /nope
# want: can't create /nope/x: nonexistent directory
# want: can't kill pid 99999: No such process
# allow: nosuchtool
nosuchtool; cd /nope; echo x > /nope/x; kill 99999
