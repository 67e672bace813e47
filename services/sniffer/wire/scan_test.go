package wire_test

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

const attacker = "10.0.0.66"

// probes of one kind; what comes back is up to the test.
func segment(flags capture.Flags, options []byte) func(src, dst netip.AddrPort) []byte {
	return func(src, dst netip.AddrPort) []byte {
		return (&capturetest.Segment{Src: src, Dst: dst, Flags: flags, Seq: 7, Options: options}).Frame()
	}
}

func TestEveryKindOfScanIsReportedOnce(t *testing.T) {
	tests := []struct {
		name  string
		probe func(src, dst netip.AddrPort) []byte
	}{
		{"syn", segment(capture.SYN, capturetest.RawOptions)},
		{"connect", segment(capture.SYN, capturetest.LinuxOptions)},
		{"fin", segment(capture.FIN, nil)},
		{"null", segment(0, nil)},
		{"xmas", segment(capture.FIN|capture.PSH|capture.URG, nil)},
		{"ack", segment(capture.ACK, nil)},
		{"maimon", segment(capture.FIN|capture.ACK, nil)},
		{"udp", func(src, dst netip.AddrPort) []byte { return capturetest.UDP(src, dst, []byte("x")) }},
		{"sctp", func(src, dst netip.AddrPort) []byte { return capturetest.SCTP(src, dst, 1) }},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			for _, shape := range []struct {
				name             string
				addresses, ports int
				ported           string
			}{
				{"vertical", 1, 100, "1-100"}, {"horizontal", 254, 1, "1"}, {"block", 3, 1000, "1-1000"},
			} {
				for _, family := range []string{"10.0.0.%d", "fd00::%x"} {
					r := newRig(t, nil)
					source := fmt.Sprintf(family, 255)
					for port := range shape.ports {
						for address := range shape.addresses {
							r.send(test.probe(at(source, 40000), at(fmt.Sprintf(family, address+1), uint16(port+1))))
						}
						r.wait(time.Millisecond)
					}
					r.wait(2 * time.Second)
					r.Advance(r.now)
					// The first report comes while a long scan still goes on.
					if have := r.of("scan"); len(have) != 1 || have[0].Fields["type"] != test.name || have[0].Fields["shape"] != shape.name {
						t.Errorf("%s: within 2 s have %q", shape.name, r.scans("scan"))
					}
					r.Flush()
					want := []string{fmt.Sprintf("%s %s %s: %s..%s (%d) ports %s", source, test.name, shape.name, fmt.Sprintf(family, 1), fmt.Sprintf(family, shape.addresses), shape.addresses, shape.ported)}
					if have := r.scans("scan_end"); !slices.Equal(have, want) || len(r.of("scan")) != 1 {
						t.Errorf("%s: at the end have %q after %d reports, want %q", shape.name, have, len(r.of("scan")), want)
					}
				}
			}
		})
	}
}

