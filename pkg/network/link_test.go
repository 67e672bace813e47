package network

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

func TestDetect(t *testing.T) {
	tests := []struct {
		name  string
		setUp func(*lan)
		ask   string
		// want is "name address prefix gateway" and the same for IPv6, with "-"
		// for what there is none of.
		want string
	}{
		{"the interface of the default route", func(l *lan) {
			l.cable("lan1", "far1")
			l.give("lan1", "198.51.100.7/24")
			l.give("lan0", "192.0.2.7/25")
			l.defaultRoute("lan0", "192.0.2.1", 0)
		}, "", "lan0 192.0.2.7 192.0.2.0/25 192.0.2.1 - - -"},
		{"the lowest metric", func(l *lan) {
			l.cable("lan1", "far1")
			l.give("lan0", "192.0.2.7/24")
			l.give("lan1", "198.51.100.7/24")
			l.defaultRoute("lan0", "192.0.2.1", 200)
			l.defaultRoute("lan1", "198.51.100.2", 150)
			l.defaultRoute("lan1", "198.51.100.1", 100)
		}, "", "lan1 198.51.100.7 198.51.100.0/24 198.51.100.1 - - -"},
		{"a name beats every metric", func(l *lan) {
			l.cable("lan1", "far1")
			l.give("lan0", "192.0.2.7/24")
			l.give("lan1", "198.51.100.7/24")
			l.defaultRoute("lan0", "192.0.2.1", 200)
			l.defaultRoute("lan1", "198.51.100.1", 100)
		}, "lan0", "lan0 192.0.2.7 192.0.2.0/24 192.0.2.1 - - -"},
		{"a route over several paths", func(l *lan) {
			l.cable("lan1", "far1")
			l.give("lan0", "192.0.2.7/24")
			l.give("lan1", "198.51.100.7/24")
			l.must(netlink.RouteAdd(&netlink.Route{Dst: &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, MultiPath: []*netlink.NexthopInfo{
				{LinkIndex: l.near("lan1").Attrs().Index, Gw: net.IPv4(198, 51, 100, 1)},
				{LinkIndex: l.near("lan0").Attrs().Index, Gw: net.IPv4(192, 0, 2, 1)},
			}}))
		}, "", "lan1 198.51.100.7 198.51.100.0/24 198.51.100.1 - - -"},
		{"no route at all, by name", func(l *lan) { l.give("lan0", "10.1.2.3/8") }, "lan0", "lan0 10.1.2.3 10.0.0.0/8 - - - -"},
		{"an alternative name", func(l *lan) {
			l.must(netlink.LinkAddAltName(l.near("lan0"), "enp99s0f0np0"))
			l.give("lan0", "10.1.2.3/8")
		}, "enp99s0f0np0", "lan0 10.1.2.3 10.0.0.0/8 - - - -"},
		{"the default IPv6 route is better than none", func(l *lan) {
			l.give("lan0", "192.0.2.7/24")
			l.give("lan0", "2001:db8:5::7/64")
			l.defaultRoute("lan0", "2001:db8:5::1", 1024)
		}, "", "lan0 192.0.2.7 192.0.2.0/24 - 2001:db8:5::7 2001:db8:5::/64 2001:db8:5::1"},
		{"both families", func(l *lan) {
			l.give("lan0", "192.0.2.7/24")
			l.give("lan0", "fd12:3456::7/64")
			l.defaultRoute("lan0", "192.0.2.1", 100)
			l.defaultRoute("lan0", "fe80::1", 100)
		}, "", "lan0 192.0.2.7 192.0.2.0/24 192.0.2.1 fd12:3456::7 fd12:3456::/64 fe80::1"},
		{"the subnet that has the gateway", func(l *lan) {
			l.give("lan0", "10.9.0.7/16")
			l.give("lan0", "192.0.2.7/32")
			l.give("lan0", "192.0.2.8/24")
			l.give("lan0", "192.0.2.9/24")
			l.defaultRoute("lan0", "192.0.2.1", 0)
		}, "", "lan0 192.0.2.8 192.0.2.0/24 192.0.2.1 - - -"},
		{"a prefix rather than a single address", func(l *lan) {
			l.give("lan0", "192.0.2.7/24")
			l.give("lan0", "2001:db8:5::7/128")
			l.give("lan0", "2001:db8:6::7/64")
		}, "lan0", "lan0 192.0.2.7 192.0.2.0/24 - 2001:db8:6::7 2001:db8:6::/64 -"},
		{"a default that is unreachable leads nowhere", func(l *lan) {
			l.give("lan0", "192.0.2.7/24")
			l.defaultRoute("lan0", "192.0.2.1", 200)
			l.must(netlink.RouteAdd(&netlink.Route{Dst: &net.IPNet{IP: net.IPv4zero.To4(), Mask: net.CIDRMask(0, 32)}, Type: unix.RTN_UNREACHABLE, Priority: 100}))
		}, "", "lan0 192.0.2.7 192.0.2.0/24 192.0.2.1 - - -"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := newLAN(t)
			test.setUp(l)
			got := l.detect(test.ask)
			parts := []string{got.Name, text(got.Address), text(got.Prefix), text(got.Gateway), text(got.Address6), text(got.Prefix6), text(got.Gateway6)}
			if have := strings.Join(parts, " "); have != test.want {
				t.Errorf("have %s\nwant %s", have, test.want)
			}
			attrs := l.near(got.Name).Attrs()
			if got.Index != attrs.Index || got.MTU != attrs.MTU || got.MAC.String() != attrs.HardwareAddr.String() || !got.Up || got.Wireless {
				t.Errorf("have %+v of %+v", got, attrs)
			}
		})
	}
}

