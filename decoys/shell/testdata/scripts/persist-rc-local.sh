# on: all
# want: /tmp/.x &
# want: executable
printf '#!/bin/sh\n/tmp/.x &\nexit 0\n' > /etc/rc.local; chmod +x /etc/rc.local; cat /etc/rc.local; [ -x /etc/rc.local ] && echo executable
