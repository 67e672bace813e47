package capture

import (
	"errors"
	"fmt"
	"net"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/afpacket"
	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// ErrTimeout says that no packet came for a while. The next call may have one.
var ErrTimeout = errors.New("no packet came")

// ErrNoPrivilege says that an interface may be read by root or with CAP_NET_RAW.
var ErrNoPrivilege = errors.New("reading an interface takes root or CAP_NET_RAW")

// Bounds of Options.
const (
	MinSnap = 128
	MaxSnap = 1 << 16
	MinRing = 1 << 20
	MaxRing = 1 << 30
)

// Options of Open; zero values are replaced by what is said at each.
type Options struct {
	Filter Filter
	// Snap is how many bytes of a packet are kept, MinSnap to MaxSnap; 0 is MaxSnap.
	Snap int
	// Ring is the memory that waiting packets may take, in bytes, MinRing to
	// MaxRing; 0 is 64 MiB.
	Ring int
	// Promiscuous also reads what is sent to others.
	Promiscuous bool
	// Wait is how long Next waits for a packet; 0 is 100 ms.
	Wait time.Duration
}

// Stats counts packets.
type Stats struct {
	Packets   uint64 // that were seen
	Dropped   uint64 // of them, because nobody read fast enough
	Unknown   uint64 // that are neither ARP nor IP
	Malformed uint64 // that contradict themselves or are cut off
}

func (s *Stats) refuse(err error) {
	if errors.Is(err, ErrUnknown) {
		s.Unknown++
		return
	}
	s.Malformed++
}

// Ring reads an interface through a ring that is shared with the kernel. It is
// for one goroutine.
type Ring struct {
	ring  *afpacket.TPacket
	stats Stats
}

// blockSize is how much of a ring is handed over at once, in bytes.
const blockSize = 1 << 19

// Open begins to read the interface of that name, in the network namespace of the
// calling thread. Both directions are seen, what this host sends too. What came
// before the filter was in place passes it.
func Open(iface string, o Options) (*Ring, error) {
	if o.Snap == 0 {
		o.Snap = MaxSnap
	}
	if o.Ring == 0 {
		o.Ring = 64 << 20
	}
	if o.Wait == 0 {
		o.Wait = 100 * time.Millisecond
	}
	if o.Snap < MinSnap || o.Snap > MaxSnap || o.Ring < MinRing || o.Ring > MaxRing {
		return nil, fmt.Errorf("capture: a snap length of %d and a ring of %d bytes: want %d to %d and %d to %d", o.Snap, o.Ring, MinSnap, MaxSnap, MinRing, MaxRing)
	}
	device, err := net.InterfaceByName(iface)
	if err != nil {
		return nil, fmt.Errorf("capture: no interface %s: %w", iface, err)
	}
	program, err := o.Filter.compile(uint32(o.Snap), device.Flags&net.FlagLoopback != 0)
	if err != nil {
		return nil, fmt.Errorf("capture: %w", err)
	}
	raw, err := bpf.Assemble(program)
	if err != nil {
		return nil, fmt.Errorf("capture: assemble the filter: %w", err)
	}
	ring, err := afpacket.NewTPacket(afpacket.OptInterface(iface), afpacket.TPacketVersion3, afpacket.OptFrameSize(afpacket.DefaultFrameSize),
		afpacket.OptBlockSize(blockSize), afpacket.OptNumBlocks(o.Ring/blockSize), afpacket.OptPollTimeout(o.Wait))
	if errors.Is(err, unix.EPERM) || errors.Is(err, unix.EACCES) {
		return nil, fmt.Errorf("capture: %s: %w", iface, ErrNoPrivilege)
	}
	if err != nil {
		return nil, fmt.Errorf("capture: open %s: %w", iface, err)
	}
	if err = ring.SetBPF(raw); err == nil && o.Promiscuous {
		err = ring.SetPromiscuous(true)
	}
	if err != nil {
		ring.Close()
		return nil, fmt.Errorf("capture: set up %s: %w", iface, err)
	}
	return &Ring{ring: ring}, nil
}

// Next makes p the next packet that is ARP or IP, or returns ErrTimeout. The bytes
// of p are good until the next call.
func (r *Ring) Next(p *Packet) error {
	for {
		data, info, err := r.ring.ZeroCopyReadPacketData()
		if errors.Is(err, afpacket.ErrTimeout) || errors.Is(err, unix.EINTR) {
			return ErrTimeout
		}
		if err != nil {
			return fmt.Errorf("capture: %w", err)
		}
		p.Time, p.Length, p.VLAN = info.Timestamp, info.Length, vlan(&info)
		if err := p.Decode(LinkEthernet, data); err != nil {
			r.stats.refuse(err)
			continue
		}
		return nil
	}
}

// vlan is the tag that the kernel took off.
func vlan(info *gopacket.CaptureInfo) uint16 {
	for _, a := range info.AncillaryData {
		if v, ok := a.(afpacket.AncillaryVLAN); ok {
			return uint16(v.VLAN) & 0xfff //nolint:gosec // 12 bits
		}
	}
	return 0
}

// Stats returns what was counted since the ring was opened.
func (r *Ring) Stats() (Stats, error) {
	_, s, err := r.ring.SocketStats()
	if err != nil {
		return r.stats, fmt.Errorf("capture: ask for drops: %w", err)
	}
	r.stats.Packets, r.stats.Dropped = uint64(s.Packets()), uint64(s.Drops())
	return r.stats, nil
}

// Close ends it. Next must not be running.
func (r *Ring) Close() { r.ring.Close() }
