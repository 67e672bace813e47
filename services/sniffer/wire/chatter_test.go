package wire_test

import (
	"bytes"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

// office is a LAN of people who do nothing wrong, seen from a port that mirrors all
// of it.
type office struct {
	*rig
	rand  *rand.Rand
	queue []planned
}

// planned is something that will be sent.
type planned struct {
	at     time.Time
	frames [][]byte
}

// The office's machines: a router that is also the DNS and DHCP server, a file
// server, printers (one of them switched off) and people's computers.
var (
	router   = netip.MustParseAddr("192.168.1.1")
	server   = netip.MustParseAddr("192.168.1.2")
	printers = []netip.Addr{netip.MustParseAddr("192.168.1.10"), netip.MustParseAddr("192.168.1.11"), netip.MustParseAddr("192.168.1.12")}
	everyone = netip.AddrFrom4([4]byte{255, 255, 255, 255})
	mdns     = netip.MustParseAddrPort("224.0.0.251:5353")
	ssdp     = netip.MustParseAddrPort("239.255.255.250:1900")
	llmnr    = netip.MustParseAddrPort("224.0.0.252:5355")
	netbios  = netip.MustParseAddrPort("192.168.1.255:137")
)

const people = 40

func person(n int) netip.Addr { return netip.AddrFrom4([4]byte{192, 168, 1, byte(100 + n)}) }

// site is a server of the Internet.
func (o *office) site() netip.Addr {
	return netip.AddrFrom4([4]byte{byte(11 + o.rand.IntN(100)), byte(o.rand.IntN(256)), byte(o.rand.IntN(256)), byte(1 + o.rand.IntN(254))})
}

func (o *office) port() uint16 { return uint16(32768 + o.rand.IntN(28000)) }

// plan has frames sent some time after at.
func (o *office) plan(at time.Time, within time.Duration, frames ...[]byte) {
	o.queue = append(o.queue, planned{at.Add(time.Duration(o.rand.Int64N(int64(within)))), frames})
}

// play sends what is planned, in order.
func (o *office) play() {
	slices.SortStableFunc(o.queue, func(a, b planned) int { return a.at.Compare(b.at) })
	for _, p := range o.queue {
		if p.at.After(o.now) {
			o.now = p.at
		}
		o.send(p.frames...)
	}
}

func (o *office) ask(at time.Time, within time.Duration, from, to netip.Addr) {
	o.plan(at, within, capturetest.ARP(capture.ARPRequest, from, to), capturetest.ARP(capture.ARPReply, to, from))
}

// exchange is a question and its answer, by UDP.
func (o *office) exchange(at time.Time, within time.Duration, from, to netip.AddrPort, size int) {
	o.plan(at, within, capturetest.UDP(from, to, make([]byte, size)), capturetest.UDP(to, from, make([]byte, size*2)))
}

// talk is a connection on which both sides say something.
func (o *office) talk(at time.Time, within time.Duration, from, to netip.AddrPort) {
	c := dial(from, to)
	o.plan(at, within, slices.Concat(c.handshake(), [][]byte{c.says(true, capture.PSH|capture.ACK, "question"), c.says(false, capture.PSH|capture.ACK, "answer")}, c.closing())...)
}

// boot is what a computer does when it is switched on.
func (o *office) boot(at time.Time, me netip.Addr) {
	mac := capturetest.MACOf(me)
	discover := make([]byte, 240, 260)
	discover[0], discover[1], discover[2] = 1, 1, 6
	copy(discover[28:], mac[:])
	copy(discover[236:], []byte{99, 130, 83, 99})
	discover = append(discover, 53, 1, 1, 55, 3, 1, 3, 6, 255)
	nobody := netip.IPv4Unspecified()
	frame := func(b []byte) []byte { // from a host without an address
		b = bytes.Clone(b)
		copy(b[6:], mac[:])
		return b
	}
	probe := capturetest.ARP(capture.ARPRequest, nobody, me)
	copy(probe[22:], mac[:])
	o.plan(at, time.Second,
		frame(capturetest.UDP(netip.AddrPortFrom(nobody, 68), netip.AddrPortFrom(everyone, 67), discover)),
		capturetest.ICMP(router, me, capture.ICMPEcho, 0, make([]byte, 8)), // the server looks whether the address is free
		capturetest.UDP(netip.AddrPortFrom(router, 67), netip.AddrPortFrom(everyone, 68), discover),
		frame(probe), frame(probe), frame(probe),
		capturetest.ARP(capture.ARPRequest, me, me), capturetest.ARP(capture.ARPRequest, me, router), capturetest.ARP(capture.ARPReply, router, me))
	for i := range 8 {
		o.plan(at.Add(time.Second), 5*time.Second, capturetest.UDP(netip.AddrPortFrom(me, 5353), mdns, make([]byte, 40+i)),
			capturetest.UDP(netip.AddrPortFrom(me, o.port()), llmnr, make([]byte, 30)), capturetest.UDP(netip.AddrPortFrom(me, 137), netbios, make([]byte, 60)))
	}
}

// search asks for devices, and those there are answer by themselves.
func (o *office) search(at time.Time, me netip.Addr) {
	from := netip.AddrPortFrom(me, o.port())
	frames := [][]byte{capturetest.UDP(from, ssdp, []byte("M-SEARCH * HTTP/1.1\r\n\r\n"))}
	for _, device := range append([]netip.Addr{router, server}, printers[:2]...) {
		frames = append(frames, capturetest.UDP(netip.AddrPortFrom(device, 1900), from, []byte("HTTP/1.1 200 OK\r\n\r\n")))
	}
	o.plan(at, time.Minute, frames...)
}

// browse opens a page: many connections to many servers, of which some fail, are
// opened ahead of need, or lose a race against another.
func (o *office) browse(at time.Time, me netip.Addr) {
	for range 10 + o.rand.IntN(40) {
		site := o.site()
		o.exchange(at, time.Second, netip.AddrPortFrom(me, o.port()), netip.AddrPortFrom(router, 53), 40)
		o.talk(at, 3*time.Second, netip.AddrPortFrom(me, o.port()), netip.AddrPortFrom(site, 443))
		switch quic := append([]byte{0xc3, 0, 0, 0, 1}, make([]byte, 1200)...); o.rand.IntN(8) {
		case 0, 1, 2: // a firewall stops these
			o.plan(at, 3*time.Second, capturetest.UDP(netip.AddrPortFrom(me, o.port()), netip.AddrPortFrom(site, 443), quic))
		case 3: // opened ahead of need
			c := dial(netip.AddrPortFrom(me, o.port()), netip.AddrPortFrom(site, 443))
			o.plan(at, 2*time.Second, c.handshake()...)
			o.plan(at.Add(12*time.Second), 10*time.Second, c.closing()...)
		case 4: // there is no way over IPv6
			six := site.As16()
			copy(six[:], []byte{0x20, 1, 0xd, 0xb8})
			six[10], six[11] = 0, 0
			mine := [16]byte{0xfd, 15: byte(me.As4()[3])}
			o.plan(at, time.Second, (&capturetest.Segment{
				Src: netip.AddrPortFrom(netip.AddrFrom16(mine), o.port()), Dst: netip.AddrPortFrom(netip.AddrFrom16(six), 443),
				Flags: capture.SYN, Seq: o.rand.Uint32(), Options: capturetest.LinuxOptions,
			}).Frame())
		}
	}
}

// day is what one person's computer does.
func (o *office) day(begin time.Time, n int) {
	me := person(n)
	start := begin.Add(8*time.Hour + time.Duration(o.rand.Int64N(int64(40*time.Minute))))
	o.boot(start, me)
	push := [12]netip.Addr{}
	for i := range push {
		push[i] = netip.AddrFrom4([4]byte{17, 57, 144, byte(i)})
	}
	for at := start.Add(10 * time.Second); at.Before(begin.Add(18 * time.Hour)); at = at.Add(5 * time.Minute) {
		const slot = 5 * time.Minute
		o.ask(at, slot, me, router)
		o.ask(at, slot, me, server)
		o.ask(at, slot, router, me)
		o.plan(at, slot, capturetest.ARP(capture.ARPRequest, me, printers[2])) // which is off
		o.ask(at, slot, me, person(o.rand.IntN(people)))
		o.plan(at, slot, capturetest.UDP(netip.AddrPortFrom(me, 5353), mdns, make([]byte, 60)))
		o.plan(at, slot, capturetest.UDP(netip.AddrPortFrom(me, 138), netip.AddrPortFrom(netbios.Addr(), 138), make([]byte, 200)))
		for i := range 4 {
			o.exchange(at, slot, netip.AddrPortFrom(me, 123), netip.AddrPortFrom(netip.AddrFrom4([4]byte{45, 33, byte(i), 7}), 123), 48)
		}
		for _, port := range []uint16{445, 88, 389, 135, 49664 + uint16(o.rand.IntN(8)), 3268, 464} {
			o.talk(at, slot, netip.AddrPortFrom(me, o.port()), netip.AddrPortFrom(server, port))
		}
		o.talk(at, slot, netip.AddrPortFrom(me, o.port()), netip.AddrPortFrom(printers[0], 631))
		o.talk(at, slot, netip.AddrPortFrom(me, o.port()), netip.AddrPortFrom(printers[1], 9100))
		o.exchange(at, slot, netip.AddrPortFrom(me, o.port()), netip.AddrPortFrom(printers[1], 161), 60)
		o.plan(at, slot, capturetest.ICMP(me, router, capture.ICMPEcho, 0, make([]byte, 32)), capturetest.ICMP(router, me, capture.ICMPEchoReply, 0, make([]byte, 32)))
		for i := range 3 { // a telephone's, which a firewall stops
			o.plan(at, slot, (&capturetest.Segment{Src: netip.AddrPortFrom(me, o.port()), Dst: netip.AddrPortFrom(push[(i+o.rand.IntN(12))%12], 5223), Flags: capture.SYN, Options: capturetest.LinuxOptions}).Frame())
		}
		if o.rand.IntN(3) == 0 {
			o.browse(at.Add(time.Duration(o.rand.IntN(240))*time.Second), me)
			o.search(at, me)
		}
	}
}

func TestADayAtTheOfficeHasNoScan(t *testing.T) {
	o := &office{rig: newRig(t, nil), rand: rand.New(rand.NewPCG(4, 7))}
	begin := o.now
	for n := range people {
		o.day(begin, n)
	}
	o.play()
	o.Flush()
	for _, line := range append(o.scans("scan"), o.scans("scan_end")...) {
		t.Error(line)
	}
	if len(o.of("flow")) < 10000 || len(o.of("lan_host")) < people || len(o.of("dhcp")) != people {
		t.Errorf("%d connections, %d hosts and %d DHCP clients: this is no office", len(o.of("flow")), len(o.of("lan_host")), len(o.of("dhcp")))
	}
	// The same sniffer still sees who scans.
	for n := range 50 {
		o.send(segment(capture.SYN, capturetest.RawOptions)(netip.AddrPortFrom(person(0), 50000), netip.AddrPortFrom(server, uint16(1+n))))
	}
	o.Flush()
	if len(o.of("scan")) != 1 {
		t.Errorf("a scan after that day: %q", o.scans("scan"))
	}
}
