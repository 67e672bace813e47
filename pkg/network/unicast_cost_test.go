package network

import (
	"net/netip"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// lost is how long something takes that a busy machine loses.
const lost = time.Hour

// replies counts the ARP replies that come back to the attacker until there are n,
// and returns how long they took.
func (c *crowd) replies(n int, ask func()) time.Duration {
	c.Helper()
	c.must(unix.SetsockoptTimeval(c.mouth, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Sec: 1}))
	c.must(unix.SetsockoptInt(c.mouth, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 4<<20))
	listen(c.mouth)
	begin := time.Now()
	ask()
	for buf := make([]byte, 256); n > 0; {
		size, from, err := unix.Recvfrom(c.mouth, buf, 0)
		if err != nil {
			return lost
		}
		if size >= 42 && from.(*unix.SockaddrLinklayer).Pkttype != unix.PACKET_OUTGOING && buf[21] == 2 {
			n--
		}
	}
	return time.Since(begin)
}

// ask returns what sends a question for each of the addresses.
func (c *crowd) ask(addrs ...netip.Addr) func() {
	var frames [][]byte // made before the clock runs
	for _, a := range addrs {
		frames = append(frames, c.question(a))
	}
	return func() {
		for _, f := range frames {
			c.send(f)
		}
	}
}

// However many deckies there are, each of them answers, with the program and
// without; what it costs is told, not judged: that is the machine's business.
func TestEveryDeckyAnswersInALargeFleet(t *testing.T) {
	const fleet = 300
	c := newCrowd(t, fleet)
	for _, fd := range c.ears {
		c.must(unix.Close(fd)) // they are work too
	}
	nobody := make([]netip.Addr, 0, fleet+1)
	for i := range fleet {
		nobody = append(nobody, netip.AddrFrom4([4]byte{192, 0, 240, byte(i)}))
	}
	// The best of some, because the machine has other things to do.
	measure := func() (known, unknown time.Duration) {
		known, unknown = lost, lost
		for range 6 { // the first makes neighbours
			known = min(known, c.replies(fleet, c.ask(c.addrs...))/fleet)
			unknown = min(unknown, c.replies(1, c.ask(append(nobody, c.addrs[0])...))/fleet)
		}
		return known, unknown
	}
	known, unknown := measure()
	u := c.unicast()
	defer func() { c.must(u.Close()) }()
	known2, unknown2 := measure()
	t.Logf("%d deckies: a request for one of them takes %v, unicast %v; for nobody %v, unicast %v", fleet, known, known2, unknown, unknown2)
	if max(known, unknown, known2, unknown2) >= lost/fleet {
		t.Error("answers were lost every time")
	}
}
