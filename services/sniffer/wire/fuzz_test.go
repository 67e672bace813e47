package wire_test

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
	"github.com/decnet/decnet/services/sniffer/wire"
)

// corpus is frames of every kind that the sniffer looks into.
func corpus() [][]byte {
	c := dial(at(attacker, 40000), at("10.0.0.1", 22))
	frames := slices.Concat(c.handshake(), [][]byte{
		c.says(true, capture.ACK, "SSH-2.0-Go\r\n"), c.says(true, capture.ACK, kexInit("k", "h", "c", "C", "m", "M", "none", "none", "", "")),
		c.says(false, capture.ACK, "\x16\x03\x03\x00\x04\x02\x00\x00\x00"),
	}, c.closing())
	for i, text := range []string{"GET / HTTP/1.1\r\nHost: x\r\n\r\n", "\x16\x03\x01\x00\x05\x01\x00\x00\x01\x00", "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00", "\x00\x00\x00\x26\xffSMB\x72"} {
		c := dial(at(attacker, 41000+uint16(i)), at("10.0.0.1", 443))
		frames = slices.Concat(frames, c.handshake(), [][]byte{c.says(true, capture.ACK, text)})
	}
	a, b := netip.MustParseAddr(attacker), netip.MustParseAddr("10.0.0.1")
	return append(frames,
		capturetest.ARP(capture.ARPRequest, a, b), capturetest.ARP(capture.ARPReply, b, a),
		capturetest.ICMP(a, b, capture.ICMPEcho, 0, make([]byte, 8)), capturetest.SCTP(at(attacker, 1), at("10.0.0.1", 2), 1),
		capturetest.UDP(at(attacker, 5353), mdns, []byte("\x00\x00\x84\x00\x00\x00\x00\x01\x00\x00\x00\x00\x01a\x05local\x00\x00\x01\x00\x01\x00\x00\x00\x78\x00\x04\x0a\x00\x00\x42")),
		capturetest.UDP(at("0.0.0.0", 68), at("255.255.255.255", 67), append(make([]byte, 236), 99, 130, 83, 99, 53, 1, 1, 55, 1, 1)),
		capturetest.UDP(at(attacker, 50000), at("10.0.0.1", 443), append([]byte{0xc3, 0, 0, 0, 1, 8, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0x44, 0}, make([]byte, 1200)...)),
		capturetest.UDP(at(attacker, 50001), at("10.0.0.1", 443), append([]byte{22, 0xfe, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 12, 1}, make([]byte, 30)...)),
		capturetest.Solicitation(netip.MustParseAddr("fd00::66"), netip.MustParseAddr("fd00::1")),
	)
}

// replayed is a sniffer that has seen frames, damaged or not, and ended.
func replayed(t testing.TB, frames [][]byte) {
	t.Helper()
	s, err := wire.New(small(), func(f *wire.Finding) { (&rig{TB: t}).check(f) })
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1e9, 0)
	for _, f := range frames {
		now = now.Add(20 * time.Millisecond)
		p := capture.Packet{Time: now, Length: len(f)}
		if p.Decode(capture.LinkEthernet, f) == nil {
			s.Packet(&p)
		}
	}
	s.Flush()
	if load := s.Load(); load.Flows != 0 || load.Waiting != 0 || load.Held != 0 {
		t.Errorf("left is %+v", load)
	}
}

// small makes room scarce.
func small() wire.Config {
	c := wire.Default()
	c.Flows, c.Handshake, c.Sources, c.Scans, c.Memory = 3, 16, 4, 2, 1<<12
	return c
}

func TestMalformedPackets(t *testing.T) {
	frames := corpus()
	for i, f := range frames {
		var damaged [][]byte
		for n := range min(len(f), 120) {
			damaged = append(damaged, f[:n])
			for _, b := range []byte{0, 0x0f, 0x80, 0xff} {
				d := slices.Clone(f)
				d[n] = b
				damaged = append(damaged, d)
			}
		}
		replayed(t, slices.Concat(frames[:i], damaged, frames[i:]))
	}
}

// The input is frames, each after its length in two bytes.
func FuzzSniffer(f *testing.F) {
	pack := func(frames [][]byte) (out []byte) {
		for _, x := range frames {
			out = append(binary.BigEndian.AppendUint16(out, uint16(len(x))), x...)
		}
		return out
	}
	frames := corpus()
	f.Add(pack(frames))
	for i := 0; i+4 <= len(frames); i += 4 {
		f.Add(pack(frames[i : i+4]))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var frames [][]byte
		for len(b) >= 2 {
			n := min(int(binary.BigEndian.Uint16(b)), len(b)-2)
			frames, b = append(frames, b[2:2+n]), b[2+n:]
		}
		replayed(t, frames)
	})
}
