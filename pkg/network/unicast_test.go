package network

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cilium/ebpf"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// crowd is a LAN with a host, an attacker and many deckies, with an ear in each.
type crowd struct {
	*lan
	link    *Link
	addrs   []netip.Addr
	deckies []*inside
	ears    []int // packet sockets for ARP
	host    int   // the ear of the host
	mouth   int   // what the attacker sends by
	wire    *unix.SockaddrLinklayer
}

func newCrowd(t *testing.T, n int) *crowd {
	t.Helper()
	l, link := someLAN(t)
	c := &crowd{lan: l, link: link, addrs: free(n)}
	c.host = l.ear("lan0", unix.ETH_P_ARP)
	c.mouth = l.socket(unix.ETH_P_ARP)
	c.wire = &unix.SockaddrLinklayer{Ifindex: l.far("far0").Attrs().Index, Halen: 6}
	for _, a := range c.addrs {
		d := l.decky(a.String() + "/16")
		c.deckies = append(c.deckies, d)
		d.do(func() { c.ears = append(c.ears, l.ear("eth0", unix.ETH_P_ARP)) })
	}
	return c
}

// ear opens a packet socket on an interface of this namespace.
func (l *lan) ear(name string, etherType uint16) int {
	l.Helper()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	l.must(err)
	l.Cleanup(func() { _ = unix.Close(fd) })
	w := wire{protocol: &protocol{etherType: etherType}, link: &Link{Index: l.near(name).Attrs().Index}}
	l.must(unix.Bind(fd, w.peer(nil)))
	return fd
}

// unicast attaches the program and tells it of all deckies.
func (c *crowd) unicast() *UnicastARP {
	c.Helper()
	u, err := NewUnicastARP(c.link)
	if errors.Is(err, ErrNoUnicastARP) && os.Getenv("CI") == "" {
		c.Skip(err)
	}
	c.must(err)
	for i, d := range c.deckies {
		c.must(u.Set(c.addrs[i], d.mac))
	}
	return u
}

// frame is an ARP packet from the attacker.
func (c *crowd) frame(to net.HardwareAddr, operation uint16, sender, target netip.Addr, vlan uint16) []byte {
	buf := gopacket.NewSerializeBuffer()
	ethernet := &layers.Ethernet{SrcMAC: stranger, DstMAC: to, EthernetType: layers.EthernetTypeARP}
	parts := []gopacket.SerializableLayer{ethernet}
	if vlan != 0 {
		ethernet.EthernetType = layers.EthernetTypeDot1Q
		parts = append(parts, &layers.Dot1Q{VLANIdentifier: vlan, Type: layers.EthernetTypeARP})
	}
	parts = append(parts, &layers.ARP{
		AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, Operation: operation, HwAddressSize: 6, ProtAddressSize: 4,
		SourceHwAddress: stranger, SourceProtAddress: sender.AsSlice(), DstHwAddress: make([]byte, 6), DstProtAddress: target.AsSlice(),
	})
	c.must(gopacket.SerializeLayers(buf, gopacket.SerializeOptions{}, parts...))
	return buf.Bytes()
}

func (c *crowd) question(target netip.Addr) []byte {
	return c.frame(broadcast, layers.ARPRequest, addr4, target, 0)
}

// expect sends a frame and checks which deckies hear it, and whether the host
// does. It sends it again if some do not who should, because a busy machine loses
// frames.
func (c *crowd) expect(what string, frame []byte, want []int, wantHost bool) {
	c.Helper()
	var heard []int
	var host bool
	for range tries {
		if heard, host = c.say(frame); slices.Equal(heard, want) && host == wantHost {
			return
		}
		if host && !wantHost || slices.ContainsFunc(heard, func(i int) bool { return !slices.Contains(want, i) }) {
			break
		}
	}
	c.Errorf("%s: %v hear it, and the host (%v), want %v (%v)", what, heard, host, want, wantHost)
}

func (c *crowd) say(frame []byte) (heard []int, host bool) {
	c.Helper()
	for _, fd := range append(c.ears, c.host) {
		listen(fd)
	}
	c.send(frame)
	time.Sleep(50 * time.Millisecond) // broadcasts wait for a kernel thread
	for i, fd := range c.ears {
		if listen(fd) > 0 {
			heard = append(heard, i)
		}
	}
	return heard, listen(c.host) > 0
}

// send sends a frame; what the kernel has no room for is lost, as if it was on
// its way.
func (c *crowd) send(frame []byte) {
	c.Helper()
	err := unix.Sendto(c.mouth, frame, 0, c.wire)
	if err != nil && !errors.Is(err, unix.ENOBUFS) {
		c.Fatal(err)
	}
}

// listen empties an ear and returns how many frames from others were in it.
func listen(fd int) (n int) {
	for buf := make([]byte, 256); ; {
		_, from, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
		if err != nil {
			return n
		}
		if from.(*unix.SockaddrLinklayer).Pkttype != unix.PACKET_OUTGOING {
			n++
		}
	}
}

