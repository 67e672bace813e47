#!/usr/bin/env bash
# Installs the Debian packages that the tests use, where that can be done; where
# it cannot, tests that need one say so and are skipped.
set -euo pipefail

declare -A packages=(
  [gcc]=gcc        # the race detector needs a C compiler
  [ssh]=openssh-client
  [sshd]=openssh-server # the twin of the SSH decoy
  [sshpass]=sshpass
  [telnetd]=inetutils-telnetd # a twin of the Telnet decoy
  [socat]=socat               # in front of it
  [/usr/lib/openssh/sftp-server]=openssh-sftp-server
  [rsync]=rsync
  [curl]=curl
  [ip]=iproute2
  [openssl]=openssl
  [python3]=python3
  [tshark]=tshark         # the judge of fingerprints
  [nginx]=nginx           # servers that have one
  [apache2]=apache2-bin   # without a service
  [nmap]=nmap
  [masscan]=masscan # what scanners send, for the fingerprints of TCP
  [zmap]=zmap
  [hping3]=hping3
  [tcpdump]=tcpdump
  [p0f]=p0f # the judge of them
  [hydra]=hydra
  [medusa]=medusa
  [ansible]=ansible-core
  [chromium]=chromium
  [docker-compose]=docker-compose
  [dockerd]=docker.io
  [pg_ctlcluster]=postgresql
  [rsyslogd]="rsyslog rsyslog-gnutls"
)
missing=()
for command in "${!packages[@]}"; do
  command -v "$command" >/dev/null || missing+=(${packages[$command]}) # one or more
done
/usr/bin/python3 -c 'import paramiko' 2>/dev/null || missing+=(python3-paramiko)
/usr/bin/python3 -c 'import requests' 2>/dev/null || missing+=(python3-requests)
# The other twin of the Telnet decoy; the package busybox has no telnetd.
[ -e /var/lib/dpkg/info/busybox-static.list ] || missing+=(busybox-static)
[ "${#missing[@]}" -eq 0 ] && exit 0

if [ "$(id -u)" -eq 0 ] && command -v apt-get >/dev/null; then
  echo "installing ${missing[*]} ..."
  apt-get update -qq >/dev/null
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "${missing[@]}" >/dev/null
else
  echo "note: ${missing[*]} missing; tests that need them are skipped (as root this would install them)"
fi
