package network

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

const shim = "decnet_macvlan0"

func TestTheHostReachesItsDeckiesOverTheShim(t *testing.T) {
	f := newField(t)
	f.defaultRoute("lan0", addr4.String(), 0)
	spec, other := specOf(f.link, 1), specOf(f.link, 9)
	a, at := spec.Address.Addr(), netip.AddrPortFrom(spec.Address.Addr(), 22)
	f.ensure("one", spec, true)
	f.ensure("other", other, true)
	f.serve("one", at, "hello")
	if _, err := read(at); err == nil {
		t.Error("the host reaches a decky without a shim")
	}
	fleet := []netip.Addr{a, spec.Address6.Addr()}
	for range 2 {
		f.must(EnsureShim(f.link, macvlan, shim, f.link.Address, fleet))
		if got := f.shimHas(); got != "192.0.2.7/32; 192.0.64.1/32" {
			t.Errorf("have %s", got)
		}
	}
	if got, err := read(at); got != "hello" || err != nil {
		t.Errorf("have %q, %v", got, err)
	}
	// A decky that has forgotten the host asks for it.
	f.inside("one", flush)
	if got, err := read(at); got != "hello" || err != nil {
		t.Errorf("have %q, %v", got, err)
	}
	if got, err := f.attack(at); got != "hello" || err != nil {
		t.Errorf("the attacker: have %q, %v", got, err)
	}

	f.must(EnsureShim(f.link, macvlan, shim, netip.MustParseAddr("192.0.2.8"), append(fleet, a.Next(), a.Next().Next(), other.Address.Addr())))
	if got := f.shimHas(); got != "192.0.2.8/32; 192.0.64.1/32 192.0.64.2/31 192.0.64.9/32" {
		t.Errorf("after a change: have %s", got)
	}
	for range 2 {
		f.must(RemoveShim(shim))
	}
	if _, err := netlink.LinkByName(shim); !notFound(err) {
		t.Errorf("have %v", err)
	}
	routes, err := defaultRoutes(netlink.FAMILY_V4)
	if len(routes) != 1 || err != nil {
		t.Errorf("the host's own routes: have %v, %v", routes, err)
	}
}

// shimHas are the addresses and routes of the shim.
func (f *field) shimHas() string {
	f.Helper()
	link := f.near(shim)
	addrs, err := netlink.AddrList(link, netlink.FAMILY_ALL)
	f.must(err)
	routes, err := netlink.RouteList(link, netlink.FAMILY_ALL)
	f.must(err)
	var has, over []string
	for _, a := range addrs {
		has = append(has, a.IPNet.String())
	}
	for _, r := range routes {
		over = append(over, r.Dst.String())
	}
	slices.Sort(over)
	return strings.Join(has, " ") + "; " + strings.Join(over, " ")
}

// flush forgets the neighbours of a link.
func flush(link netlink.Link) error {
	all, err := netlink.NeighList(link.Attrs().Index, netlink.FAMILY_V4)
	for i := range all {
		err = errors.Join(err, netlink.NeighDel(&all[i]))
	}
	return err
}

// Whoever asks for the host on the LAN gets one answer, as before, and the shim
// says nothing by itself.
func TestTheLANDoesNotSeeTheShim(t *testing.T) {
	f := newField(t)
	fd := f.socket(unix.ETH_P_ALL)
	f.must(EnsureShim(f.link, macvlan, shim, f.link.Address, []netip.Addr{specOf(f.link, 1).Address.Addr()}))
	mac := f.near(shim).Attrs().HardwareAddr
	ask, _, err := askARP(stranger, f.link.Address)
	f.must(err)
	copy(ask[14:18], addr4.AsSlice()) // not a probe, but a neighbour's question
	frame := slices.Concat(broadcast, stranger, []byte{8, 6}, ask)
	f.must(unix.Sendto(fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: f.far("far0").Attrs().Index, Halen: 6}))
	answers := 0
	f.eventually("an answer", func() bool {
		for _, frame := range frames(fd) {
			if slices.Equal(frame[6:12], mac) {
				t.Errorf("the shim says % x", frame)
			}
			if binary.BigEndian.Uint16(frame[12:]) == unix.ETH_P_ARP && frame[21] == 2 {
				answers++
			}
		}
		return answers > 0
	})
	if answers != 1 {
		t.Errorf("have %d answers", answers)
	}
	f.must(RemoveShim(shim))
}

