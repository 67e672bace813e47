# on: all
# want: /
# want: cat /proc/self/cmdline
readlink /proc/self/exe; readlink /proc/$$/exe; cat /proc/self/cmdline | tr '\0' ' '; echo; ls -l /proc/self/fd | wc -l
