package network

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// someLAN is a LAN with a host at the far end that has 192.0.2.77 and
// 2001:db8::77, and us at 192.0.2.7.
func someLAN(t *testing.T) (*lan, *Link) {
	t.Helper()
	l := newLAN(t)
	l.give("lan0", "192.0.2.7/16")
	l.giveFar(addr4.String() + "/16")
	l.giveFar(addr6.String() + "/64")
	return l, l.detect("lan0")
}

// run asks with p and says how long it took.
func (l *lan) run(p Prober, link *Link, addrs ...netip.Addr) (map[netip.Addr]net.HardwareAddr, time.Duration) {
	l.Helper()
	begin := time.Now()
	got, err := p.InUse(l.Context(), link, addrs)
	l.must(err)
	return got, time.Since(begin)
}

// free are n addresses that nobody has.
func free(n int) []netip.Addr {
	all := make([]netip.Addr, n)
	for i := range all {
		all[i] = netip.AddrFrom4([4]byte{192, 0, byte(100 + i/200), byte(1 + i%200)})
	}
	return all
}

func TestInUseFindsWhoAnswers(t *testing.T) {
	l, link := someLAN(t)
	far := l.far("far0").Attrs().HardwareAddr
	free6 := netip.MustParseAddr("2001:db8::78")
	got, took := l.run(Prober{}, link, addr4, free(1)[0], addr6, free6, link.Address, addr4)
	if len(got) != 3 || got[addr4].String() != far.String() || got[addr6].String() != far.String() || got[link.Address].String() != link.MAC.String() {
		t.Errorf("have %v, want %v and %v at %v and ourselves at %v", got, addr4, addr6, far, link.MAC)
	}
	if took > 3*time.Second {
		t.Errorf("took %v", took)
	}
}

func TestEveryFormOfAnAddressIsTheSame(t *testing.T) {
	l, link := someLAN(t)
	got, took := l.run(Prober{}, link, netip.AddrFrom16(addr4.As16()), addr6.WithZone("lan0"))
	if len(got) != 2 || got[addr4] == nil || got[addr6] == nil {
		t.Errorf("have %v", got)
	}
	if took > 2*patience {
		t.Errorf("took %v although all answer", took)
	}
	if got, _ := l.run(Prober{}, link); len(got) != 0 {
		t.Errorf("of nothing: have %v", got)
	}
}

func TestOwnAnswersDoNotCount(t *testing.T) {
	l, link := someLAN(t)
	far := l.far("far0").Attrs().HardwareAddr
	own := func(mac net.HardwareAddr) bool { return mac.String() == far.String() }
	if got, _ := l.run(Prober{Own: own, Rounds: 1}, link, addr4, addr6); len(got) != 0 {
		t.Errorf("have %v", got)
	}
}

func TestNobodyLearnsFromAProbeAndWhoAnswersIsLeftAlone(t *testing.T) {
	l, link := someLAN(t)
	fd := l.socket(unix.ETH_P_ARP)
	silent := free(1)[0]
	l.run(Prober{}, link, addr4, silent)

	asked := map[netip.Addr]int{}
	buf := make([]byte, 128)
	for {
		n, _, err := unix.Recvfrom(fd, buf, unix.MSG_DONTWAIT)
		if err != nil {
			break
		}
		if n < 42 || binary.BigEndian.Uint16(buf[20:]) != 1 {
			continue
		}
		if sender := buf[28:32]; !slices.Equal(sender, make([]byte, 4)) || !slices.Equal(buf[22:28], link.MAC) || !slices.Equal(buf[:6], broadcast) {
			t.Errorf("a probe is % x", buf[:n])
		}
		asked[netip.AddrFrom4([4]byte(buf[38:42]))]++
	}
	if asked[addr4] < 1 || asked[addr4] > 2 || asked[silent] != 3 || len(asked) != 2 { // a busy machine may answer late once
		t.Errorf("asked %v", asked)
	}
	for _, family := range []int{netlink.FAMILY_V4, netlink.FAMILY_V6} {
		neighbours, err := l.peer.NeighList(l.far("far0").Attrs().Index, family)
		l.must(err)
		for _, n := range neighbours {
			if n.HardwareAddr.String() == link.MAC.String() {
				t.Errorf("the far end has learned %v", n)
			}
		}
	}
}

