package lan

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
)

var (
	card = capture.MAC{0xb8, 0xac, 0x6f, 1, 2, 3}
	noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
)

// notes is a table that writes down what it tells.
type notes struct {
	*Table
	told []string
}

func note(all bool) *notes {
	n := &notes{}
	n.Table = New(all, func(h *Host, f *Fact) {
		n.told = append(n.told, fmt.Sprint(h.Address(), " ", f.Kind, " ", f.Fields))
	})
	return n
}

func (n *notes) expect(t *testing.T, want ...string) {
	t.Helper()
	if strings.Join(n.told, "\n") != strings.Join(want, "\n") {
		t.Errorf("told\n%s\nwant\n%s", strings.Join(n.told, "\n"), strings.Join(want, "\n"))
	}
	n.told = nil
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestFactsAreToldOnceAndOfThoseWatched(t *testing.T) {
	n := note(false)
	n.Learn(card, addr("10.0.0.66"), noon)
	n.Learn(card, addr("fe80::baac:6fff:fe01:203"), noon)
	n.Learn(card, addr("10.0.0.66"), noon)
	n.expect(t)
	n.Watch(addr("10.0.0.1")) // nobody
	n.Watch(addr("10.0.0.66"))
	n.Watch(addr("10.0.0.66"))
	n.expect(t,
		"10.0.0.66 lan_host map[locally_administered:false mac:b8:ac:6f:01:02:03 vendor:dell]",
		"10.0.0.66 ipv6_link_local_leak map[address:fe80::baac:6fff:fe01:203 eui64:true mac:b8:ac:6f:01:02:03]")
	n.Learn(card, addr("fe80::1"), noon)
	n.Learn(card, addr("fe80::baac:6fff:fe01:204"), noon)
	n.expect(t,
		"10.0.0.66 ipv6_link_local_leak map[address:fe80::1 eui64:false mac:b8:ac:6f:01:02:03]",
		"10.0.0.66 ipv6_link_local_leak map[address:fe80::baac:6fff:fe01:204 eui64:true eui64_mac:b8:ac:6f:01:02:04 mac:b8:ac:6f:01:02:03]")
}

func TestAddressesMove(t *testing.T) {
	n := note(false)
	other := capture.MAC{0x02, 0, 0, 0, 0, 1}
	n.Learn(card, addr("10.0.0.1"), noon)
	n.Learn(other, addr("10.0.0.1"), noon)
	if h := n.Find(addr("10.0.0.1")); h.MAC != other || n.Len() != 2 {
		t.Errorf("have %v of %d", h, n.Len())
	}
	for i := range 2 * maxAddresses {
		n.Learn(card, netip.AddrFrom4([4]byte{10, 0, 1, byte(i)}), noon)
	}
	if n.Find(addr("10.0.1.0")) != nil || n.Find(addr("10.0.1.15")).Address() != addr("10.0.1.15") || len(n.addresses) != maxAddresses+1 {
		t.Errorf("%d addresses", len(n.addresses))
	}
	for _, none := range []string{"0.0.0.0", "::", "224.0.0.1", "ff02::1", "127.0.0.1"} {
		n.Learn(card, addr(none), noon)
		if n.Find(addr(none)) != nil {
			t.Errorf("somebody has %s", none)
		}
	}
	n.Learn(capture.MAC{1}, addr("10.9.9.9"), noon)
	n.Learn(capture.MAC{}, addr("10.9.9.8"), noon)
	if n.Len() != 2 {
		t.Errorf("%d hosts", n.Len())
	}
}

func TestHostsAreBounded(t *testing.T) {
	n := note(true)
	for i := range 3 * maxHosts {
		n.Learn(capture.MAC{2, 0, byte(i >> 16), byte(i >> 8), byte(i), 7}, netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)}), noon)
	}
	if n.Len() != maxHosts || len(n.addresses) != maxHosts {
		t.Errorf("%d hosts, %d addresses", n.Len(), len(n.addresses))
	}
	h := n.hosts[n.order.Newest().MAC]
	for i := range 100 {
		n.Note(h, Fact{Kind: "x"}, fmt.Sprint(i))
	}
	if len(h.known) != maxFacts {
		t.Errorf("%d facts", len(h.known))
	}
}

// discover is a DHCP message of a type with options.
func discover(kind byte, options ...byte) []byte {
	b := make([]byte, dhcpHeader)
	b[0], b[1], b[2] = 1, 1, 6
	copy(b[28:], card[:])
	copy(b[236:], []byte{99, 130, 83, 99})
	return append(append(b, 53, 1, kind), options...)
}

func TestDHCP(t *testing.T) {
	full := append([]byte{12, 3}, "box"...)
	full = append(append(full, 60, 8), "MSFT 5.0"...)
	full = append(full, 0, 61, 2, 1, 0xab, 55, 4, 1, 3, 6, 15, 255, 12, 1, 'x')
	n := note(true)
	n.DHCP(discover(1, full...), noon)
	n.DHCP(discover(3, full...), noon)
	n.expect(t) // nobody knows yet whose it is
	n.Learn(card, addr("10.0.0.66"), noon)
	n.expect(t,
		"10.0.0.66 dhcp map[client_id:01ab fingerprint:1,3,6,15 hostname:box mac:b8:ac:6f:01:02:03 vendor_class:MSFT 5.0]",
		"10.0.0.66 lan_host map[locally_administered:false mac:b8:ac:6f:01:02:03 vendor:dell]")
	reply := discover(1, full...)
	reply[0] = 2
	cookie := discover(1, full...)
	cookie[236] = 1
	for name, b := range map[string][]byte{
		"a reply": reply, "BOOTP": cookie, "an offer": discover(2, full...), "no list": discover(1, 255), "nothing": nil, "an option cut off": discover(1, 55, 9, 1),
	} {
		n.DHCP(b, noon)
		if len(n.told) > 0 {
			t.Errorf("%s: %q", name, n.told)
		}
	}
}

