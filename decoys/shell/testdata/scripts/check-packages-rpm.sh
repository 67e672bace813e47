# on: rocky9 centos7 fedora
# want: release
# want: Could
yum install -y masscan; rpm -qa | grep -c bash; cat /etc/redhat-release
