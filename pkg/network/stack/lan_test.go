package stack_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/vishvananda/netlink"
	"github.com/vishvananda/netns"
	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/network"
	"github.com/decnet/decnet/pkg/network/stack"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// lan is a network of deckies and, at the other end of a cable, an attacker. The test's
// goroutine is in the namespace of the host that has the deckies.
type lan struct {
	*testing.T
	host, attacker netns.NsHandle
	spaces         *network.Spaces
	link           *network.Link
	program        *stack.Program
}

const (
	open   = 22
	closed = 21
)

// bits is the prefix length of the LAN.
const bits = 16

var attackerAddress = netip.MustParseAddr("10.77.0.1")

func newLAN(tb *testing.T) *lan {
	tb.Helper()
	give := tb.Skipf
	if os.Getenv("CI") != "" {
		give = tb.Fatalf
	}
	if os.Geteuid() != 0 {
		give("not root: network namespaces cannot be made")
	}
	runtime.LockOSThread() // and never unlocked: the thread ends with the test
	l := &lan{T: tb}
	var err error
	l.attacker, err = netns.New()
	l.must(err)
	l.host, err = netns.New()
	l.must(err)
	attrs := netlink.NewLinkAttrs()
	attrs.Name = "lan0"
	l.must(netlink.LinkAdd(&netlink.Veth{LinkAttrs: attrs, PeerName: "far0", PeerNamespace: netlink.NsFd(l.attacker)}))
	l.plug("lan0", netip.MustParseAddr("10.77.0.2"), netip.MustParseAddr("fd77::2"))
	l.as(l.attacker, func() { l.plug("far0", attackerAddress, netip.MustParseAddr("fd77::1")) })
	l.link, err = network.Detect("lan0")
	l.must(err)
	l.spaces, err = network.OpenSpaces(tb.TempDir())
	l.must(err)
	l.program, err = stack.Open("")
	l.must(err)
	tb.Cleanup(func() {
		names, err := l.spaces.List()
		for _, name := range names {
			err = errors.Join(err, l.spaces.Remove(name))
		}
		if err := errors.Join(err, l.spaces.Close(), l.program.Close(), l.attacker.Close(), l.host.Close()); err != nil {
			tb.Error(err)
		}
	})
	return l
}

func (l *lan) must(err error) {
	l.Helper()
	if err != nil {
		l.Fatal(err)
	}
}

// as does something in another namespace.
func (l *lan) as(ns netns.NsHandle, do func()) {
	l.Helper()
	l.must(netns.Set(ns))
	do()
	l.must(netns.Set(l.host))
}

func (l *lan) plug(name string, addresses ...netip.Addr) {
	l.Helper()
	link, err := netlink.LinkByName(name)
	l.must(err)
	for _, a := range addresses {
		n := &net.IPNet{IP: a.AsSlice(), Mask: net.CIDRMask(bits, a.BitLen())}
		l.must(netlink.AddrAdd(link, &netlink.Addr{IPNet: n, Flags: unix.IFA_F_NODAD}))
	}
	l.must(netlink.LinkSetUp(link))
	lo, err := netlink.LinkByName("lo")
	l.must(err)
	l.must(netlink.LinkSetUp(lo))
}

// decky puts the nth one on the wire, with the stack of that name: one port of it is
// open, where whoever connects is greeted.
func (l *lan) decky(n int, s *catalog.Stack) netip.Addr {
	l.Helper()
	name := fmt.Sprintf("decky-%d", n)
	a := netip.AddrFrom4([4]byte{10, 77, 1, byte(n)})
	a6 := netip.MustParseAddr(fmt.Sprintf("fd77::1:%x", n))
	_, err := l.spaces.Ensure(name, &network.Spec{
		Parent: l.link, Ifname: "eth0", MAC: net.HardwareAddr{0x52, 0x54, 0, 0x77, 0, byte(n)},
		Address: netip.PrefixFrom(a, bits), Address6: netip.PrefixFrom(a6, 64),
		Sysctls: s.Sysctls, ReceiveWindow: s.ReceiveWindow,
	})
	l.must(err)
	l.must(l.program.Set(stack.Decky{Stack: s.Slug, Boot: time.Now().Add(-time.Duration(n+3) * 19 * time.Hour)}, a, a6))
	l.must(l.spaces.Do(name, func() error { return l.program.Attach("eth0") }))
	for _, at := range []netip.Addr{a, a6} {
		l.serve(name, netip.AddrPortFrom(at, open))
	}
	return a
}

// greeting is what an open port says.
const greeting = "SSH-2.0-OpenSSH_9.2p1\r\n"

// serve echoes.
func (l *lan) serve(name string, at netip.AddrPort) {
	l.Helper()
	file, err := l.spaces.ListenTCP(name, at)
	l.must(err)
	listener, err := net.FileListener(file)
	l.must(errors.Join(err, file.Close()))
	done := make(chan struct{})
	go func() {
		defer close(done)
		for {
			c, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				_, _ = io.WriteString(c, greeting)
				_, _ = io.Copy(c, c)
				_ = c.Close()
			}()
		}
	}()
	l.Cleanup(func() { _ = listener.Close(); <-done })
}

// start starts a program of the attacker's; what it printed is there when it has ended.
func (l *lan) start(name string, args ...string) (output func() string) {
	l.Helper()
	var out bytes.Buffer
	cmd := exec.CommandContext(l.Context(), name, args...)
	cmd.Stdout, cmd.Stderr = &out, &out
	l.as(l.attacker, func() { l.must(cmd.Start()) })
	return func() string {
		l.Helper()
		if err := cmd.Wait(); err != nil {
			l.Fatalf("%s %s: %v\n%s", name, strings.Join(args, " "), err, out.String())
		}
		return out.String()
	}
}
