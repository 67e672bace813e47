# on: debian ubuntu20 ubuntu22 kali alpine
# want: 10 dvrHelper
# want: 7f 45 4c 46 01 01 01 61
cd /tmp
/bin/busybox cp /bin/echo dvrHelper; >dvrHelper; /bin/busybox chmod 777 dvrHelper
echo -ne '\x7f\x45\x4c\x46\x01\x01\x01' > dvrHelper
echo -ne '\x61\x00\x00' >> dvrHelper
/bin/busybox wc -c dvrHelper
/bin/busybox hexdump -C dvrHelper | head -1