func TestOneDeckyHearsWhoIsAskedFor(t *testing.T) {
	c := newCrowd(t, 50)
	nobody := netip.MustParseAddr("192.0.250.250")
	c.expect("without it", c.question(c.addrs[7]), c.everybody(), true)
	u := c.unicast()
	defer func() { c.must(u.Close()) }()
	for _, i := range []int{0, 7, 49} {
		c.expect("a decky", c.question(c.addrs[i]), []int{i}, false)
	}
	s, err := u.Stats()
	if err != nil || s.Unicast < 3 || s.Kept > 0 {
		t.Errorf("have %+v, %v", s, err)
	}
	c.expect("nobody", c.question(nobody), nil, true)
	c.expect("the host", c.question(c.link.Address), nil, true)
	if again, err := u.Stats(); err != nil || again.Kept < 2 || again.Unicast != s.Unicast {
		t.Errorf("have %+v, %v", again, err)
	}
	c.expect("a probe", c.frame(broadcast, layers.ARPRequest, netip.IPv4Unspecified(), c.addrs[3], 0), []int{3}, false)

	// What is set, changed and deleted counts at once.
	c.must(u.Delete(c.addrs[7]))
	c.must(u.Delete(c.addrs[7]))
	c.expect("deleted", c.question(c.addrs[7]), nil, true)
	c.must(u.Set(c.addrs[0], c.deckies[5].mac))
	c.expect("set to another", c.question(c.addrs[0]), []int{5}, false)
	c.must(u.Set(netip.AddrFrom16(nobody.As16()), c.deckies[6].mac))
	c.expect("set in IPv6 form", c.question(nobody), []int{6}, false)
}

// everybody are all deckies.
func (c *crowd) everybody() (all []int) {
	for i := range c.deckies {
		all = append(all, i)
	}
	return all
}

func TestWhatIsNoQuestionStaysAsItIs(t *testing.T) {
	c := newCrowd(t, 3)
	u := c.unicast()
	defer func() { c.must(u.Close()) }()
	one, short := c.deckies[1], c.question(c.addrs[1])
	change := func(at int, value byte) []byte {
		f := c.question(c.addrs[1])
		f[at] = value
		return f
	}
	all := []int{0, 1, 2}
	for _, test := range []struct {
		name  string
		frame []byte
		heard []int
		host  bool
	}{
		{"an announcement of the gateway", c.frame(broadcast, layers.ARPRequest, addr4, addr4, 0), all, true},
		{"an announcement of a decky's address", c.frame(broadcast, layers.ARPRequest, c.addrs[1], c.addrs[1], 0), all, true},
		{"a reply to all", c.frame(broadcast, layers.ARPReply, addr4, c.addrs[1], 0), all, true},
		{"a question to one", c.frame(one.mac, layers.ARPRequest, addr4, c.addrs[1], 0), []int{1}, false},
		{"a question to one for another", c.frame(one.mac, layers.ARPRequest, addr4, c.addrs[2], 0), []int{1}, false},
		{"a question to somebody else", c.frame(stranger, layers.ARPRequest, addr4, c.addrs[1], 0), nil, true},
		{"another VLAN", c.frame(broadcast, layers.ARPRequest, addr4, c.addrs[1], 5), all, true},
		{"another kind of link", change(15, 6), all, true},
		{"another protocol", change(16, 0x86), all, true},
		{"long addresses", change(18, 8), all, true},
		{"short addresses", change(19, 2), all, true},
		{"another operation", change(21, 8), all, true},
		{"half a packet", short[:30], all, true},
		{"no packet", short[:14], all, true},
		{"nothing but a little more", append(slices.Clone(short), make([]byte, 18)...), []int{1}, false},
	} {
		c.expect(test.name, test.frame, test.heard, test.host)
	}
	if s, err := u.Stats(); err != nil || s.Unicast == 0 || s.Kept > 0 {
		t.Errorf("have %+v, %v", s, err)
	}
}

// The host has addresses on lan0 and elsewhere; it finds others and is found.
func TestTheHostsOwnARPGoesOn(t *testing.T) {
	c := newCrowd(t, 3)
	c.must(netlink.LinkSetUp(c.near("lo")))
	c.give("lan0", "192.0.2.8/16")
	c.give("lo", "192.0.2.9/32")
	c.giveFar("192.0.2.78/16")
	u := c.unicast()
	defer func() { c.must(u.Close()) }()
	for range 3 {
		for _, a := range addrs("192.0.2.7", "192.0.2.8", "192.0.2.9") {
			if c.forget(c.atHere, c.atFar); !c.pings(a) {
				t.Errorf("the host's %v is not found", a)
			}
		}
		for _, a := range append(addrs("192.0.2.78"), addr4) {
			if c.forget(c.atHere, c.atFar); !c.ping(a, 8, 0) {
				t.Errorf("the host does not find %v", a)
			}
		}
		for _, a := range c.addrs {
			if c.forget(c.atHere, c.atFar); !c.pings(a) {
				t.Errorf("the decky %v is not found", a)
			}
		}
		c.deckies[0].do(func() {
			if !c.ping(addr4, 8, 0) {
				t.Error("a decky does not find others")
			}
		})
	}
	found, err := Prober{Rounds: 1}.InUse(t.Context(), c.link, []netip.Addr{addr4, netip.MustParseAddr("192.0.2.99")})
	if err != nil || len(found) != 1 || found[addr4] == nil {
		t.Errorf("in use are %v, %v", found, err)
	}
}