func TestAThousandAddressesTakeNotLong(t *testing.T) {
	l, link := someLAN(t)
	for i := range 50 {
		l.giveFar(fmt.Sprintf("192.0.200.%d/16", i+1))
	}
	addrs := free(950)
	for i := range 50 {
		addrs = append(addrs, netip.AddrFrom4([4]byte{192, 0, 200, byte(i + 1)}))
	}
	got, took := l.run(Prober{}, link, addrs...)
	if len(got) != 50 {
		t.Errorf("found %d of 50", len(got))
	}
	// 2,900 probes at 3,000 a second, and the last answer's 0.3 s: less would be
	// more than the rate.
	if took < 1200*time.Millisecond || took > 4*time.Second {
		t.Errorf("took %v", took)
	}
	t.Logf("1,000 addresses: %v", took)
}

func TestACancelledInquiryEndsAtOnce(t *testing.T) {
	l, link := someLAN(t)
	ctx, cancel := context.WithCancel(l.Context())
	time.AfterFunc(50*time.Millisecond, cancel)
	begin := time.Now()
	if got, err := InUse(ctx, link, free(4000)); !errors.Is(err, context.Canceled) || got != nil {
		t.Errorf("have %v, %v", got, err)
	}
	if took := time.Since(begin); took > time.Second {
		t.Errorf("took %v", took)
	}
}

func TestJunkOnTheWireIsIgnored(t *testing.T) {
	l, link := someLAN(t)
	silent := free(1)[0]
	target := func(p []byte) []byte { copy(p[14:], silent.AsSlice()); return p }
	header := func(to net.HardwareAddr, etherType ...byte) []byte { return slices.Concat(to, stranger, etherType) }
	arpTo := header(broadcast, 8, 6)
	frames := [][]byte{arpTo}
	for _, change := range []func([]byte){set(4, 250), set(4, 255, 255), set(4, 0, 0), set(1, 6), set(2, 0x86, 0xdd), set(7, 9), set(8, broadcast...), set(8, make([]byte, 6)...), set(8, link.MAC...)} {
		frames = append(frames, slices.Concat(arpTo, target(arpReply(change))))
	}
	for n := range 28 {
		frames = append(frames, slices.Concat(arpTo, target(arpReply(nothing))[:n]))
	}
	frames = append(frames,
		slices.Concat(arpTo, make([]byte, 1400)),
		slices.Concat(arpTo, arpReply(set(14, 203, 0, 113, 9))),                                                     // nobody asked
		slices.Concat(header(net.HardwareAddr{2, 9, 9, 9, 9, 9}, 8, 6), target(arpReply(nothing))),                  // told somebody else
		slices.Concat(header(net.HardwareAddr{0x33, 0x33, 0, 0, 0, 1}, 0x86, 0xdd), advertisement(set(48, 0xfd))),   // nobody asked
		slices.Concat(header(net.HardwareAddr{0x33, 0x33, 0, 0, 0, 1}, 0x86, 0xdd), advertisement(set(4, 0xff, 9))), // longer than it is
	)
	fd, to := l.socket(unix.ETH_P_ARP), &unix.SockaddrLinklayer{Ifindex: l.far("far0").Attrs().Index, Halen: 6}
	stop, stopped := make(chan struct{}), make(chan int)
	go func() {
		for n := 0; ; n++ {
			select {
			case <-stop:
				stopped <- n
				return
			default:
				_ = unix.Sendto(fd, frames[n%len(frames)], 0, to) // the queue may be full, and the frame too short
				if n%len(frames) == 0 {
					time.Sleep(time.Millisecond) // some 40,000 a second: the answers have to get through
				}
			}
		}
	}()
	silent6 := netip.MustParseAddr("2001:db8::79")
	got, took := l.run(Prober{}, link, addr4, silent, addr6, silent6)
	close(stop)
	sent := <-stopped
	if len(got) != 2 || got[addr4] == nil || got[addr6] == nil {
		t.Errorf("have %v, want %v and %v", got, addr4, addr6)
	}
	if took > 4*time.Second || sent < len(frames) {
		t.Errorf("took %v with %d frames of junk", took, sent)
	}

	// And one that is an answer counts, whoever sends it. It is sent again and
	// again: nobody says when the prober begins to listen.
	heard := make(chan struct{})
	go func() {
		defer func() { stopped <- 0 }()
		for {
			_ = unix.Sendto(fd, slices.Concat(arpTo, target(arpReply(nothing))), 0, to) // the queue may be full
			select {
			case <-heard:
				return
			case <-time.After(20 * time.Millisecond):
			}
		}
	}()
	got, _ = l.run(Prober{}, link, silent)
	close(heard)
	<-stopped
	if got[silent].String() != stranger.String() {
		t.Errorf("have %v, want %v at %v", got, silent, stranger)
	}
}

