package capture

import (
	"net/netip"
	"testing"

	"golang.org/x/net/bpf"
)

// passes runs a filter as the kernel would.
func passes(t *testing.T, f Filter, frame []byte) bool {
	t.Helper()
	program, err := f.compile(1000, false)
	if err != nil {
		t.Fatal(err)
	}
	vm, err := bpf.NewVM(program)
	if err != nil {
		t.Fatal(err)
	}
	n, err := vm.Run(frame)
	if err != nil {
		t.Fatal(err)
	}
	return n > 0
}

// ipFrame is a frame of a protocol between two addresses.
func ipFrame(src, dst string, protocol byte, group bool) []byte {
	f := make([]byte, 80)
	if group {
		f[0] = 1
	}
	s, d := netip.MustParseAddr(src), netip.MustParseAddr(dst)
	if s.Is4() {
		f[12], f[14], f[23] = 8, 0x45, protocol
		copy(f[26:], s.AsSlice())
		copy(f[30:], d.AsSlice())
		return f
	}
	f[12], f[13], f[14], f[20] = 0x86, 0xdd, 0x60, protocol
	copy(f[22:], s.AsSlice())
	copy(f[38:], d.AsSlice())
	return f
}

func TestFilterPassesWhatIsWanted(t *testing.T) {
	nets := func(all ...string) (out []netip.Prefix) {
		for _, n := range all {
			out = append(out, netip.MustParsePrefix(n))
		}
		return out
	}
	arp := make([]byte, 60)
	arp[12], arp[13] = 8, 6
	tagged := make([]byte, 60)
	tagged[12] = 0x81
	other := make([]byte, 60)
	tests := []struct {
		name  string
		f     Filter
		frame []byte
		want  bool
	}{
		{"no filter", Filter{}, other, true},
		{"ARP", Filter{Networks: nets("10.0.0.0/8")}, arp, true},
		{"a tag", Filter{Networks: nets("10.0.0.0/8")}, tagged, true},
		{"another type", Filter{Networks: nets("10.0.0.0/8")}, other, false},
		{"the source", Filter{Networks: nets("10.0.0.0/8")}, ipFrame("10.9.9.9", "11.0.0.1", 6, false), true},
		{"the destination", Filter{Networks: nets("10.0.0.0/8")}, ipFrame("11.0.0.1", "10.9.9.9", 6, false), true},
		{"neither", Filter{Networks: nets("10.0.0.0/8")}, ipFrame("11.0.0.1", "12.0.0.1", 6, false), false},
		{"the second network", Filter{Networks: nets("10.0.0.1/32", "12.0.0.0/7")}, ipFrame("11.0.0.1", "13.0.0.1", 6, false), true},
		{"a host beside it", Filter{Networks: nets("10.0.0.1/32")}, ipFrame("11.0.0.1", "10.0.0.2", 6, false), false},
		{"a network with host bits", Filter{Networks: nets("10.0.0.77/24")}, ipFrame("11.0.0.1", "10.0.0.2", 6, false), true},
		{"everything of IPv4", Filter{Networks: nets("0.0.0.0/0")}, ipFrame("11.0.0.1", "10.0.0.2", 6, false), true},
		{"IPv6 with networks of IPv4", Filter{Networks: nets("0.0.0.0/0")}, ipFrame("fd00::1", "fd00::2", 6, false), false},
		{"a network of IPv6", Filter{Networks: nets("10.0.0.0/8", "fd00::/64")}, ipFrame("fd01::1", "fd00::2", 6, false), true},
		{"beside it", Filter{Networks: nets("fd00::/64")}, ipFrame("fd01::1", "fd00:0:0:1::2", 6, false), false},
		{"a host of IPv6", Filter{Networks: nets("fd00::2/128")}, ipFrame("fd00::2", "fd01::2", 6, false), true},
		{"another", Filter{Networks: nets("fd00::2/128")}, ipFrame("fd00::3", "fd01::2", 6, false), false},
		{"an odd length", Filter{Networks: nets("fd00:0:0:8000::/49")}, ipFrame("fd00:0:0:8123::3", "fd01::2", 6, false), true},
		{"beside an odd length", Filter{Networks: nets("fd00:0:8000::/33")}, ipFrame("fd00:0:7000::3", "fd01::2", 6, false), false},
		{"a protocol", Filter{Protocols: []uint8{1, 6}}, ipFrame("10.0.0.1", "10.0.0.2", 6, false), true},
		{"another protocol", Filter{Protocols: []uint8{1, 6}}, ipFrame("10.0.0.1", "10.0.0.2", 17, false), false},
		{"another protocol of IPv6", Filter{Protocols: []uint8{6}}, ipFrame("fd00::1", "fd00::2", 17, false), false},
		{"behind an extension", Filter{Protocols: []uint8{6}}, ipFrame("fd00::1", "fd00::2", 0, false), true},
		{"both", Filter{Networks: nets("10.0.0.0/8"), Protocols: []uint8{6}}, ipFrame("10.0.0.1", "12.0.0.2", 6, false), true},
		{"the network alone", Filter{Networks: nets("10.0.0.0/8"), Protocols: []uint8{6}}, ipFrame("10.0.0.1", "12.0.0.2", 17, false), false},
		{"the protocol alone", Filter{Networks: nets("10.0.0.0/8"), Protocols: []uint8{6}}, ipFrame("11.0.0.1", "12.0.0.2", 6, false), false},
		{"to a group", Filter{Networks: nets("10.0.0.0/8"), LAN: true}, ipFrame("11.0.0.1", "224.0.0.251", 17, true), true},
		{"to a group that is not wanted", Filter{Networks: nets("10.0.0.0/8")}, ipFrame("11.0.0.1", "224.0.0.251", 17, true), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if have := passes(t, test.f, test.frame); have != test.want {
				t.Errorf("passes: %v", have)
			}
		})
	}
}

func TestFilterSaysWhenItIsTooLong(t *testing.T) {
	var f Filter
	for i := range 250 {
		f.Networks = append(f.Networks, netip.PrefixFrom(netip.AddrFrom4([4]byte{10, 0, byte(i), 0}), 24), netip.PrefixFrom(netip.AddrFrom16([16]byte{0: 0xfd, 7: byte(i)}), 64))
	}
	if _, err := f.compile(100, true); err == nil {
		t.Error("500 networks fit")
	}
	f.Networks = f.Networks[:200]
	program, err := f.compile(100, true)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := bpf.Assemble(program); err != nil {
		t.Error(err)
	}
}
