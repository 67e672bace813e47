package probe

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"strconv"
	"syscall"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/tcpfp"
)

// maxPackets bounds how many packets of a host are looked at for its SYN-ACK.
const maxPackets = 64

// CanTCP reports whether this process may see SYN-ACKs.
func CanTCP() bool {
	l, err := listenTo(netip.AddrFrom4([4]byte{127, 0, 0, 1}))
	if err == nil {
		_ = l.Close()
	}
	return err == nil
}

// tcp makes an ordinary connection and reads beside it how the host's answer looked. Nothing
// is sent but what the kernel sends to connect.
func (r *run) tcp(ctx context.Context, f *Finding) {
	if !r.addr.Is4() {
		f.Outcome, f.Reason = Failed, "signatures of SYN-ACKs are read of IPv4 only"
		return
	}
	l, err := listenTo(r.addr)
	if err != nil {
		f.Outcome, f.Reason = Failed, "signatures of SYN-ACKs take CAP_NET_RAW"
		if !errors.Is(err, syscall.EPERM) {
			f.Reason = err.Error()
		}
		return
	}
	defer func() { _ = l.Close() }()
	c, err := r.connect(ctx, f, 0)
	if err != nil {
		return
	}
	defer func() { _ = c.Close() }()
	local, _ := c.LocalAddr().(*net.TCPAddr)
	// It arrived before the connection was there.
	_ = l.SetReadDeadline(time.Now().Add(min(r.plan.Timeout, time.Second)))
	f.Reason = "the SYN-ACK was not seen"
	b := make([]byte, 2<<10)
	for range maxPackets {
		n, err := l.Read(b)
		if err != nil {
			return
		}
		if s, err := tcpfp.Parse(b[:n]); err == nil && s.SYNACK && isBetween(b[:n], f.Port, local.Port) {
			f.signature(s)
			return
		}
	}
}

func (f *Finding) signature(s *tcpfp.Signature) {
	fields := map[string]string{"fingerprint": s.Normal(), "raw": s.String()}
	if m, ok := tcpfp.Match(s); ok {
		fields["os"], fields["os_class"] = m.String(), string(m.Class)
		if m.Distance >= 0 {
			fields["distance"] = strconv.Itoa(m.Distance)
		}
	}
	f.found(s.Normal(), fields)
}

// isBetween reports whether an IPv4 packet with TCP in it is from one port to another.
func isBetween(packet []byte, from uint16, to int) bool {
	at := int(packet[0]&0x0f) * 4
	return len(packet) >= at+4 && binary.BigEndian.Uint16(packet[at:]) == from && int(binary.BigEndian.Uint16(packet[at+2:])) == to
}

// listenTo opens a socket that hears the TCP packets of one host and says nothing.
func listenTo(from netip.Addr) (*os.File, error) {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, unix.IPPROTO_TCP)
	if err != nil {
		return nil, fmt.Errorf("open a raw socket: %w", err)
	}
	// Of a raw socket it only says whose packets it gets.
	if err := unix.Connect(fd, &unix.SockaddrInet4{Addr: from.As4()}); err != nil {
		_ = unix.Close(fd)
		return nil, fmt.Errorf("open a raw socket: %w", err)
	}
	return os.NewFile(uintptr(fd), "tcp"), nil
}
