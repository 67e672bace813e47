package twin

import (
	"net"

	"golang.org/x/sys/unix"
)

// segmentsIn is how many segments with data the kernel has received on c. It is
// exact where the boundaries of reads depend on who was faster.
func segmentsIn(c *net.TCPConn) (n int) {
	raw, err := c.SyscallConn()
	if err != nil {
		return 0
	}
	_ = raw.Control(func(fd uintptr) {
		if info, err := unix.GetsockoptTCPInfo(int(fd), unix.IPPROTO_TCP, unix.TCP_INFO); err == nil {
			n = int(info.Data_segs_in)
		}
	})
	return n
}
