package network

import (
	"errors"
	"net/netip"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket/layers"
	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// attempt is one way to reach out from a namespace.
type attempt struct {
	name  string
	count func(Counters) Counter
	// reach sends something to an address; what the kernel answers is not looked
	// at, but for sockets that cannot be had.
	reach func(l *lan, to netip.Addr)
}

var (
	ofTCP   = func(c Counters) Counter { return c.TCP }
	ofUDP   = func(c Counters) Counter { return c.UDP }
	ofICMP  = func(c Counters) Counter { return c.ICMP }
	ofOther = func(c Counters) Counter { return c.Other }
)

// send opens a socket and sends a message, as whoever has the rights to.
func send(kind, protocol int, message []byte, prepare ...func(fd int)) func(*lan, netip.Addr) {
	return func(l *lan, to netip.Addr) {
		l.Helper()
		fd, err := unix.Socket(familyOf(to), kind|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, protocol)
		l.must(err)
		defer func() { _ = unix.Close(fd) }()
		for _, p := range prepare {
			p(fd)
		}
		port := 53
		if kind == unix.SOCK_RAW {
			port = 0
		}
		_ = unix.Sendto(fd, message, 0, socketAddr(to, port)) // mostly refused
	}
}

func connect(flags int) func(*lan, netip.Addr) {
	return func(l *lan, to netip.Addr) {
		l.Helper()
		fd, err := unix.Socket(familyOf(to), unix.SOCK_STREAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		l.must(err)
		defer func() { _ = unix.Close(fd) }()
		if flags != 0 {
			_ = unix.Sendto(fd, []byte("early data"), flags, socketAddr(to, 80))
			return
		}
		if err := unix.Connect(fd, socketAddr(to, 80)); err == nil {
			l.Errorf("connected to %v", to)
		}
	}
}

// header sends whole packets, IP header included.
func header(protocol byte, payload []byte) func(*lan, netip.Addr) {
	return packet(0, protocol, payload)
}

// fragment sends what looks like the second half of an IPv4 packet.
func fragment(protocol byte, payload []byte) func(*lan, netip.Addr) {
	return packet(1, protocol, payload)
}

func packet(offset, protocol byte, payload []byte) func(*lan, netip.Addr) {
	return func(l *lan, to netip.Addr) {
		var packet []byte
		if to.Is4() {
			packet = []byte{0x45, 0, 0, 0, 0, 9, 0, offset, 64, protocol, 0, 0}
			packet = append(append(packet, deckies[0].AsSlice()...), to.AsSlice()...)
		} else {
			packet = []byte{0x60, 0, 0, 0, 0, byte(len(payload)), protocol, 64}
			packet = append(append(packet, deckies[1].AsSlice()...), to.AsSlice()...)
		}
		send(unix.SOCK_RAW, unix.IPPROTO_RAW, append(packet, payload...), func(fd int) {
			if to.Is6() {
				l.must(unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_HDRINCL, 1))
			}
		})(l, to)
	}
}

// segment is a TCP header with flags.
func segment(flags byte) []byte {
	return []byte{0x30, 0x39, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x50, flags, 4, 0, 0, 0, 0, 0}
}

var attempts = []attempt{
	{"TCP", ofTCP, connect(0)},
	{"TCP with early data", ofTCP, connect(unix.MSG_FASTOPEN)},
	{"UDP", ofUDP, send(unix.SOCK_DGRAM, 0, []byte("hello"))},
	{"UDP from a port with a service", ofUDP, send(unix.SOCK_DGRAM, 0, []byte("hello"), func(fd int) {
		_ = unix.Bind(fd, &unix.SockaddrInet6{Port: 161})
		_ = unix.Bind(fd, &unix.SockaddrInet4{Port: 161})
	})},
	{"UDP-Lite", ofOther, send(unix.SOCK_DGRAM, unix.IPPROTO_UDPLITE, []byte("hello"))},
	{"raw GRE", ofOther, send(unix.SOCK_RAW, unix.IPPROTO_GRE, make([]byte, 8))},
	{"raw SCTP", ofOther, send(unix.SOCK_RAW, unix.IPPROTO_SCTP, make([]byte, 16))},
	{"a whole TCP packet", ofTCP, header(unix.IPPROTO_TCP, segment(tcpSYN))},
	{"a TCP packet with SYN and RST", ofTCP, header(unix.IPPROTO_TCP, segment(tcpSYN|tcpRST))},
	{"a TCP packet without flags", ofTCP, header(unix.IPPROTO_TCP, segment(0))},
	{"half a TCP packet", ofTCP, header(unix.IPPROTO_TCP, segment(tcpSYN)[:8])},
	{"a whole UDP packet", ofUDP, header(unix.IPPROTO_UDP, []byte{0, 161, 0, 53, 0, 8, 0, 0})},
	{"a whole packet of something", ofOther, header(253, []byte("hello"))},
}

var attempts4 = []attempt{
	{"ping", ofICMP, send(unix.SOCK_RAW, unix.IPPROTO_ICMP, echo(8))},
	{"a request for the time", ofICMP, send(unix.SOCK_RAW, unix.IPPROTO_ICMP, echo(13))},
	{"a redirect", ofICMP, send(unix.SOCK_RAW, unix.IPPROTO_ICMP, echo(5))},
	{"ICMPv6 in IPv4", ofICMP, send(unix.SOCK_RAW, unix.IPPROTO_ICMPV6, echo(129))},
	{"a later fragment of TCP", ofOther, fragment(unix.IPPROTO_TCP, segment(tcpACK))},
	{"a later fragment of ICMP", ofOther, fragment(unix.IPPROTO_ICMP, echo(0))},
	{"IGMP", ofOther, send(unix.SOCK_RAW, unix.IPPROTO_IGMP, make([]byte, 8))},
}

var attempts6 = []attempt{
	{"ping", ofICMP, send(unix.SOCK_RAW, unix.IPPROTO_ICMPV6, echo(128))},
	{"a router's advertisement", ofICMP, send(unix.SOCK_RAW, unix.IPPROTO_ICMPV6, echo(134))},
	{"a redirect", ofICMP, send(unix.SOCK_RAW, unix.IPPROTO_ICMPV6, echo(137))},
	{"a later fragment of TCP", ofTCP, header(unix.IPPROTO_FRAGMENT, append([]byte{unix.IPPROTO_TCP, 0, 0, 8, 0, 0, 0, 9}, segment(tcpACK)...))},
	{"a later fragment of ICMP", ofICMP, header(unix.IPPROTO_FRAGMENT, append([]byte{unix.IPPROTO_ICMPV6, 0, 0, 8, 0, 0, 0, 9}, echo(129)...))},
	{"ping behind options", ofICMP, header(unix.IPPROTO_DSTOPTS, append([]byte{unix.IPPROTO_ICMPV6, 0, 1, 4, 0, 0, 0, 0}, echo(128)...))},
	{"ICMP in IPv6", ofICMP, send(unix.SOCK_RAW, unix.IPPROTO_ICMP, echo(0))},
}

func TestNobodyGetsOut(t *testing.T) {
	l, d := besieged(t)
	far := d.capture()
	type target struct {
		name string
		to   []netip.Addr
	}
	reachable := []target{{"attacker", attackers}, {"gateway", gateways}, {"beyond", beyond}}
	others := []target{{"host", hosts}, {"group", addrs("224.0.0.251", "ff02::fb")}, {"nobody", addrs("192.0.2.99", "2001:db8::99")}}
	each := func(targets []target, f func(name string, a attempt, to netip.Addr)) {
		for _, target := range targets {
			for i, own := range [][]attempt{attempts4, attempts6} {
				for _, a := range append(own[:len(own):len(own)], attempts...) {
					f(a.name+" to "+target.name+" "+target.to[i].String(), a, target.to[i])
				}
			}
		}
	}
	each(reachable, func(name string, a attempt, to netip.Addr) {
		if !far.gets(func() { d.do(func() { a.reach(l, to) }) }) {
			t.Errorf("%s: nothing gets out without a wall, so that this proves nothing", name)
		}
	})
	l.contain(d, 161)
	far.packets()
	before := d.blocked()
	if before != (Counters{}) {
		t.Errorf("a new wall has stopped %+v", before)
	}
	each(append(reachable, others...), func(name string, a attempt, to netip.Addr) {
		d.do(func() { a.reach(l, to) })
		after := d.blocked()
		if strings.HasPrefix(name, "TCP") && to.IsMulticast() {
			return // the kernel has no such thing
		}
		if was, is := a.count(before), a.count(after); is.Packets <= was.Packets || is.Bytes < was.Bytes+20 {
			t.Errorf("%s: counted %+v, then %+v", name, before, after)
		}
		before = after
	})
	time.Sleep(100 * time.Millisecond)
	for _, p := range far.packets() {
		t.Errorf("got out: %v", p)
	}
}

func TestLoopbackStaysInside(t *testing.T) {
	l, d := besieged(t)
	l.contain(d)
	d.do(func() {
		for _, to := range addrs("127.0.0.1", "::1", deckies[0].String(), deckies[1].String()) {
			request, reply := byte(8), byte(0)
			if to.Is6() {
				request, reply = 128, 129
			}
			if !l.ping(to, request, reply) {
				t.Errorf("%v does not answer itself", to)
			}
		}
	})
	if c := d.blocked(); c != (Counters{}) {
		t.Errorf("stopped %+v", c)
	}
}

// What the kernel does of itself must not look as if somebody tried something.
func TestNoFalseAlarm(t *testing.T) {
	l, d := besieged(t)
	far := d.capture()
	l.contain(d)
	d.do(func() {
		send(unix.SOCK_RAW, unix.IPPROTO_ICMPV6, echo(133))(l, netip.MustParseAddr("ff02::2")) // as if it looked for routers
		eth0 := l.near("eth0")
		l.must(netlink.LinkSetDown(eth0)) // reports, solicitations, duplicate address detection
		l.must(os.WriteFile(routerSolicitations, []byte("3"), 0))
		l.must(netlink.LinkSetUp(eth0))
	})
	for begin := time.Now(); !d.pings(deckies[0]); {
		if time.Since(begin) > 10*time.Second {
			t.Fatal("the decky does not come back")
		}
	}
	time.Sleep(1500 * time.Millisecond)
	if c := d.blocked(); c != (Counters{}) {
		t.Errorf("stopped %+v", c)
	}
	for _, p := range far.packets() {
		if p.Layer(layers.LayerTypeICMPv6RouterSolicitation) != nil {
			t.Errorf("got out: %v", p)
		}
	}
}

func TestASecondWallReplacesTheFirst(t *testing.T) {
	l, d := besieged(t)
	for _, udp := range [][]uint16{nil, {161, 53, 161}, {69}, nil} {
		l.contain(d, udp...)
		if c := d.blocked(); c != (Counters{}) {
			t.Errorf("UDP %v: a new wall has stopped %+v", udp, c)
		}
		d.do(func() { connect(0)(l, attackers[0]) })
		if c := d.blocked(); c.TCP.Packets == 0 {
			t.Errorf("UDP %v: stopped %+v", udp, c)
		}
	}
}

func TestWhatStandsInTheWayIsReplaced(t *testing.T) {
	l, d := besieged(t)
	far := d.capture()
	d.do(func() {
		b := newNFTBatch()
		b.makeTable(false)
		b.chain("output", unix.NF_INET_LOCAL_OUT, nftAccept)
		b.rule("output", nftVerdict(nftAccept))
		l.must(b.commit())
		if _, err := Blocked(); !errors.Is(err, os.ErrNotExist) {
			t.Errorf("a table of that name that is no wall: have %v", err)
		}
	})
	l.contain(d)
	d.do(func() { connect(0)(l, attackers[0]) })
	if c, out := d.blocked(), far.packets(); c.TCP.Packets == 0 || len(out) > 0 {
		t.Errorf("stopped %+v, and %v got out", c, out)
	}
}

func TestWhatTheKernelMeans(t *testing.T) {
	for err, want := range map[error]string{
		unix.EOPNOTSUPP: "modprobe nf_tables", unix.EPROTONOSUPPORT: "modprobe nf_tables", unix.ENOENT: "modprobe nf_tables",
		unix.EPERM: "CAP_NET_ADMIN", unix.EAGAIN: "does not answer", unix.EINVAL: "invalid argument",
	} {
		if got := explainWall(err); !strings.Contains(got.Error(), want) {
			t.Errorf("%v: have %v", err, got)
		}
	}
	for _, answer := range [][]byte{nil, {1, 2, 3}, make([]byte, 16), make([]byte, 20), append([]byte{20, 0, 0, 0, 3}, make([]byte, 15)...)} {
		if err := nftResult(answer); err == nil || !strings.Contains(err.Error(), "makes no sense") {
			t.Errorf("% x: have %v", answer, err)
		}
	}
}

func TestWallsAreBuiltSideBySide(t *testing.T) {
	newLAN(t) // or skip
	const builders = 8
	errs := make(chan error)
	for range builders {
		go func() {
			runtime.LockOSThread() // for good: the thread ends here
			space, err := netns.New()
			for range 5 {
				err = errors.Join(err, Contain([]uint16{53, 161}))
			}
			_, counted := Blocked()
			errs <- errors.Join(err, counted, space.Close())
		}()
	}
	for range builders {
		if err := <-errs; err != nil {
			t.Error(err)
		}
	}
}

func TestWhatCannotBeWalledInIsOneClearLine(t *testing.T) {
	l := newLAN(t)
	here, err := os.Readlink(threadNetwork)
	l.must(err)
	if birthplace == "" || birthplace == here {
		t.Errorf("the process was started in %q, and the test is in %q", birthplace, here)
	}
	defer func(before string) { birthplace = before }(birthplace)
	birthplace = here // nobody tries it on a machine
	if err := Contain(nil); err == nil || !strings.Contains(err.Error(), "the host's") {
		t.Errorf("where the process was started: have %v", err)
	}
	birthplace = ""
	if err := Contain(make([]uint16, maxUDPPorts+1)); err == nil || !strings.Contains(err.Error(), "1025 UDP ports are too many") {
		t.Errorf("too many ports: have %v", err)
	}
	full := make([]uint16, maxUDPPorts)
	for i := range full {
		full[i] = uint16(i)
	}
	l.must(Contain(full))
	l.must(tearDown())
	if _, err := Blocked(); !errors.Is(err, os.ErrNotExist) || !strings.Contains(err.Error(), "there is no wall") {
		t.Errorf("without a wall: have %v", err)
	}
	l.must(dropCapability(unix.CAP_NET_ADMIN))
	begin := time.Now()
	if err := Contain(nil); !errors.Is(err, ErrNoPrivilege) || !strings.Contains(err.Error(), "CAP_NET_ADMIN") || strings.Contains(err.Error(), "\n") {
		t.Errorf("without CAP_NET_ADMIN: have %v", err)
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func BenchmarkContain(b *testing.B) {
	if os.Geteuid() != 0 {
		b.Skip("not root: network namespaces cannot be made")
	}
	runtime.LockOSThread()
	for _, bench := range []struct {
		name string
		udp  []uint16
	}{{"tcp", nil}, {"udp", []uint16{53, 161}}} {
		b.Run(bench.name, func(b *testing.B) {
			runtime.LockOSThread() // for good
			for b.Loop() {
				b.StopTimer()
				space, err := netns.New()
				if err != nil {
					b.Fatal(err)
				}
				b.StartTimer()
				if err := Contain(bench.udp); err != nil {
					b.Fatal(err)
				}
				b.StopTimer()
				_ = space.Close()
				b.StartTimer()
			}
		})
	}
}