func TestSweepsAreReported(t *testing.T) {
	tests := []struct {
		name  string
		want  string
		probe func(n int) []byte
	}{
		{"ping", "10.0.0.66 ping horizontal: 10.0.0.1..10.0.0.254 (253) ports ", func(n int) []byte {
			return capturetest.ICMP(netip.MustParseAddr(attacker), netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}), capture.ICMPEcho, 0, nil)
		}},
		{"timestamp", "10.0.0.66 ping_timestamp horizontal: 10.0.0.1..10.0.0.254 (253) ports ", func(n int) []byte {
			return capturetest.ICMP(netip.MustParseAddr(attacker), netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}), capture.ICMPTimestamp, 0, nil)
		}},
		{"mask", "10.0.0.66 ping_mask horizontal: 10.0.0.1..10.0.0.254 (253) ports ", func(n int) []byte {
			return capturetest.ICMP(netip.MustParseAddr(attacker), netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}), capture.ICMPMask, 0, nil)
		}},
		{"arp", "10.0.0.66 arp horizontal: 10.0.0.1..10.0.0.254 (253) ports ", func(n int) []byte {
			return capturetest.ARP(capture.ARPRequest, netip.MustParseAddr(attacker), netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}))
		}},
		{"arp without an address", "0.0.0.0 arp horizontal: 10.0.0.1..10.0.0.254 (253) ports ", func(n int) []byte {
			return capturetest.ARP(capture.ARPRequest, netip.IPv4Unspecified(), netip.AddrFrom4([4]byte{10, 0, 0, byte(n)}))
		}},
		{"ping over IPv6", "fd00::666 ping horizontal: fd00::1..fd00::fe (253) ports ", func(n int) []byte {
			return capturetest.ICMP(netip.MustParseAddr("fd00::666"), netip.AddrFrom16([16]byte{0: 0xfd, 15: byte(n)}), capture.ICMPv6Echo, 0, nil)
		}},
		{"neighbours", "fd00::666 nd horizontal: fd00::1..fd00::fe (253) ports ", func(n int) []byte {
			return capturetest.Solicitation(netip.MustParseAddr("fd00::666"), netip.AddrFrom16([16]byte{0: 0xfd, 15: byte(n)}))
		}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := newRig(t, nil)
			for n := 1; n < 255; n++ {
				if n != 66 { // it does not look for itself
					r.send(test.probe(n))
				}
				r.wait(2 * time.Millisecond)
			}
			r.wait(2 * time.Second)
			r.Advance(r.now)
			r.wait(5 * time.Minute)
			r.Advance(r.now)
			for _, kind := range []string{"scan", "scan_end"} {
				have := r.scans(kind)
				if len(have) != 1 || have[0] != test.want {
					t.Errorf("%s: have %q, want %q", kind, have, test.want)
				}
			}
		})
	}
}

func TestConnectScanOfOpenPortsIsNoSYNScan(t *testing.T) {
	for name, test := range map[string]struct {
		want  string
		after func(c *connection) [][]byte // the SYN
	}{
		"completed and closed": {"connect", func(c *connection) [][]byte {
			return [][]byte{c.says(false, capture.SYN|capture.ACK, ""), c.says(true, capture.ACK, ""), c.says(true, capture.RST|capture.ACK, "")}
		}},
		"taken back": {"syn", func(c *connection) [][]byte {
			return [][]byte{c.says(false, capture.SYN|capture.ACK, ""), c.says(true, capture.RST, "")}
		}},
		"refused": {"connect", func(c *connection) [][]byte { return [][]byte{c.says(false, capture.RST|capture.ACK, "")} }},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, nil)
			for port := range 20 {
				c := dial(at(attacker, uint16(40000+port)), at("10.0.0.1", uint16(1+port)))
				r.send(c.says(true, capture.SYN, ""))
				r.send(test.after(c)...)
			}
			r.Flush()
			want := []string{fmt.Sprintf("10.0.0.66 %s vertical: 10.0.0.1..10.0.0.1 (1) ports 1-20", test.want)}
			if have := r.scans("scan_end"); !slices.Equal(have, want) {
				t.Errorf("have %q, want %q", have, want)
			}
		})
	}
}

// A scan that is slow is one scan, however long it takes.
func TestSlowScanIsOne(t *testing.T) {
	r := newRig(t, nil)
	for port := range 200 {
		r.send(segment(capture.SYN, capturetest.RawOptions)(at(attacker, 40000), at("10.0.0.1", uint16(port+1))))
		r.wait(15 * time.Second)
	}
	r.Flush()
	want := []string{"10.0.0.66 syn vertical: 10.0.0.1..10.0.0.1 (1) ports 1-200"}
	if have := r.scans("scan_end"); !slices.Equal(have, want) || len(r.of("scan")) != 1 {
		t.Errorf("have %q after %d reports, want %q", have, len(r.of("scan")), want)
	}
}
