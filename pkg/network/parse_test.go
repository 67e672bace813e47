package network

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"
)

var (
	stranger = net.HardwareAddr{0x02, 0, 0x5e, 0, 0x53, 0x01}
	addr4    = netip.MustParseAddr("192.0.2.77")
	addr6    = netip.MustParseAddr("2001:db8::77")
)

// arpReply is an answer for addr4, changed.
func arpReply(change func([]byte)) []byte {
	p := []byte{0, 1, 8, 0, 6, 4, 0, 2}
	p = append(append(p, stranger...), addr4.AsSlice()...)
	p = append(p, make([]byte, 10+18)...) // to nobody in particular; Ethernet pads to 46
	change(p)
	return p
}

// advertisement is a neighbour advertisement for addr6, changed.
func advertisement(change func([]byte)) []byte {
	p := []byte{0x60, 0, 0, 0, 0, 32, 58, 255}
	p = append(p, addr6.AsSlice()...)
	p = append(p, 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1)
	p = append(p, 136, 0, 0, 0, 0x20, 0, 0, 0)
	p = append(p, addr6.AsSlice()...)
	p = append(append(p, 2, 1), stranger...)
	change(p)
	return p
}

func set(at int, bytes ...byte) func([]byte) { return func(p []byte) { copy(p[at:], bytes) } }

func nothing([]byte) {}

func TestParseARP(t *testing.T) {
	valid := arpReply(nothing)
	tests := []struct {
		name   string
		packet []byte
		claims bool
	}{
		{"a reply", valid, true},
		{"a reply without padding", valid[:28], true},
		{"a request of the one who has it", arpReply(set(7, 1)), true},
		{"an announcement", arpReply(func(p []byte) { p[7] = 1; copy(p[24:], addr4.AsSlice()) }), true},
		{"a probe", arpReply(func(p []byte) { p[7] = 1; copy(p[14:], make([]byte, 4)); copy(p[24:], addr4.AsSlice()) }), false},
		{"nothing", nil, false},
		{"a header alone", valid[:8], false},
		{"the last byte is missing", valid[:27], false},
		{"another operation", arpReply(set(7, 9)), false},
		{"another hardware", arpReply(set(1, 6)), false},
		{"another protocol", arpReply(set(2, 0x86, 0xdd)), false},
		{"long hardware addresses", arpReply(set(4, 250)), false},
		{"long everything", arpReply(set(4, 255, 255)), false},
		{"lengths that add up in a byte", arpReply(set(4, 124, 4)), false},
		{"no hardware address", arpReply(set(4, 0)), false},
		{"swapped lengths", arpReply(set(4, 4, 6)), false},
		{"sent by everybody", arpReply(set(8, broadcast...)), false},
		{"sent by nobody", arpReply(set(8, make([]byte, 6)...)), false},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { checkClaim(t, parseARP, test.packet, test.claims, addr4, stranger) })
	}
}

func TestParseNDP(t *testing.T) {
	valid := advertisement(nothing)
	tests := []struct {
		name   string
		packet []byte
		claims bool
		mac    net.HardwareAddr
	}{
		{"an advertisement", valid, true, stranger},
		{"one with padding", append(slices.Clone(valid), 0, 0, 0), true, stranger},
		{"one without a MAC", advertisement(set(5, 24)), true, nil},
		{"one with the MAC of everybody", advertisement(set(66, broadcast...)), true, nil},
		{"another option first", func() []byte {
			p := advertisement(set(5, 40))
			return slices.Concat(p[:64], []byte{14, 1, 1, 2, 3, 4, 5, 6}, p[64:])
		}(), true, stranger},
		{"nothing", nil, false, nil},
		{"a header alone", valid[:40], false, nil},
		{"the end is missing", valid[:70], false, nil},
		{"IPv4", advertisement(set(0, 0x45)), false, nil},
		{"TCP", advertisement(set(6, 6)), false, nil},
		{"from beyond a router", advertisement(set(7, 254)), false, nil},
		{"a solicitation", advertisement(set(40, 135)), false, nil},
		{"a code", advertisement(set(41, 1)), false, nil},
		{"a payload too short", advertisement(set(4, 0, 3)), false, nil},
		{"a payload of more than there is", advertisement(set(4, 0xff, 0xff)), false, nil},
		{"an option without a length", advertisement(set(65, 0)), false, nil},
		{"an option that does not end", advertisement(set(65, 255)), false, nil},
		{"half an option", advertisement(set(5, 25)), false, nil},
		{"of a group", advertisement(set(48, 0xff)), false, nil},
		{"of nothing", advertisement(set(48, make([]byte, 16)...)), false, nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) { checkClaim(t, parseNDP, test.packet, test.claims, addr6, test.mac) })
	}
}

func checkClaim(t *testing.T, parse func([]byte) (claim, error), packet []byte, claims bool, want netip.Addr, mac net.HardwareAddr) {
	t.Helper()
	packet = slices.Clone(packet)
	got, err := parse(packet)
	if !claims {
		if !errors.Is(err, errNoClaim) {
			t.Errorf("have %v, %v, want no claim", got, err)
		}
		return
	}
	clear(packet) // the buffer is used again
	if err != nil || got.addr != want || got.mac.String() != mac.String() {
		t.Errorf("have %v, %v, want %v at %v", got, err, want, mac)
	}
}

func FuzzParseARP(f *testing.F) {
	for _, change := range []func([]byte){nothing, set(4, 250), set(4, 255, 255), set(4, 124, 4), set(4, 0, 0), set(7, 1), set(8, broadcast...), set(14, 0, 0, 0, 0)} {
		f.Add(arpReply(change))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, packet []byte) { checkSane(t, parseARP, packet, netip.Addr.Is4) })
}

func FuzzParseNDP(f *testing.F) {
	for _, change := range []func([]byte){nothing, set(4, 0, 3), set(4, 0xff, 0xff), set(5, 24), set(65, 0), set(65, 255), set(48, 0xff)} {
		f.Add(advertisement(change))
	}
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, packet []byte) { checkSane(t, parseNDP, packet, netip.Addr.Is6) })
}

// checkSane holds every claim that a parser makes to what others rely on.
func checkSane(t *testing.T, parse func([]byte) (claim, error), packet []byte, family func(netip.Addr) bool) {
	t.Helper()
	before := slices.Clone(packet)
	got, err := parse(packet)
	if !slices.Equal(packet, before) {
		t.Error("the packet was changed")
	}
	if err != nil {
		if !errors.Is(err, errNoClaim) || got.addr.IsValid() || got.mac != nil {
			t.Errorf("have %v with %v", got, err)
		}
		return
	}
	if !family(got.addr) || got.addr.IsUnspecified() || got.mac != nil && !isStation(got.mac) {
		t.Errorf("have the claim %v", got)
	}
}