func TestItIsGoneWhenItIsClosed(t *testing.T) {
	c := newCrowd(t, 3)
	u := c.unicast()
	c.must(u.Close())
	c.expect("a broadcast", c.question(c.addrs[1]), c.everybody(), true)
}

const dieAttached = "DECNET_TEST_DIE_ATTACHED"

func TestItIsGoneWhenTheProcessDies(t *testing.T) {
	if os.Getenv(dieAttached) != "" {
		u, err := NewUnicastARP(&Link{Name: "lan0", Index: mustIndex(t, "lan0"), MAC: stranger})
		fmt.Println("attached:", err)
		time.Sleep(time.Minute)
		_ = u.Close()
		return
	}
	c := newCrowd(t, 3)
	_ = c.unicast().Close() // or skip
	child := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestItIsGoneWhenTheProcessDies$", "-test.count=1")
	child.Env = append(os.Environ(), dieAttached+"=1")
	out, err := child.StdoutPipe()
	c.must(err)
	c.must(child.Start())
	line := make([]byte, len("attached: <nil>"))
	_, err = io.ReadFull(out, line)
	if err != nil || string(line) != "attached: <nil>" {
		t.Errorf("%q, %v", line, err)
	}
	c.expect("while it lives", c.question(c.addrs[1]), nil, true)
	c.must(child.Process.Kill())
	_ = child.Wait() // killed
	c.expect("after its end", c.question(c.addrs[1]), c.everybody(), true)
}

func mustIndex(t *testing.T, name string) int {
	t.Helper()
	i, err := net.InterfaceByName(name)
	if err != nil {
		t.Fatal(err)
	}
	return i.Index
}

func TestTwoProgramsOnOneInterface(t *testing.T) {
	c := newCrowd(t, 3)
	first := c.unicast()
	second := c.unicast()
	c.expect("with two", c.question(c.addrs[2]), []int{2}, false)
	c.must(first.Close()) // as a new process takes over from an old one
	c.expect("with one", c.question(c.addrs[2]), []int{2}, false)
	c.must(second.Close())
}

func TestWhatCannotBeUnicastIsOneClearLine(t *testing.T) {
	c := newCrowd(t, 0)
	u := c.unicast()
	defer func() { c.must(u.Close()) }()
	mac := net.HardwareAddr{2, 0, 0, 0, 0, 1}
	for name, err := range map[string]error{
		"2001:db8::1 is not an IPv4 address":           u.Set(netip.MustParseAddr("2001:db8::1"), mac),
		"invalid IP is not an IPv4 address":            u.Set(netip.Addr{}, mac),
		"0.0.0.0 is not an IPv4 address":               u.Delete(netip.IPv4Unspecified()),
		"not the MAC address of a station":             u.Set(addr4, broadcast),
		`"00:00:00:00:00:00" is not the MAC`:           u.Set(addr4, make(net.HardwareAddr, 6)),
		`"" is not the MAC address of a station`:       u.Set(addr4, nil),
		`"" is not the MAC address of an Ethernet`:     unicastError(&Link{Name: "lan0", Index: c.link.Index}),
		"lan9 unicast: the interface is down or gone:": unicastError(&Link{Name: "lan9", Index: 4711, MAC: mac}),
	} {
		if err == nil || !strings.Contains(err.Error(), name) || strings.Contains(err.Error(), "\n") {
			t.Errorf("want %q, have %v", name, err)
		}
	}
	var err error
	for i := 0; i <= maxUnicast && err == nil; i++ {
		err = u.Set(netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), mac)
	}
	if err == nil || !strings.Contains(err.Error(), "there are 65536 already") || strings.Contains(err.Error(), "10.0.") {
		t.Errorf("one too many: have %v", err)
	}
	if err := explainBPF(fmt.Errorf("attach: %w", ebpf.ErrNotSupported)); !errors.Is(err, ErrNoUnicastARP) || !strings.Contains(err.Error(), "Linux 6.6") {
		t.Errorf("an old kernel: have %v", err)
	}
	for _, capability := range []int{unix.CAP_BPF, unix.CAP_SYS_ADMIN, unix.CAP_NET_ADMIN} {
		c.must(dropCapability(capability))
	}
	if err := unicastError(c.link); !errors.Is(err, ErrNoPrivilege) || errors.Is(err, ErrNoUnicastARP) || strings.Contains(err.Error(), "\n") {
		t.Errorf("without privileges: have %v", err)
	}
}

func unicastError(l *Link) error {
	u, err := NewUnicastARP(l)
	if err == nil {
		_ = u.Close()
	}
	return err
}