// What the native driver makes: they are on the link, but not beyond it.
func TestMacvlanChildrenDoNotHearAndDoNotDisturb(t *testing.T) {
	l, link := someLAN(t)
	inside, err := netns.New()
	l.must(err)
	defer func() { _ = inside.Close() }()
	l.must(netns.Set(l.here))
	child, err := netlink.NewHandleAt(inside)
	l.must(err)
	defer child.Close()
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.ParentIndex, attrs.Namespace = "eth0", link.Index, netlink.NsFd(inside)
	l.must(netlink.LinkAdd(&netlink.Macvlan{LinkAttrs: attrs, Mode: netlink.MACVLAN_MODE_BRIDGE}))
	eth0, err := child.LinkByName("eth0")
	l.must(err)
	l.must(child.LinkSetUp(eth0))
	decky := free(1)[0]
	l.must(child.AddrAdd(eth0, address(decky.String()+"/16")))
	got, _ := l.run(Prober{}, link, addr4, addr6, decky)
	if len(got) != 2 || got[addr4] == nil || got[addr6] == nil {
		t.Errorf("have %v, want %v and %v", got, addr4, addr6)
	}
}

func TestAnInterfaceThatGoesDownIsAnError(t *testing.T) {
	l, link := someLAN(t)
	peer := l.far("far0")
	handle, err := netlink.NewHandleAt(l.here)
	l.must(err)
	defer handle.Close()
	near := l.near("lan0")
	gone := time.AfterFunc(100*time.Millisecond, func() { _ = handle.LinkSetDown(near) })
	defer gone.Stop()
	_, err = InUse(t.Context(), link, free(1000))
	if err == nil || !strings.Contains(err.Error(), "on lan0: the interface is down or gone") {
		t.Errorf("have %v", err)
	}
	l.must(l.peer.LinkDel(peer))
	if _, err = InUse(t.Context(), link, free(1)); err == nil || !strings.Contains(err.Error(), "down or gone") {
		t.Errorf("of an interface that is gone: have %v", err)
	}
}

func TestWithoutPrivilegeItSaysSo(t *testing.T) {
	l, link := someLAN(t)
	runtime.LockOSThread() // what is dropped, is dropped for this thread
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	l.must(unix.Capget(&head, &caps[0]))
	caps[0].Effective &^= 1 << unix.CAP_NET_RAW
	l.must(unix.Capset(&head, &caps[0]))
	_, err := InUse(t.Context(), link, free(1))
	if !errors.Is(err, ErrNoPrivilege) || !strings.Contains(err.Error(), "CAP_NET_RAW") || strings.Contains(err.Error(), "\n") {
		t.Errorf("have %v", err)
	}
	if again := l.detect("lan0"); again.Address != link.Address {
		t.Errorf("have %+v", again)
	}
}

func TestWhatNobodyCanHaveIsNotAskedFor(t *testing.T) {
	link := &Link{Name: "lan0", MAC: stranger}
	many := make([]netip.Addr, maxAsked+1)
	for i := range many {
		many[i] = netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
	}
	tests := map[string][]netip.Addr{
		"0.0.0.0": {netip.IPv4Unspecified()}, "255.255.255.255": {netip.AddrFrom4([4]byte{255, 255, 255, 255})}, "224.0.0.1": {netip.MustParseAddr("224.0.0.1")},
		"127.0.0.1": {netip.MustParseAddr("127.0.0.1")}, "::1": {addr6, netip.IPv6Loopback()}, "invalid IP": {{}}, "65537 addresses": many,
	}
	for want, addrs := range tests {
		if got, err := InUse(t.Context(), link, addrs); err == nil || !strings.Contains(err.Error(), "on lan0: "+want) {
			t.Errorf("%s: have %v, %v", want, got, err)
		}
	}
}
