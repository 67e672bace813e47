# on: all
# want: /etc/init.d/sshd2
# want: -rwxr-xr-x
printf '#!/bin/sh\n### BEGIN INIT INFO\n# Provides: sshd2\n### END INIT INFO\n' > /etc/init.d/sshd2; chmod 755 /etc/init.d/sshd2; ln -s /etc/init.d/sshd2 /etc/S90sshd2; readlink /etc/S90sshd2; ls -l /etc/init.d/sshd2 | cut -c1-10
