package capture_test

import (
	"bytes"
	"errors"
	"net/netip"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

var (
	four, six   = netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("fd00::1")
	four2, six2 = netip.MustParseAddr("10.0.0.2"), netip.MustParseAddr("fd00::2")
)

func port(a netip.Addr, p uint16) netip.AddrPort { return netip.AddrPortFrom(a, p) }

// frames are packets of every kind.
func frames() map[string][]byte {
	syn := capturetest.Segment{Src: port(four, 1024), Dst: port(four2, 22), Flags: capture.SYN, Seq: 1, Options: capturetest.LinuxOptions}
	data := capturetest.Segment{Src: port(six, 1024), Dst: port(six2, 443), Flags: capture.PSH | capture.ACK, Seq: 1, Ack: 2, Payload: []byte("hello")}
	padded := append(syn.Frame(), make([]byte, 6)...)
	tagged := append(append(bytes.Clone(padded[:12]), 0x81, 0, 0, 42), padded[12:]...)
	fragment := capturetest.IP(four, four2, 6, make([]byte, 8))
	fragment[20], fragment[21] = 0x20, 1
	unreachable := capturetest.ICMP(four2, four, capture.ICMPUnreachable, 3, append([]byte{0, 0, 0, 0}, capturetest.UDP(port(four, 5000), port(four2, 161), nil)[14:]...))
	extended := capturetest.IP(six, six2, 0, append([]byte{6, 0, 1, 4, 0, 0, 0, 0}, data.Frame()[54:]...))
	first6 := capturetest.IP(six, six2, 44, append([]byte{17, 0, 0, 1, 0, 0, 0, 9}, 0, 53, 0, 53, 0, 16, 0, 0))
	later6 := capturetest.IP(six, six2, 44, append([]byte{17, 0, 0, 8, 0, 0, 0, 9}, make([]byte, 8)...))
	return map[string][]byte{
		"syn": syn.Frame(), "data over IPv6": data.Frame(), "padded": padded, "tagged": tagged, "a later fragment": fragment,
		"datagram": capturetest.UDP(port(four, 5353), port(netip.MustParseAddr("224.0.0.251"), 5353), []byte("x")),
		"arp":      capturetest.ARP(capture.ARPRequest, four, four2), "ping": capturetest.ICMP(four, four2, capture.ICMPEcho, 0, make([]byte, 8)),
		"ping over IPv6": capturetest.ICMP(six, six2, capture.ICMPv6Echo, 0, make([]byte, 8)), "solicitation": capturetest.Solicitation(six, six2),
		"unreachable": unreachable, "sctp": capturetest.SCTP(port(four, 1), port(four2, 2), 1), "hop by hop": extended,
		"a first fragment of IPv6": first6, "a later fragment of IPv6": later6, "another protocol": capturetest.IP(four, four2, 47, make([]byte, 4)),
	}
}

func TestPacketsAreDecoded(t *testing.T) {
	tests := []struct {
		frame string
		want  func(p *capture.Packet) bool
	}{
		{"syn", func(p *capture.Packet) bool {
			return p.Kind == capture.TCP && p.Source() == port(four, 1024) && p.Destination() == port(four2, 22) && p.Flags == capture.SYN && p.Seq == 1 && p.DF && p.ID == 0x1234 && bytes.Equal(p.Options, capturetest.LinuxOptions) && len(p.Payload) == 0
		}},
		{"data over IPv6", func(p *capture.Packet) bool {
			return p.Version == 6 && string(p.Payload) == "hello" && p.Ack == 2 && p.Destination() == port(six2, 443)
		}},
		{"padded", func(p *capture.Packet) bool { return len(p.Payload) == 0 && len(p.IP) == 60 }},
		{"tagged", func(p *capture.Packet) bool { return p.VLAN == 42 && p.Kind == capture.TCP }},
		{"a later fragment", func(p *capture.Packet) bool {
			return p.Kind == capture.Fragment && p.Offset == 8 && p.More && p.SrcPort == 0 && p.FragmentID == 0x1234
		}},
		{"datagram", func(p *capture.Packet) bool {
			return p.Kind == capture.UDP && p.DstPort == 5353 && string(p.Payload) == "x" && p.DstMAC.Group()
		}},
		{"arp", func(p *capture.Packet) bool {
			return p.Kind == capture.ARP && p.ARPOperation == capture.ARPRequest && p.Src == four && p.Dst == four2 && p.SenderMAC == capturetest.MACOf(four)
		}},
		{"ping", func(p *capture.Packet) bool { return p.Kind == capture.ICMP && p.Type == capture.ICMPEcho }},
		{"ping over IPv6", func(p *capture.Packet) bool { return p.Kind == capture.ICMPv6 && p.Type == capture.ICMPv6Echo }},
		{"solicitation", func(p *capture.Packet) bool {
			target, mac, ok := p.Neighbour()
			return ok && target == six2 && mac == capturetest.MACOf(six)
		}},
		{"unreachable", func(p *capture.Packet) bool {
			q, ok := p.Quoted()
			return ok && q == capture.Quote{Src: port(four, 5000), Dst: port(four2, 161), Protocol: 17}
		}},
		{"sctp", func(p *capture.Packet) bool { return p.Kind == capture.SCTP && p.Type == 1 && p.DstPort == 2 }},
		{"hop by hop", func(p *capture.Packet) bool {
			return p.Kind == capture.TCP && p.Header == 48 && string(p.Payload) == "hello"
		}},
		{"a first fragment of IPv6", func(p *capture.Packet) bool {
			return p.Kind == capture.Fragment && p.More && p.Offset == 0 && p.FragmentID == 9 && len(p.Payload) == 8
		}},
		{"a later fragment of IPv6", func(p *capture.Packet) bool {
			return p.Kind == capture.Fragment && p.Offset == 8 && p.Protocol == 17
		}},
		{"another protocol", func(p *capture.Packet) bool {
			return p.Kind == capture.Other && p.Protocol == 47 && len(p.Payload) == 4
		}},
	}
	all := frames()
	for _, test := range tests {
		if p := capturetest.Decode(time.Unix(1, 0), all[test.frame]); !test.want(p) {
			t.Errorf("%s: have %+v", test.frame, p)
		}
	}
	if len(tests) != len(all) {
		t.Errorf("%d frames, %d tests", len(all), len(tests))
	}
}

// Wherever a packet is cut, and whatever a byte of it is, it is decoded or refused
// with one of the errors, and never read beyond its end.
func TestDamagedPacketsAreRefused(t *testing.T) {
	for name, frame := range frames() {
		for n := range frame {
			check(t, name, capture.LinkEthernet, bytes.Clone(frame[:n]))
			for _, b := range []byte{0, 1, 0x0f, 0x45, 0x7f, 0x80, 0xf0, 0xff} {
				damaged := bytes.Clone(frame)
				damaged[n] = b
				check(t, name, capture.LinkEthernet, damaged)
			}
		}
	}
}

func check(t *testing.T, name string, link capture.LinkType, b []byte) {
	t.Helper()
	var p capture.Packet
	err := p.Decode(link, b[:len(b):len(b)])
	if err != nil && !errors.Is(err, capture.ErrShort) && !errors.Is(err, capture.ErrMalformed) && !errors.Is(err, capture.ErrUnknown) {
		t.Errorf("%s: % x: %v", name, b, err)
	}
	if err == nil && p.Kind != capture.ARP && (p.Header > len(p.IP) || len(p.Payload) > len(p.IP) || !p.Src.IsValid()) {
		t.Errorf("%s: % x: have %+v", name, b, p)
	}
	p.Quoted()
	p.Neighbour()
}

// What gopacket makes of a packet we make of it too.
func FuzzDecode(f *testing.F) {
	for _, frame := range frames() {
		for _, link := range []uint16{0, 1, 101, 113, 276} {
			f.Add(link, frame)
		}
	}
	f.Fuzz(func(t *testing.T, link uint16, b []byte) {
		check(t, "fuzz", capture.LinkType(link), b)
		check(t, "fuzz", capture.LinkEthernet, b)
		var p capture.Packet
		if p.Decode(capture.LinkEthernet, b) != nil {
			return
		}
		other := gopacket.NewPacket(b, layers.LayerTypeEthernet, gopacket.DecodeOptions{Lazy: false, NoCopy: true})
		if other.ErrorLayer() != nil || other.Metadata().Truncated {
			return
		}
		if ip, ok := other.NetworkLayer().(*layers.IPv4); ok && p.Version == 4 {
			if ip.SrcIP.String() != p.Src.String() || ip.TTL != p.TTL || ip.Id != p.ID || uint8(ip.Protocol) != p.Protocol {
				t.Fatalf("have %+v, gopacket has %+v", p, ip)
			}
		}
		if tcp, ok := other.TransportLayer().(*layers.TCP); ok && p.Kind == capture.TCP && other.Layer(layers.LayerTypeGRE) == nil {
			if uint16(tcp.SrcPort) != p.SrcPort || tcp.Seq != p.Seq || tcp.Window != p.Window || tcp.SYN != (p.Flags&capture.SYN != 0) || !bytes.Equal(tcp.Payload, p.Payload) {
				t.Fatalf("have %+v, gopacket has %+v", p, tcp)
			}
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	for _, name := range []string{"syn", "data over IPv6", "arp"} {
		frame := frames()[name]
		b.Run(name, func(b *testing.B) {
			var p capture.Packet
			b.ReportAllocs()
			for b.Loop() {
				if err := p.Decode(capture.LinkEthernet, frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("syn with gopacket", func(b *testing.B) {
		var eth layers.Ethernet
		var ip layers.IPv4
		var tcp layers.TCP
		parser := gopacket.NewDecodingLayerParser(layers.LayerTypeEthernet, &eth, &ip, &tcp)
		frame, decoded := frames()["syn"], []gopacket.LayerType{}
		b.ReportAllocs()
		for b.Loop() {
			if err := parser.DecodeLayers(frame, &decoded); err != nil {
				b.Fatal(err)
			}
		}
	})
}
