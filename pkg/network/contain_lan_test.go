package network

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// The LAN of the tests below: the attacker, who is the gateway too, is at the far
// end; the host has lan0; deckies are its children.
var (
	hosts     = addrs("192.0.2.7", "2001:db8::7")
	attackers = addrs("192.0.2.77", "2001:db8::77")
	gateways  = addrs("192.0.2.1", "2001:db8::1")
	beyond    = addrs("198.51.100.9", "2001:db8:9::9")
	deckies   = addrs("192.0.2.200", "2001:db8::200")
)

func addrs(all ...string) []netip.Addr {
	var list []netip.Addr
	for _, a := range all {
		list = append(list, netip.MustParseAddr(a))
	}
	return list
}

// tries is how often something is sent that the kernel may lose: it drops what
// comes in when a machine is too busy to take it.
const tries = 10

// inside is one decky's namespace and its interface.
type inside struct {
	*lan
	space netns.NsHandle
	mac   net.HardwareAddr
}

// routerSolicitations is how often a decky's kernel asks for routers of itself.
const routerSolicitations = "/proc/sys/net/ipv6/conf/eth0/router_solicitations"

// decky hangs one with those addresses on lan0.
func (l *lan) decky(cidrs ...string) *inside {
	l.Helper()
	space, err := netns.New()
	l.must(err)
	l.must(netns.Set(l.here))
	d := &inside{lan: l, space: space}
	l.Cleanup(func() { _ = space.Close() })
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.ParentIndex, attrs.Namespace = "eth0", l.near("lan0").Attrs().Index, netlink.NsFd(space)
	l.must(netlink.LinkAdd(&netlink.Macvlan{LinkAttrs: attrs, Mode: netlink.MACVLAN_MODE_BRIDGE}))
	d.do(func() {
		if !slices.ContainsFunc(cidrs, func(c string) bool { return netip.MustParsePrefix(c).Addr().Is6() }) {
			// What IPv6 sends of itself disturbs who counts.
			_ = os.WriteFile("/proc/sys/net/ipv6/conf/all/disable_ipv6", []byte("1"), 0) // there may be no IPv6 at all
		}
		_ = os.WriteFile(routerSolicitations, []byte("0"), 0)
		l.must(netlink.LinkSetUp(l.near("lo")))
		eth0 := l.near("eth0")
		d.mac = eth0.Attrs().HardwareAddr
		l.must(netlink.LinkSetUp(eth0))
		for _, cidr := range cidrs {
			l.give("eth0", cidr)
		}
	})
	return d
}

// do runs f inside the decky, and far at the far end, on this goroutine.
func (d *inside) do(f func())  { d.Helper(); d.at(d.space, f) }
func (l *lan) atFar(f func())  { l.Helper(); l.at(l.there, f) }
func (l *lan) atHere(f func()) { l.Helper(); l.at(l.here, f) }
func (l *lan) contain(d *inside, udp ...uint16) {
	l.Helper()
	d.do(func() { l.must(Contain(udp)) })
}

func (l *lan) at(space netns.NsHandle, f func()) {
	l.Helper()
	l.must(netns.Set(space))
	defer func() { l.must(netns.Set(l.here)) }()
	f()
}

// forget empties the caches of neighbours in some places.
func (l *lan) forget(places ...func(func())) {
	l.Helper()
	for _, at := range places {
		at(func() {
			neighbours, err := netlink.NeighList(0, netlink.FAMILY_ALL)
			l.must(err)
			for _, n := range neighbours {
				if err := netlink.NeighDel(&n); err != nil && !errors.Is(err, unix.ENOENT) {
					l.Fatal(err)
				}
			}
		})
	}
}

// blocked is what was stopped so far.
func (d *inside) blocked() (c Counters) {
	d.Helper()
	d.do(func() {
		var err error
		c, err = Blocked()
		d.must(err)
	})
	return c
}

// besieged is a LAN with a host, an attacker, and one decky that has a way out.
func besieged(t *testing.T) (*lan, *inside) {
	t.Helper()
	l := newLAN(t)
	for i, bits := range []int{24, 64} {
		suffix := "/" + strconv.Itoa(bits)
		l.give("lan0", hosts[i].String()+suffix)
		l.giveFar(attackers[i].String() + suffix)
		l.giveFar(gateways[i].String() + suffix)
	}
	d := l.decky(deckies[0].String()+"/24", deckies[1].String()+"/64")
	d.do(func() {
		for _, g := range gateways {
			l.defaultRoute("eth0", g.String(), 1)
		}
		_ = os.WriteFile("/proc/sys/net/ipv4/icmp_ratelimit", []byte("0"), 0) // scans are to be the same every time
	})
	for begin := time.Now(); !d.pings(deckies[1]); { // IPv6 takes a second
		if time.Since(begin) > 10*time.Second {
			l.Fatal("the decky does not answer after 10 s")
		}
	}
	return l, d
}

