# on: all
# want: PermitRootLogin yes
# want: UsePAM no
sed -i 's/^#*PermitRootLogin.*/PermitRootLogin yes/; s/UsePAM yes/UsePAM no/' /etc/ssh/sshd_config; grep -E 'PermitRoot|UsePAM' /etc/ssh/sshd_config
