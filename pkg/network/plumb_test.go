package network

import (
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

func TestWhatDiffersIsMadeAnew(t *testing.T) {
	change := func(do func(*Spec)) func(*field, *Spec) error {
		return func(_ *field, s *Spec) error { do(s); return nil }
	}
	// Inside, somebody does what only we should.
	meddle := func(do func(netlink.Link) error) func(*field, *Spec) error {
		return func(f *field, _ *Spec) error { f.inside("one", do); return nil }
	}
	set := func(path, value string) func(*field, *Spec) error {
		return meddle(func(netlink.Link) error { return os.WriteFile("/proc/sys/net/"+path, []byte(value), 0) })
	}
	tests := []struct {
		name   string
		change func(*field, *Spec) error
	}{
		{"another MAC address", change(func(s *Spec) { s.MAC = net.HardwareAddr{0, 0x15, 0x5d, 9, 9, 9} })},
		{"another address", change(func(s *Spec) { s.Address = netip.MustParsePrefix("192.0.99.1/16") })},
		{"another prefix", change(func(s *Spec) { s.Address = netip.PrefixFrom(s.Address.Addr(), 17); s.Gateway = netip.Addr{} })},
		{"another IPv6 address", change(func(s *Spec) { s.Address6 = netip.MustParsePrefix("2001:db8::99/64") })},
		{"no IPv6", change(func(s *Spec) { s.Address6, s.Gateway6 = netip.Prefix{}, netip.Addr{} })},
		{"no gateway", change(func(s *Spec) { s.Gateway = netip.Addr{} })},
		{"another gateway", change(func(s *Spec) { s.Gateway = netip.MustParseAddr("192.0.0.1") })},
		{"a gateway that is link-local", change(func(s *Spec) { s.Gateway6 = netip.MustParseAddr("fe80::1") })},
		{"a gateway that is elsewhere", change(func(s *Spec) { s.Gateway = netip.MustParseAddr("198.51.100.1") })},
		{"another name", change(func(s *Spec) { s.Ifname = "ens192" })},
		{"another MTU", change(func(s *Spec) { s.MTU = 1400 })},
		{"another TTL", change(func(s *Spec) { s.Sysctls = map[string]string{"ip_default_ttl": "64"} })},
		{"a setting of the interface", change(func(s *Spec) { s.Sysctls = map[string]string{"conf.eth0.arp_ignore": "2", "conf.all.arp_ignore": "2"} })},
		{"down", meddle(netlink.LinkSetDown)},
		{"no loopback", meddle(func(netlink.Link) error { lo, _ := netlink.LinkByName("lo"); return netlink.LinkSetDown(lo) })},
		{"no interface", meddle(netlink.LinkDel)},
		{"an address too many", meddle(func(l netlink.Link) error { return netlink.AddrAdd(l, address("192.0.99.3/16")) })},
		{"an address is missing", meddle(func(l netlink.Link) error { return netlink.AddrDel(l, address("2001:db8::1:1/64")) })},
		{"another default route", meddle(func(l netlink.Link) error {
			return netlink.RouteAdd(&netlink.Route{LinkIndex: l.Attrs().Index, Gw: net.IPv4(192, 0, 0, 3), Priority: 9})
		})},
		{"a route is missing", meddle(func(l netlink.Link) error {
			return netlink.RouteDel(&netlink.Route{LinkIndex: l.Attrs().Index, Dst: ipNet(netip.MustParsePrefix("2001:db8::/64"))})
		})},
		{"it forwards", set("ipv4/ip_forward", "1")},
		{"it listens to routers", set("ipv6/conf/eth0/accept_ra", "1")},
		{"its TTL was changed", set("ipv4/ip_default_ttl", "65")},
		{"an empty file", func(f *field, _ *Spec) error { return unix.Unmount(f.path("one"), unix.MNT_DETACH) }},
		{"mounted twice", func(f *field, _ *Spec) error {
			return errors.Join(f.Do("one", strip), unix.Mount(f.path("one"), f.path("one"), "", unix.MS_BIND, ""))
		}},
		{"gone", func(f *field, _ *Spec) error { return f.Remove("one") }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newField(t)
			spec := specOf(f.link, 1)
			f.ensure("one", spec, true)
			f.must(test.change(f, spec))
			f.ensure("one", spec, true)
			f.ensure("one", spec, false)
			if spec.Address.Contains(addr4) && !f.refuses(spec.Address.Addr()) {
				t.Error("it is not there")
			}
		})
	}
}