// message is a DNS message of one question or answer.
func message(flags uint16, answer bool, kind uint16, name string) []byte {
	counts := []byte{0, 1, 0, 0, 0, 0, 0, 0}
	if answer {
		counts = []byte{0, 0, 0, 1, 0, 0, 0, 0}
	}
	b := append([]byte{0, 0, byte(flags >> 8), byte(flags)}, counts...)
	for label := range strings.SplitSeq(name, ".") {
		b = append(append(b, byte(len(label))), label...)
	}
	b = append(b, 0, byte(kind>>8), byte(kind), 0, 1)
	if answer {
		b = append(b, 0, 0, 0, 60, 0, 4, 10, 0, 0, 66)
	}
	return b
}

func TestNames(t *testing.T) {
	const netbiosName = "EDEMEJEFEOFECACACACACACACACACAAA" // CLIENT, a workstation
	for name, test := range map[string]struct {
		port uint16
		b    []byte
		want string
	}{
		"mDNS, its own":        {PortMDNS, message(0x8400, true, 1, "box.local"), "map[mac:b8:ac:6f:01:02:03 name:box.local protocol:mdns role:own]"},
		"mDNS, asked":          {PortMDNS, message(0, false, 1, "nas.local"), "map[mac:b8:ac:6f:01:02:03 name:nas.local protocol:mdns role:asked]"},
		"mDNS, services":       {PortMDNS, message(0, false, 12, "_ipp._tcp.local"), ""},
		"LLMNR":                {PortLLMNR, message(0, false, 1, "wpad"), "map[mac:b8:ac:6f:01:02:03 name:wpad protocol:llmnr role:asked]"},
		"NetBIOS, registered":  {PortNBNS, message(0x2910, false, 32, netbiosName), "map[mac:b8:ac:6f:01:02:03 name:CLIENT protocol:nbns role:own]"},
		"NetBIOS, asked":       {PortNBNS, message(0x0110, false, 32, netbiosName), "map[mac:b8:ac:6f:01:02:03 name:CLIENT protocol:nbns role:asked]"},
		"NetBIOS, not encoded": {PortNBNS, message(0x0110, false, 32, "CLIENT"), ""},
		"backwards":            {PortMDNS, message(0, false, 1, "1.0.0.10.in-addr.arpa"), ""},
		"cut off":              {PortMDNS, message(0, false, 1, "nas.local")[:20], ""},
		"nothing":              {PortMDNS, nil, ""},
	} {
		t.Run(name, func(t *testing.T) {
			n := note(true)
			n.Names(card, test.port, test.b, noon) // nobody knows it
			n.Learn(card, addr("10.0.0.66"), noon)
			n.told = nil
			n.Names(card, test.port, test.b, noon)
			if test.want == "" {
				n.expect(t)
				return
			}
			n.expect(t, "10.0.0.66 lan_name "+test.want)
		})
	}
}

func TestClassesOfSeries(t *testing.T) {
	for want, values := range map[string][]uint32{
		"zero":      {0, 0, 0, 0, 0, 0, 0, 0},
		"constant":  {7, 7, 7, 7, 7, 7, 7, 7},
		"increment": {65530, 65533, 1, 2, 3, 30, 31, 40},
		"random":    {1, 900, 30000, 7, 65000, 2, 1, 4000},
	} {
		var s Series
		for i, v := range values {
			if done := s.Add(v); done != (i == samples-1) {
				t.Errorf("%s: after %d values it is complete: %v", want, i+1, done)
			}
		}
		if s.Add(1) {
			t.Errorf("%s is completed twice", want)
		}
		if have := s.Class(16, 100); have != want {
			t.Errorf("%v: have %s, want %s", values, have, want)
		}
	}
	s := Series{values: [samples]uint32{0xfffffff0, 5, 10, 15, 20, 25, 30, 35}, n: samples}
	if have := s.Class(32, 100); have != "increment" {
		t.Errorf("over the end of 32 bits: %s", have)
	}
}

func FuzzLAN(f *testing.F) {
	f.Add(uint16(67), discover(1, 12, 1, 'x', 55, 1, 1))
	f.Add(uint16(PortMDNS), message(0x8400, true, 1, "box.local"))
	f.Add(uint16(PortNBNS), message(0x2910, false, 32, "EDEMEJEFEOFECACACACACACACACACAAA"))
	f.Fuzz(func(t *testing.T, port uint16, b []byte) {
		n := note(true)
		n.Learn(card, addr("10.0.0.66"), noon)
		n.DHCP(b, noon)
		n.Names(card, port, b, noon)
		if len(n.told) > maxFacts+1 {
			t.Errorf("%d facts", len(n.told))
		}
	})
}