// text is "-" for zero values.
func text(v interface {
	IsValid() bool
	String() string
},
) string {
	if !v.IsValid() {
		return "-"
	}
	return v.String()
}

func TestWhatDetectCannotUseIsOneClearLine(t *testing.T) {
	tests := []struct {
		name  string
		setUp func(*lan)
		ask   string
		want  []string
	}{
		{"no default route", func(l *lan) { l.give("lan0", "192.0.2.7/24") }, "", []string{"no default route", "--interface", "lan0"}},
		{"a misspelt name", nil, "lan9", []string{`no network interface "lan9"`, `did you mean "lan0"?`}},
		{"a name like no other", nil, "wlp3s0", []string{`no network interface "wlp3s0"`, "there are: lan0"}},
		{"a name that breaks lines", nil, "wlp3s0\n\x1b[2J", []string{`"wlp3s0\n\x1b[2J"`}},
		{"many to choose from", func(l *lan) {
			for _, n := range strings.Split("abcdefghijkl", "") {
				l.cable("lan-"+n, "far-"+n)
			}
		}, "", []string{"there are: lan0, lan-a", "lan-g, ..."}},
		{"down", func(l *lan) {
			l.give("lan0", "192.0.2.7/24")
			l.must(netlink.LinkSetDown(l.near("lan0")))
		}, "lan0", []string{"lan0 is down", `"ip link set lan0 up"`}},
		{"no address", nil, "lan0", []string{"lan0 has no IPv4 address", "--interface"}},
		{"nothing but what a host gives itself", func(l *lan) { l.give("lan0", "169.254.3.4/16") }, "lan0", []string{"lan0 has no IPv4 address"}},
		{"loopback", nil, "lo", []string{"lo is no Ethernet", "--interface", "lan0"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			l := newLAN(t)
			if test.setUp != nil {
				test.setUp(l)
			}
			got, err := Detect(test.ask)
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Fatalf("have %+v, %v, want an error of one line", got, err)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
}

func TestWithoutACarrierItIsNotUp(t *testing.T) {
	l := newLAN(t)
	l.give("lan0", "192.0.2.7/24")
	l.must(l.peer.LinkSetDown(l.far("far0")))
	l.until("lan0", false)
	if got := l.detect("lan0"); got.Up {
		t.Errorf("have %+v", got)
	}
}

func TestWirelessIsWhatHasARadio(t *testing.T) {
	dir := t.TempDir()
	for _, path := range []string{"eth0/queues", "wlan0/phy80211", "wifi0/wireless"} {
		if err := os.MkdirAll(filepath.Join(dir, path), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for name, want := range map[string]bool{"eth0": false, "wlan0": true, "wifi0": true, "gone0": false} {
		if wireless(dir, name) != want {
			t.Errorf("%s: want %v", name, want)
		}
	}
}

func TestListsThatChangeAreReadAgain(t *testing.T) {
	calls := 0
	got, err := dump("list things", func() ([]int, error) {
		if calls++; calls < 3 {
			return []int{1}, netlink.ErrDumpInterrupted
		}
		return []int{1, 2}, nil
	})
	if err != nil || len(got) != 2 || calls != 3 {
		t.Errorf("have %v, %v after %d calls", got, err, calls)
	}

	calls = 0
	got, err = dump("list things", func() ([]int, error) { calls++; return []int{1}, netlink.ErrDumpInterrupted })
	if !errors.Is(err, netlink.ErrDumpInterrupted) || got != nil || calls != dumpTries || !strings.HasPrefix(err.Error(), "list things: ") {
		t.Errorf("a list that never stays: have %v, %v after %d calls", got, err, calls)
	}

	calls = 0
	if _, err := dump("list things", func() ([]int, error) { calls++; return nil, unix.EPERM }); !errors.Is(err, unix.EPERM) || calls != 1 {
		t.Errorf("another error: have %v after %d calls", err, calls)
	}
}

func TestNoneIsZero(t *testing.T) {
	for _, ip := range []net.IP{nil, {}, {1, 2}, net.IPv4zero, net.IPv6zero} {
		if a := addr(ip); a.IsValid() {
			t.Errorf("%v: have %v", ip, a)
		}
	}
	if a := addr(net.IPv4(192, 0, 2, 1)); a != netip.MustParseAddr("192.0.2.1") {
		t.Errorf("have %v", a)
	}
}
