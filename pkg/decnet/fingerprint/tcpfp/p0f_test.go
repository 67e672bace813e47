package tcpfp_test

import (
	"math/rand/v2"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tcpfp"
)

// Packets of all kinds, most of which nobody would send, are written down as p0f does it.
func TestNotationIsP0fs(t *testing.T) {
	fingerprinttest.Tool(t, "p0f")
	const count = 4000
	random := rand.New(rand.NewPCG(1, 2))
	packets := make([][]byte, count)
	for i := range packets {
		p := randomPacket(random)
		p.source = uint16(1024 + i)
		packets[i] = p.bytes()
	}
	signatures := rawSignatures(t, writePcap(t, packets))
	seen, wrong := 0, 0
	for _, packet := range packets {
		want, ok := signatures[ends(packet)]
		s, err := tcpfp.Parse(packet)
		if err != nil {
			t.Fatal(err)
		}
		if ok {
			seen++
		}
		if ok && s.String() != want && wrong < 10 {
			wrong++
			t.Errorf("have %s\nwant %s\nof   %x", s, want, packet)
		}
	}
	if seen < count*9/10 {
		t.Errorf("p0f wrote down %d of %d packets", seen, count)
	}
}

// randomPacket is a SYN of somebody who has read the RFCs with one eye.
func randomPacket(r *rand.Rand) packet {
	chance := func(percent int) bool { return r.IntN(100) < percent }
	pick := func(of ...int) int { return of[r.IntN(len(of))] }
	p := packet{
		six: chance(30), ttl: byte(1 + r.IntN(255)), flags: syn, df: chance(50), id: uint16(pick(0, 1, 54321)), seq: r.Uint32N(3), port: 80,
		window: uint16(pick(0, 512, 1024, 4128, 8192, 16384, 29200, 64240, 65535, 1460*4, 1448*10, 1500*3, 1440*20, 1380*5, 536*4, r.IntN(65536))),
	}
	if chance(20) {
		p.ack = r.Uint32N(2) << 24               // of a number, p0f looks at this bit alone
		p.flags |= byte(r.IntN(16)) << 3 &^ 0x10 // PSH, URG, ECE
		p.tos, p.reserved, p.evil, p.urgent = byte(r.IntN(4)), byte(pick(0, 0, 1, 8)), chance(50), uint16(r.IntN(2))
	}
	if p.six {
		p.flow = r.Uint32N(2)
	} else if chance(10) {
		p.ipOptions = make([]byte, 4*(1+r.IntN(3)))
	}
	if chance(10) {
		p.payload = []byte("payload")
	}
	mss := pick(1460, 1440, 1380, 536, 99, 100, 65495)
	stamp := []byte{8, 10, 0, 0, 0, byte(r.IntN(2)), 0, 0, 0, byte(r.IntN(2))}
	kinds := [][]byte{{1}, {1}, {2, 4, byte(mss >> 8), byte(mss)}, {3, 3, byte(r.IntN(17))}, {4, 2}, stamp, {254, 4, 1, 2}}
	if chance(10) {
		kinds = append(kinds, []byte{0}, []byte{5, 10, 1, 2, 3, 4, 5, 6, 7, 8}, []byte{2, 3, 1, 2}, []byte{8, 2}, []byte{77}, []byte{99, 1})
	}
	for len(p.options) < 28 && chance(85) {
		p.options = append(p.options, kinds[r.IntN(len(kinds))]...)
	}
	// Behind an end of options p0f does not look at the very last byte.
	p.options = append(p.options[:min(len(p.options), 39)], 0)
	return p
}
