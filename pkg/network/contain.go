package network

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"
)

// Contain walls in the network namespace of the calling thread, which the caller
// is locked to: what comes in is answered, and no conversation begins inside, in
// IPv4 or IPv6. What passes is
//
//   - TCP with ACK or RST, so all but the segment that opens a connection; a
//     closed port refuses, and answers the odd segments of port scanners;
//   - UDP from udpPorts, of which there may be 1,024, back to the address and
//     port that has sent something to that same port in the last half minute;
//   - ICMP and ICMPv6 echo replies, timestamp replies and errors, neighbour
//     solicitations and advertisements, multicast listener reports;
//   - what stays inside, through the loopback.
//
// All else is counted and dropped; Blocked has the figures. What the namespace
// would forward if it was a router, and what the kernel sends of itself to find
// routers, is dropped and not counted. ARP is not IP and passes.
//
// It tracks no connections. The kernel bounds those for the host as a whole, so
// that one flood of SYNs would use them up for all deckies and the host. They are
// not needed either: without privileges TCP is sent through sockets only, which
// begin with a SYN, and ICMP errors and replies by the kernel only. UDP alone has
// no beginning to be seen. There the namespace remembers 768 who asked, and a
// flood of more leaves newcomers on its UDP ports without answers until it ends.
//
// A process with CAP_NET_RAW inside can forge what passes and, with a packet
// socket, go round the wall; one with CAP_NET_ADMIN can tear it down. None may
// run there.
//
// The wall is there as a whole or not at all. It takes 0.3 ms and 12 KiB of the
// kernel's memory, with UDP ports 37 KiB. Once more for the same ports it only
// sets the counters to zero; for others it replaces the wall, with no moment
// without one, which takes 10 ms and forgets who asked by UDP, while TCP goes on.
// The network namespace that this process was started in is refused. Without
// CAP_NET_ADMIN the error wraps ErrNoPrivilege.
func Contain(udpPorts []uint16) error {
	here, err := os.Readlink(threadNetwork)
	if err == nil && here == birthplace {
		err = errors.New("this one is the host's, which would be cut off: enter a decky's first")
	}
	if err == nil {
		err = contain(udpPorts)
	}
	if err != nil {
		return fmt.Errorf("wall in a network namespace: %w", err)
	}
	return nil
}

// ContainOwn is Contain for the first process of a container, and the network
// namespace that it was started in. Any other process is refused.
func ContainOwn(udpPorts []uint16) error {
	err := errors.New("this process is not the first of a container: it would cut the host off")
	if os.Getpid() == 1 {
		err = contain(udpPorts)
	}
	if err != nil {
		return fmt.Errorf("wall in the own network namespace: %w", err)
	}
	return nil
}

// threadNetwork names the network namespace of the thread that reads it.
const threadNetwork = "/proc/thread-self/ns/net"

// birthplace is the network namespace that this process was started in, which is
// the host's. Later there is no telling: any thread may have gone elsewhere.
var birthplace, _ = os.Readlink(threadNetwork)

func contain(udpPorts []uint16) error {
	if len(udpPorts) > maxUDPPorts {
		return fmt.Errorf("%d UDP ports are too many: at most %d can be open", len(udpPorts), maxUDPPorts)
	}
	standing, err := counters(unix.NFT_MSG_GETOBJ_RESET)
	if err != nil {
		return err
	}
	b := newNFTBatch()
	b.makeTable(false)
	mark := build(b, udpPorts)
	if _, same := standing[mark]; same {
		return nil
	}
	if len(standing) == 0 {
		if err = b.commit(); !errors.Is(err, unix.EEXIST) {
			return explainWall(err)
		}
	}
	// To pull something down takes the kernel 10 ms, which is why it is not done
	// where nothing stands.
	b = newNFTBatch()
	b.makeTable(true) // for it is an error to delete none
	b.deleteTable()
	b.makeTable(false)
	build(b, udpPorts)
	return explainWall(b.commit())
}

// build adds all that makes a wall to an empty table, and a counter that counts
// nothing: its name, which is returned, is another for every other wall.
func build(b *nftBatch, udpPorts []uint16) (mark string) {
	from := len(b.data)
	wallRules(b, udpPorts)
	mark = b.mark(from)
	b.counter(mark)
	return mark
}

// explainWall says in plain words what the kernel means.
func explainWall(err error) error {
	switch {
	case errors.Is(err, unix.EPERM):
		return fmt.Errorf("%w: run as root or with CAP_NET_ADMIN", ErrNoPrivilege)
	case errors.Is(err, unix.EAGAIN):
		return errors.New("the kernel does not answer: try again")
	case errors.Is(err, unix.EOPNOTSUPP), errors.Is(err, unix.EPROTONOSUPPORT), errors.Is(err, unix.EAFNOSUPPORT), errors.Is(err, unix.ENOENT):
		return fmt.Errorf("the kernel lacks nftables or parts of it: try \"modprobe nf_tables\" (%w)", err)
	}
	return err
}
