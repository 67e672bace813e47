package network

import (
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"

	"github.com/cilium/ebpf"
	"github.com/cilium/ebpf/link"
	"github.com/cilium/ebpf/rlimit"
	"golang.org/x/sys/unix"
)

// ErrNoUnicastARP is wrapped by errors of NewUnicastARP where the kernel cannot do
// it. A caller may go on with a warning.
var ErrNoUnicastARP = errors.New("the kernel cannot rewrite ARP requests")

// maxUnicast is how many addresses there may be on one interface.
const maxUnicast = 1 << 16

// UnicastARP keeps the cost of an ARP request from growing with the fleet. The
// kernel clones every broadcast that comes in by an interface for each macvlan
// child of it; a program on the interface sends requests for the address of a
// decky to that decky alone, and all others to the host alone, which answers for
// its own addresses as before. With 300 deckies a request takes 10 µs instead of
// 400 µs. Announcements, replies, and what is not IPv4 over untagged Ethernet
// stay as they are.
//
// IPv6 needs nothing of the kind: solicitations go to a group of few, and of
// groups that it has not joined macvlan hands a child no more than 1 in 50.
//
// Macvlan children that are not deckies, such as other containers on the same
// interface, are found by ARP only if they are Set as well.
type UnicastARP struct {
	parent  string
	deckies *ebpf.Map // IPv4 address -> MAC address
	stats   *ebpf.Map
	program *ebpf.Program
	link    link.Link
}

// NewUnicastARP attaches the program to the ingress of parent, in the network
// namespace of the calling thread, behind whatever is attached there. It is gone
// with Close, or with this process. It needs Linux 6.6 or later (TCX); where that
// is missing the error wraps ErrNoUnicastARP. It needs CAP_BPF and CAP_NET_ADMIN,
// or the error wraps ErrNoPrivilege.
func NewUnicastARP(parent *Link) (*UnicastARP, error) {
	u := &UnicastARP{parent: parent.Name}
	if err := u.attach(parent); err != nil {
		return nil, errors.Join(fmt.Errorf("make ARP requests on %s unicast: %w", parent.Name, err), u.Close())
	}
	return u, nil
}

func (u *UnicastARP) attach(parent *Link) (err error) {
	if !isStation(parent.MAC) {
		return fmt.Errorf("%q is not the MAC address of an Ethernet interface", parent.MAC)
	}
	if err := rlimit.RemoveMemlock(); err != nil { // before Linux 5.11 maps count as locked memory
		return explainBPF(err)
	}
	u.deckies, err = ebpf.NewMap(&ebpf.MapSpec{Name: "arp_owners", Type: ebpf.Hash, KeySize: 4, ValueSize: 8, MaxEntries: maxUnicast, Flags: unix.BPF_F_NO_PREALLOC})
	if err != nil {
		return explainBPF(err)
	}
	u.stats, err = ebpf.NewMap(&ebpf.MapSpec{Name: "arp_stats", Type: ebpf.PerCPUArray, KeySize: 4, ValueSize: 8, MaxEntries: statistics})
	if err != nil {
		return explainBPF(err)
	}
	u.program, err = ebpf.NewProgram(&ebpf.ProgramSpec{Name: "arp_unicast", Type: ebpf.SchedCLS, Instructions: unicastProgram(parent.MAC, u.deckies, u.stats)})
	if err != nil {
		return explainBPF(err)
	}
	u.link, err = link.AttachTCX(link.TCXOptions{Interface: parent.Index, Program: u.program, Attach: ebpf.AttachTCXIngress})
	return explainBPF(err)
}

// explainBPF says in plain words what the kernel means.
func explainBPF(err error) error {
	switch {
	case errors.Is(err, ebpf.ErrNotSupported), errors.Is(err, unix.ENOSYS):
		return fmt.Errorf("%w: it takes Linux 6.6 or later with BPF (%w)", ErrNoUnicastARP, err)
	case errors.Is(err, os.ErrPermission):
		return fmt.Errorf("%w: run as root or with CAP_BPF and CAP_NET_ADMIN (%w)", ErrNoPrivilege, err)
	}
	return explain(err)
}

// Set says that the station with that MAC address has an IPv4 address; what was
// set for the address before is forgotten. There may be 65,536.
func (u *UnicastARP) Set(addr netip.Addr, mac net.HardwareAddr) error {
	key, err := unicastKey(addr)
	if err != nil {
		return fmt.Errorf("set the owner of an address on %s: %w", u.parent, err)
	}
	if !isStation(mac) {
		return fmt.Errorf("set the owner of %s on %s: %q is not the MAC address of a station", addr, u.parent, mac)
	}
	var value [8]byte
	copy(value[:], mac)
	if err = u.deckies.Put(key, value); errors.Is(err, unix.E2BIG) {
		err = fmt.Errorf("there are %d already: use another interface for more (%w)", maxUnicast, err)
	}
	if err != nil {
		return fmt.Errorf("set the owner of %s on %s: %w", addr, u.parent, err)
	}
	return nil
}

// Delete forgets an address. It is no error if it was not set.
func (u *UnicastARP) Delete(addr netip.Addr) error {
	key, err := unicastKey(addr)
	if err == nil {
		err = u.deckies.Delete(key)
	}
	if err != nil && !errors.Is(err, ebpf.ErrKeyNotExist) {
		return fmt.Errorf("forget the owner of %s on %s: %w", addr, u.parent, err)
	}
	return nil
}

func unicastKey(addr netip.Addr) ([4]byte, error) {
	addr = addr.Unmap()
	if !addr.Is4() || addr.IsUnspecified() {
		return [4]byte{}, fmt.Errorf("%s is not an IPv4 address", addr)
	}
	return addr.As4(), nil
}

// UnicastStats are frames since NewUnicastARP.
type UnicastStats struct {
	// Unicast are ARP requests that one decky got, and no other.
	Unicast uint64
	// Kept are ARP requests that the host got, and no decky.
	Kept uint64
}

// Stats returns what has been done so far.
func (u *UnicastARP) Stats() (UnicastStats, error) {
	var s UnicastStats
	for i, sum := range map[uint32]*uint64{statUnicast: &s.Unicast, statKept: &s.Kept} {
		var perCPU []uint64
		if err := u.stats.Lookup(i, &perCPU); err != nil {
			return UnicastStats{}, fmt.Errorf("count ARP requests on %s: %w", u.parent, err)
		}
		for _, n := range perCPU {
			*sum += n
		}
	}
	return s, nil
}

// Close detaches the program: ARP requests are broadcast again. Nothing else may
// be called afterwards.
func (u *UnicastARP) Close() error {
	var errs []error
	if u.link != nil {
		errs = append(errs, u.link.Close())
	}
	errs = append(errs, u.program.Close(), u.stats.Close(), u.deckies.Close()) // those that are nil too
	if err := errors.Join(errs...); err != nil {
		return fmt.Errorf("let go of %s: %w", u.parent, err)
	}
	return nil
}
