package network

import (
	"net"
	"net/netip"
	"os"
	"runtime"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lan is a network namespace that the test's goroutine is in from now on, and
// another one at the far end of its cables.
type lan struct {
	*testing.T
	here, there netns.NsHandle
	peer        *netlink.Handle // works at the far end
}

// newLAN makes a LAN of one cable: lan0 here and far0 there, both up, without
// addresses. It needs root; where the tests have to be complete, that is fatal.
func newLAN(t *testing.T) *lan {
	t.Helper()
	give := t.Skipf
	if os.Getenv("CI") != "" {
		give = t.Fatalf
	}
	if os.Geteuid() != 0 {
		give("not root: network namespaces cannot be made")
	}
	// Never unlocked: the thread, and what it is in, ends with the test.
	runtime.LockOSThread()
	l := &lan{T: t}
	var err error
	if l.there, err = netns.New(); err != nil {
		give("network namespaces cannot be made here: %v", err)
	}
	l.here, err = netns.New()
	l.must(err)
	l.peer, err = netlink.NewHandleAt(l.there)
	l.must(err)
	t.Cleanup(func() {
		l.peer.Close()
		_, _ = l.here.Close(), l.there.Close()
	})
	l.cable("lan0", "far0")
	return l
}

func (l *lan) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// cable connects here to there.
func (l *lan) cable(near, far string) {
	l.Helper()
	attrs := netlink.NewLinkAttrs()
	attrs.Name = near
	l.must(netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: far, PeerNamespace: netlink.NsFd(l.there)}))
	l.must(netlink.LinkSetUp(l.near(near)))
	l.must(l.peer.LinkSetUp(l.far(far)))
	l.until(near, true)
}

// until waits until a link here has a carrier, or has none: the kernel takes its
// time to say so.
func (l *lan) until(link string, carrier bool) {
	l.Helper()
	for range 5000 {
		if running := l.near(link).Attrs().Flags&net.FlagRunning != 0; running == carrier {
			return
		}
		time.Sleep(time.Millisecond)
	}
	l.Fatalf("%s: the carrier is not %v after 5 s", link, carrier)
}

func (l *lan) near(name string) netlink.Link {
	l.Helper()
	link, err := netlink.LinkByName(name)
	l.must(err)
	return link
}

func (l *lan) far(name string) netlink.Link {
	l.Helper()
	link, err := l.peer.LinkByName(name)
	l.must(err)
	return link
}

// give gives a link here an address with its prefix length.
func (l *lan) give(link, cidr string) {
	l.Helper()
	l.must(netlink.AddrAdd(l.near(link), address(cidr)))
}

// giveFar gives far0 an address.
func (l *lan) giveFar(cidr string) {
	l.Helper()
	l.must(l.peer.AddrAdd(l.far("far0"), address(cidr)))
}

// address is fit for use at once: a new IPv6 address is not before the kernel
// has asked around for a second or two.
func address(cidr string) *netlink.Addr {
	prefix := netip.MustParsePrefix(cidr)
	a := &netlink.Addr{IPNet: &net.IPNet{IP: prefix.Addr().AsSlice(), Mask: net.CIDRMask(prefix.Bits(), prefix.Addr().BitLen())}}
	if prefix.Addr().Is6() {
		a.Flags = unix.IFA_F_NODAD
	}
	return a
}

// defaultRoute adds one over a link here.
func (l *lan) defaultRoute(link, gateway string, metric int) {
	l.Helper()
	gw := netip.MustParseAddr(gateway)
	l.must(netlink.RouteAdd(&netlink.Route{
		LinkIndex: l.near(link).Attrs().Index, Gw: gw.AsSlice(), Priority: metric,
		Dst: &net.IPNet{IP: make(net.IP, gw.BitLen()/8), Mask: net.CIDRMask(0, gw.BitLen())},
	}))
}

// socket opens a packet socket at the far end of the first cable, which hears
// and sends whole frames of that type.
func (l *lan) socket(etherType uint16) int {
	l.Helper()
	index := l.far("far0").Attrs().Index
	l.must(netns.Set(l.there))
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0)
	l.must(err)
	l.Cleanup(func() { _ = unix.Close(fd) })
	w := wire{protocol: &protocol{etherType: etherType}, link: &Link{Index: index}}
	l.must(unix.Bind(fd, w.peer(nil)))
	l.must(netns.Set(l.here))
	return fd
}

// detect is what Detect finds.
func (l *lan) detect(name string) *Link {
	l.Helper()
	link, err := Detect(name)
	l.must(err)
	return link
}
