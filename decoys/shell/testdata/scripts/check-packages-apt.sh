# on: debian ubuntu20 ubuntu22
# want: E: Unable to locate package masscan
# want: /usr/bin/apt
apt-get update >/dev/null 2>&1; apt-get install -y masscan; dpkg -l | head -1; which apt
