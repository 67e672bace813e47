package probe_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/decnet/decnet/services/prober/probe"
)

func prefixes(list ...string) (out []netip.Prefix) {
	for _, s := range list {
		out = append(out, netip.MustParsePrefix(s))
	}
	return out
}

func TestRules(t *testing.T) {
	standard := probe.Rules{Private: true}
	public := probe.Rules{Public: true}
	allowing := probe.Rules{Allow: prefixes(
		"127.0.0.0/8", "8.8.8.0/24", "169.254.0.0/16", "fe80::/10", "100.64.0.0/10", "0.0.0.0/0", "::/0"), Deny: prefixes("8.8.8.8/32", "10.9.0.0/16")}
	decky := netip.MustParseAddr("10.0.0.77")
	around := probe.Around{
		Own:   prefixes("10.0.0.5/24", "127.0.0.1/8", "fd00::5/64", "192.168.9.4/31"),
		Decky: func(a netip.Addr) bool { return a == decky || a == netip.MustParseAddr("127.0.0.10") },
	}
	for _, test := range []struct {
		rules probe.Rules
		addr  string
		want  string // "" is permitted
	}{
		{standard, "10.1.2.3", ""},
		{standard, "10.0.0.6", ""},
		{standard, "172.31.255.1", ""},
		{standard, "192.168.1.1", ""},
		{standard, "192.168.9.5", ""}, // of a network of two, none is for all
		{standard, "fd12::1", ""},
		{standard, "::ffff:10.1.2.3", ""},
		{standard, "172.32.0.1", "public"},
		{standard, "8.8.8.8", "public"},
		{standard, "::ffff:8.8.8.8", "public"},
		{standard, "2a00::1", "public"},
		{standard, "10.0.0.5", "own"},
		{standard, "::ffff:10.0.0.5", "own"},
		{standard, "fd00::5", "own"},
		{standard, "10.0.0.255", "for all of"},
		{standard, "10.0.0.0", "for all of"},
		{standard, "10.0.0.77", "decky"},
		{standard, "::ffff:10.0.0.77", "decky"},
		{standard, "127.0.0.1", "loopback"},
		{standard, "::1", "loopback"},
		{standard, "::ffff:127.0.0.1", "loopback"},
		{standard, "0.0.0.0", "this network"},
		{standard, "::", "unspecified"},
		{standard, "224.0.0.1", "multicast"},
		{standard, "ff02::1", "multicast"},
		{standard, "255.255.255.255", "broadcast"},
		{standard, "169.254.169.254", "link-local"},
		{standard, "fe80::1", "link-local"},
		{standard, "fe80::1%eth0", "link-local"},
		{standard, "100.64.0.1", "RFC 6598"},
		{standard, "fd12::1%eth0", "zone"},
		{probe.Rules{}, "10.1.2.3", "prober.private"},
		{public, "10.1.2.3", "prober.private"},
		{public, "8.8.8.8", ""},
		{public, "2a00::1", ""},
		{public, "192.0.2.1", "documentation"},
		{public, "198.18.0.1", "benchmarks"},
		{public, "240.0.0.1", "reserved"},
		{public, "100.64.0.1", "RFC 6598"},
		{public, "64:ff9b::a00:1", "translator"},
		{public, "2002:a00:1::1", "6to4"},
		{public, "2001:0:a00:1::", "Teredo"},
		{public, "::a00:1", "IPv4 within IPv6"},
		{public, "4000::1", "not of the Internet"},
		{allowing, "127.0.0.1", ""},
		{allowing, "::1", ""},
		{allowing, "8.8.8.9", ""},
		{allowing, "10.1.2.3", ""},
		{allowing, "169.254.0.9", ""},
		{allowing, "fe80::1%eth0", ""},
		{allowing, "fe80::1", "which link"},
		{allowing, "8.8.8.8", "prober.deny"},
		{allowing, "::ffff:8.8.8.8", "prober.deny"},
		{allowing, "10.9.0.1", "prober.deny"},
		{allowing, "10.0.0.5", "own"},
		{allowing, "10.0.0.255", "for all of"},
		{allowing, "10.0.0.77", "decky"},
		{allowing, "127.0.0.10", "decky"},
		{allowing, "224.0.0.1", "multicast"},
		{allowing, "0.0.0.0", "this network"},
		{allowing, "255.255.255.255", "broadcast"},
		{allowing, "64:ff9b::808:808", "translator"},
	} {
		err := test.rules.Check(netip.MustParseAddr(test.addr), around)
		if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s with %+v: have %v, want %q", test.addr, test.rules, err, test.want)
		}
	}
	if err := allowing.Check(netip.Addr{}, around); err == nil {
		t.Error("no address is permitted")
	}
}
