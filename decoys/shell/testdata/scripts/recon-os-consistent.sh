# on: all
# want: consistent
. /etc/os-release; echo $ID; case $(uname -r) in *el7*) k=centos;; *el9*) k=rocky;; *fc39*) k=fedora;; *arch*) k=arch;; *lts) k=alpine;; *generic) k=ubuntu;; *) k=debian;; esac
[ "$k" = "$ID" ] || { [ $k = debian ] && [ $ID = kali ]; } && echo consistent