func TestALinkOfTheShimsNameIsLeftAlone(t *testing.T) {
	l, link := someLAN(t)
	l.cable("lan1", "far1")
	attrs := netlink.NewLinkAttrs()
	attrs.Name, attrs.ParentIndex = "other0", l.near("lan1").Attrs().Index
	l.must(netlink.LinkAdd(child(macvlan, attrs)))
	fleet := []netip.Addr{addr4}
	tests := []struct{ kind, name, want string }{
		{macvlan, "lan1", "there is a veth interface of that name that is no macvlan on lan0"},
		{macvlan, "other0", "there is a macvlan interface of that name that is no macvlan on lan0"},
		{ipvlan, "other0", "no ipvlan on lan0"},
		{"bridge", "shim0", "it has to be macvlan or ipvlan"},
		{macvlan, "a/b", "it has to be macvlan or ipvlan with a short name"},
	}
	if missing(ipvlan) {
		tests = append(tests, struct{ kind, name, want string }{ipvlan, "decnet_ipvlan0", "no ipvlan interfaces"})
	}
	for _, test := range tests {
		err := EnsureShim(link, test.kind, test.name, link.Address, fleet)
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s %s: have %v", test.kind, test.name, err)
		}
	}
	if err := EnsureShim(link, macvlan, "shim0", addr6, fleet); err == nil || !strings.Contains(err.Error(), "IPv4") {
		t.Errorf("have %v", err)
	}
	if err := RemoveShim("lan1"); err == nil || !strings.Contains(err.Error(), "a veth interface that DECNET has not made") {
		t.Errorf("have %v", err)
	}
	l.near("lan1")
	l.near("other0")
	if _, err := os.Stat("/proc/sys/net/ipv4/conf/shim0"); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("have %v", err)
	}
}

func TestRoutesAreExact(t *testing.T) {
	tests := []struct{ addrs, exactly string }{
		{"", ""},
		{"192.0.2.9", "192.0.2.9/32"},
		{"192.0.2.9 192.0.2.9", "192.0.2.9/32"},
		{"192.0.2.10 192.0.2.9", "192.0.2.9/32 192.0.2.10/32"},
		{"192.0.2.8 192.0.2.9 192.0.2.10 192.0.2.11", "192.0.2.8/30"},
		{"192.0.2.7 192.0.2.8 192.0.2.9 192.0.2.10 192.0.2.11 192.0.2.12", "192.0.2.7/32 192.0.2.8/30 192.0.2.12/32"},
		{"192.0.2.1 192.0.2.254", "192.0.2.1/32 192.0.2.254/32"},
		{"0.0.0.0 255.255.255.255", "0.0.0.0/32 255.255.255.255/32"},
		{"2001:db8::1 2001:db8::2%eth0", ""},
		{"192.0.2.1 2001:db8::1", "192.0.2.1/32"},
	}
	for _, test := range tests {
		var addrs []netip.Addr
		for _, a := range strings.Fields(test.addrs) {
			addrs = append(addrs, netip.MustParseAddr(a))
		}
		var got []string
		for _, p := range exactly(addrs) {
			got = append(got, p.String())
		}
		if have := strings.Join(got, " "); have != test.exactly {
			t.Errorf("%s: have %s, want %s", test.addrs, have, test.exactly)
		}
	}
	if got := prefixOf((*net.IPNet)(nil)); got.IsValid() {
		t.Errorf("have %v", got)
	}
}
