package network

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// receiveBuffer is how much a socket holds that nobody has read yet, in bytes.
const receiveBuffer = 4 << 20

// ErrNoPrivilege is wrapped by errors of what needs more rights than this
// process has. A caller may go on with a warning.
var ErrNoPrivilege = errors.New("missing privilege")

// maxPacket is how much of a packet is read, in bytes. An ARP packet has 28, a
// neighbour advertisement 72 and whatever options its sender likes.
const maxPacket = 512

// protocol is how the addresses of one family are asked for and answered for.
type protocol struct {
	etherType uint16
	// filter is what the kernel applies before it hands packets to us.
	filter []unix.SockFilter
	// group is a multicast address to listen to.
	group net.HardwareAddr
	// question is a packet that asks who has addr, and whom to send it to.
	question func(from net.HardwareAddr, addr netip.Addr) (packet []byte, to net.HardwareAddr, err error)
	parse    func(packet []byte) (claim, error)
}

// protocolOf is the protocol that asks for an address.
func protocolOf(addr netip.Addr) *protocol {
	if addr.Is4() {
		return &arp
	}
	return &ndp
}

// wire is a socket for one protocol on one link. The kernel adds and removes the
// Ethernet header.
type wire struct {
	*protocol
	link *Link
	file *os.File
	raw  syscall.RawConn
}

// open opens a wire; close it by its file.
func (p *protocol) open(link *Link) (*wire, error) {
	// With protocol 0 it receives nothing before the filter is in place.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, 0)
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return nil, fmt.Errorf("%w: run as root or with CAP_NET_RAW", ErrNoPrivilege)
	}
	if err != nil {
		return nil, fmt.Errorf("open a packet socket: %w", err)
	}
	w := &wire{protocol: p, link: link, file: os.NewFile(uintptr(fd), "packet socket on "+link.Name)}
	if err := w.setUp(fd); err != nil {
		return nil, errors.Join(fmt.Errorf("set up a packet socket: %w", explain(err)), w.file.Close())
	}
	return w, nil
}

func (w *wire) setUp(fd int) error {
	if len(w.filter) > 0 {
		program := unix.SockFprog{Len: uint16(len(w.filter)), Filter: &w.filter[0]} //nolint:gosec // it has a handful
		if err := unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &program); err != nil {
			return err
		}
	}
	if w.group != nil {
		member := unix.PacketMreq{Ifindex: int32(w.link.Index), Type: unix.PACKET_MR_MULTICAST, Alen: uint16(len(w.group))} //nolint:gosec // the kernel's own number, and 6
		copy(member.Address[:], w.group)
		if err := unix.SetsockoptPacketMreq(fd, unix.SOL_PACKET, unix.PACKET_ADD_MEMBERSHIP, &member); err != nil {
			return err
		}
	}
	// A flood must not push answers out. Who may not force it gets what there is.
	if unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, receiveBuffer) != nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, receiveBuffer)
	}
	if err := unix.Bind(fd, w.peer(nil)); err != nil {
		return err
	}
	raw, err := w.file.SyscallConn()
	w.raw = raw
	return err
}

// peer is a station on the link, in the kernel's form.
func (w *wire) peer(mac net.HardwareAddr) *unix.SockaddrLinklayer {
	var network [2]byte
	binary.BigEndian.PutUint16(network[:], w.etherType)
	p := &unix.SockaddrLinklayer{Protocol: binary.NativeEndian.Uint16(network[:]), Ifindex: w.link.Index, Halen: uint8(len(mac))} //nolint:gosec // none or 6
	copy(p.Addr[:], mac)
	return p
}

// ask sends a question for addr. When the interface's queue is full it waits,
// for a second at most.
func (w *wire) ask(ctx context.Context, addr netip.Addr) error {
	packet, to, err := w.question(w.link.MAC, addr)
	if err != nil {
		return fmt.Errorf("make a probe for %s: %w", addr, err)
	}
	for range 100 {
		var sent error
		if err := w.raw.Write(func(fd uintptr) bool {
			sent = unix.Sendto(int(fd), packet, 0, w.peer(to))
			return true
		}); err != nil {
			return err
		}
		if !errors.Is(sent, unix.EAGAIN) && !errors.Is(sent, unix.ENOBUFS) && !errors.Is(sent, unix.EINTR) {
			return explain(sent)
		}
		if err := sleep(ctx, 10*time.Millisecond); err != nil {
			return err
		}
	}
	return errors.New("the interface sends nothing: its queue stays full")
}

// receive hands every claim it hears to heard until the wire is closed, which is
// no error.
func (w *wire) receive(heard func(claim)) error {
	buf := make([]byte, maxPacket)
	for {
		var n int
		var from unix.Sockaddr
		var received error
		if err := w.raw.Read(func(fd uintptr) bool {
			n, from, received = unix.Recvfrom(int(fd), buf, 0)
			return !errors.Is(received, unix.EAGAIN)
		}); err != nil {
			return nil //nolint:nilerr // the wire was closed
		}
		if errors.Is(received, unix.EINTR) {
			continue
		}
		if received != nil {
			return explain(received)
		}
		station, ok := from.(*unix.SockaddrLinklayer)
		// What goes to others may be of another VLAN, and what goes out is ours.
		if !ok || station.Pkttype == unix.PACKET_OTHERHOST || station.Pkttype == unix.PACKET_OUTGOING {
			continue
		}
		c, err := w.parse(buf[:n])
		if err != nil {
			continue // a LAN carries all sorts of things
		}
		if c.mac == nil {
			c.mac = net.HardwareAddr(station.Addr[:6])
		}
		heard(c)
	}
}

// explain says in plain words what the kernel means.
func explain(err error) error {
	if errors.Is(err, unix.ENETDOWN) || errors.Is(err, unix.ENXIO) || errors.Is(err, unix.ENODEV) {
		return fmt.Errorf("the interface is down or gone: %w", err)
	}
	return err
}