// pings reports whether somebody answers the attacker.
func (l *lan) pings(to netip.Addr) (answers bool) {
	l.Helper()
	l.atFar(func() {
		if to.Is4() {
			answers = l.ping(to, 8, 0)
		} else {
			answers = l.ping(to, 128, 129)
		}
	})
	return answers
}

// capture hears at the far end what a decky sends, without what it needs to be
// reached.
type capture struct {
	*inside
	fd int
}

func (d *inside) capture() *capture {
	d.Helper()
	fd := d.socket(unix.ETH_P_ALL)
	d.must(unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, 8<<20))
	return &capture{inside: d, fd: fd}
}

// gets reports whether the far end gets something of what is sent.
func (c *capture) gets(send func()) bool {
	c.Helper()
	for range tries {
		if send(); len(c.packets()) > 0 {
			return true
		}
	}
	return false
}

// packets returns what was heard since it was last asked; it waits a little for
// what is under way.
func (c *capture) packets() (all []gopacket.Packet) {
	c.Helper()
	time.Sleep(20 * time.Millisecond)
	for buf := make([]byte, 2048); ; {
		n, _, err := unix.Recvfrom(c.fd, buf, unix.MSG_DONTWAIT)
		if errors.Is(err, unix.EAGAIN) {
			return all
		}
		c.must(err)
		p := gopacket.NewPacket(slices.Clone(buf[:n]), layers.LayerTypeEthernet, gopacket.Default)
		ethernet, _ := p.LinkLayer().(*layers.Ethernet)
		if ethernet == nil || ethernet.SrcMAC.String() != c.mac.String() || ethernet.EthernetType == layers.EthernetTypeARP {
			continue
		}
		if icmp, _ := p.Layer(layers.LayerTypeICMPv6).(*layers.ICMPv6); icmp != nil && slices.ContainsFunc(icmp6Upkeep, func(t []byte) bool { return t[0] == icmp.TypeCode.Type() }) {
			continue
		}
		all = append(all, p)
	}
}

// socketAddr is an address in the kernel's form.
func socketAddr(a netip.Addr, port int) unix.Sockaddr {
	if a.Is4() {
		return &unix.SockaddrInet4{Addr: a.As4(), Port: port}
	}
	return &unix.SockaddrInet6{Addr: a.As16(), Port: port}
}

func familyOf(a netip.Addr) int {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// ping sends ICMP or ICMPv6 messages of a type and returns whether one of the
// other type comes back. A machine that is busy loses some.
func (l *lan) ping(to netip.Addr, request, reply byte) bool {
	l.Helper()
	protocol := unix.IPPROTO_ICMP
	if to.Is6() {
		protocol = unix.IPPROTO_ICMPV6
	}
	fd, err := unix.Socket(familyOf(to), unix.SOCK_RAW|unix.SOCK_CLOEXEC, protocol)
	l.must(err)
	defer func() { _ = unix.Close(fd) }()
	l.must(unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 500_000}))
	for range tries {
		if err := unix.Sendto(fd, echo(request), 0, socketAddr(to, 0)); err == nil && comesBack(fd, to, reply) {
			return true
		}
	}
	return false
}

// comesBack waits half a second for a message of a type.
func comesBack(fd int, from netip.Addr, kind byte) bool {
	buf := make([]byte, 256)
	for end := time.Now().Add(500 * time.Millisecond); time.Now().Before(end); {
		n, sender, err := unix.Recvfrom(fd, buf, 0)
		if err != nil {
			return false
		}
		message := buf[:n]
		if in4, ok := sender.(*unix.SockaddrInet4); ok {
			if in4.Addr != from.As4() || n < 40 {
				continue
			}
			message = buf[20:n]
		}
		if message[0] == kind && message[4] == 0x12 {
			return true
		}
	}
	return false
}

// echo is an ICMP message with room for what requests have; the kernel fills in
// the checksum of ICMPv6.
func echo(kind byte) []byte {
	m := append([]byte{kind, 0, 0, 0, 0x12, 0x34, 0, 1}, make([]byte, 12)...)
	sum := uint32(0)
	for i := 0; i < len(m); i += 2 {
		sum += uint32(m[i])<<8 | uint32(m[i+1])
	}
	sum = ^(sum + sum>>16)
	m[2], m[3] = byte(sum>>8), byte(sum)
	return m
}

// dropCapability takes one from this thread for good.
func dropCapability(capability int) error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if err := unix.Capget(&head, &caps[0]); err != nil {
		return err
	}
	caps[capability/32].Effective &^= 1 << (capability % 32)
	return unix.Capset(&head, &caps[0])
}