func TestWhatCannotBeMadeLeavesNothing(t *testing.T) {
	tests := []struct {
		name   string
		change func(*Spec)
		want   []string
	}{
		{"an unknown setting", func(s *Spec) { s.Sysctls = map[string]string{"ip_defualt_ttl": "64"} }, []string{"no sysctl net.ipv4.ip_defualt_ttl"}},
		{"a value that is none", func(s *Spec) { s.Sysctls = map[string]string{"ip_default_ttl": "many"} }, []string{`net.ipv4.ip_default_ttl to "many"`}},
		{"a value that is read otherwise", func(s *Spec) { s.Sysctls = map[string]string{"ip_default_ttl": "0x40"} }, []string{`to "0x40": the kernel makes "64" of it`}},
		{"a setting of the host", func(s *Spec) { s.Sysctls = map[string]string{"neigh.default.gc_thresh3": "9"} }, []string{"for each namespace"}},
		{"a setting that comes with the interface", func(s *Spec) { s.Sysctls = map[string]string{"conf.eth0.nonsense": "9"} }, []string{"conf.eth0.nonsense"}},
		{"the MAC address of another", func(s *Spec) { s.MAC = specOf(nil, 2).MAC }, []string{"another interface on lan0 has the MAC address 00:15:5d:00:00:02"}},
		{"a parent that is gone", func(s *Spec) { s.Parent = &Link{Name: "lan9", Index: 4711} }, []string{"the interface lan9 is gone"}},
		{"a parent that cannot be one", func(s *Spec) { s.Parent = &Link{Name: "lo", Index: loIndex} }, []string{"on lo"}},
		{"ipvlan", func(s *Spec) { s.IPvlan = true }, []string{"no ipvlan", "modprobe ipvlan", "use macvlan"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			f := newField(t)
			f.ensure("other", specOf(f.link, 2), true)
			spec := specOf(f.link, 1)
			test.change(spec)
			if spec.IPvlan && !missing(ipvlan) {
				f.ensure("one", spec, true) // this kernel has it, so it has to work
				return
			}
			changed, err := f.Ensure("one", spec)
			if !changed || err == nil || strings.Contains(err.Error(), "\n") || !strings.HasPrefix(err.Error(), "make network namespace one: ") {
				t.Fatalf("have %v, %v", changed, err)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
			if names, err := f.List(); len(names) != 1 || err != nil {
				t.Errorf("have %v, %v", names, err)
			}
			f.ensure("one", specOf(f.link, 1), true) // its MAC address is free at once
			f.ensure("other", specOf(f.link, 2), false)
		})
	}
}

// missing reports whether the kernel cannot make that kind of interface: it does
// not name the parent that there is none of.
func missing(kind string) bool {
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.ParentIndex = "test0", 4711
	return errors.Is(netlink.LinkAdd(child(kind, attrs)), unix.EOPNOTSUPP)
}

func TestSpecsThatNoNamespaceCanMeet(t *testing.T) {
	s := &Spaces{} // they are refused before anything is looked at
	tests := map[string]func(*Spec){
		"needs a parent":                   func(s *Spec) { s.Parent = nil },
		"a parent interface":               func(s *Spec) { s.Parent = &Link{Name: "lan0"} },
		`called ""`:                        func(s *Spec) { s.Ifname = "" },
		`called "lo"`:                      func(s *Spec) { s.Ifname = "lo" },
		`called "all"`:                     func(s *Spec) { s.Ifname = "all" },
		`called ".."`:                      func(s *Spec) { s.Ifname = ".." },
		`called "a/b"`:                     func(s *Spec) { s.Ifname = "a/b" },
		`called "eth%d"`:                   func(s *Spec) { s.Ifname = "eth%d" },
		"at most 15":                       func(s *Spec) { s.Ifname = "sixteen-letters-" },
		`"" is no MAC address`:             func(s *Spec) { s.MAC = nil },
		"the first of them even":           func(s *Spec) { s.MAC = broadcast },
		"invalid Prefix is no IPv4":        func(s *Spec) { s.Address = netip.Prefix{} },
		"2001:db8::1/64 is no IPv4":        func(s *Spec) { s.Address = netip.MustParsePrefix("2001:db8::1/64") },
		"224.0.0.1/24 is no IPv4":          func(s *Spec) { s.Address = netip.MustParsePrefix("224.0.0.1/24") },
		"192.0.2.1/24 is no IPv6":          func(s *Spec) { s.Address6 = netip.MustParsePrefix("192.0.2.1/24") },
		"::ffff:192.0.2.1/120 is no IPv6":  func(s *Spec) { s.Address6 = netip.MustParsePrefix("::ffff:192.0.2.1/120") },
		"gateway fe80::1 is no IPv4":       func(s *Spec) { s.Gateway = netip.MustParseAddr("fe80::1") },
		"gateway fe80::1%eth0 is no IPv6":  func(s *Spec) { s.Gateway6 = netip.MustParseAddr("fe80::1%eth0") },
		"no IPv6 address to use it with":   func(s *Spec) { s.Address6 = netip.Prefix{} },
		"MTU of 1500 bytes":                func(s *Spec) { s.MTU, s.Parent.MTU = 1500, 1400 },
		"MTU of 1200 bytes":                func(s *Spec) { s.MTU = 1200 },
		"MTU of -1 bytes":                  func(s *Spec) { s.MTU = -1 },
		`"../../kernel/hostname" is no`:    func(s *Spec) { s.Sysctls = map[string]string{"../../kernel/hostname": "x"} },
		`"conf..x" is no sysctl below net`: func(s *Spec) { s.Sysctls = map[string]string{"conf..x": "x"} },
	}
	for want, change := range tests {
		spec := specOf(&Link{Name: "lan0", Index: 2, MTU: 1500}, 1)
		change(spec)
		changed, err := s.Ensure("one", spec)
		if changed || err == nil || !strings.Contains(err.Error(), want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: have %v, %v", want, changed, err)
		}
	}
	for _, name := range []string{"", ".", "..", "a/b", ".hidden", strings.Repeat("x", 256)} {
		if _, err := s.Ensure(name, specOf(&Link{Index: 2}, 1)); err == nil || !strings.Contains(err.Error(), "cannot be the name") {
			t.Errorf("%q: have %v", name, err)
		}
	}
}

func TestOneSpecAfterAnotherAtOnce(t *testing.T) {
	f := newField(t)
	done := make(chan error)
	const n = 8
	for i := range n {
		go func() {
			_, err := f.Ensure("one", specOf(f.link, 1+i%2))
			if i == n/2 {
				err = errors.Join(err, f.Remove("one"))
			}
			done <- err
		}()
	}
	for range n {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	_, err := f.Ensure("one", specOf(f.link, 1))
	f.must(err)
	f.ensure("one", specOf(f.link, 1), false)
}
