package quicfp_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/quicfp"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// The ClientHello of RFC 9001, A.2, which RFC 9369, A.2 has too.
const rfcHello = `
	010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868
	04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578
	616d706c652e636f6dff01000100000a00080006001d00170018001000070005
	04616c706e000500050100000000003300260024001d00209370b2c9caa47fba
	baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400
	0d0010000e0403050306030203080408050806002d00020101001c0002400100
	3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000
	75300901100f088394c8f03e51570806048000ffff`

func TestSamplesOfTheRFCs(t *testing.T) {
	want := unhex(t, rfcHello)
	for _, name := range []string{"rfc9001-a2", "rfc9369-a2"} {
		t.Run(name, func(t *testing.T) {
			packet := sample(t, name)
			before := slices.Clone(packet)
			var i quicfp.Initials
			msg, state := i.Add(packet)
			if state != quicfp.Message || !bytes.Equal(msg, want) {
				t.Fatalf("state %d, have %x", state, msg)
			}
			if !bytes.Equal(packet, before) {
				t.Error("the datagram was changed")
			}
			if msg, state := i.Add(packet); state != quicfp.Ended || msg != nil {
				t.Errorf("state %d afterwards", state)
			}
			hello, err := tlsfp.ParseClientHello(msg)
			if err != nil {
				t.Fatal(err)
			}
			if hello.SNI != "example.com" || hello.JA4(tlsfp.QUIC)[:10] != "q13d0211an" {
				t.Errorf("have %+v, %s", hello, hello.JA4(tlsfp.QUIC))
			}
		})
	}
}

func TestInitials(t *testing.T) {
	const id, other = "12345678", "a server's id"
	hello := unhex(t, rfcHello)
	ping, pad := []byte{1}, make([]byte, 40)
	ack := []byte{2, 5, 0x40, 9, 2, 0, 1, 1, 0, 0}
	ackECN := []byte{3, 5, 1, 0, 0, 1, 2, 3}
	closed := []byte{0x1c, 0, 0, 0}
	for name, p := range protocols {
		one := func(frames ...[]byte) []byte { return p.initial(t, id, id, 1, slices.Concat(append(frames, pad)...)) }
		late := func(frames ...[]byte) []byte {
			return p.initial(t, id, other, 1<<31, slices.Concat(append(frames, pad)...))
		}
		retried := p.initial(t, other, other, 0, frame(0, hello))
		handshake := func(rest []byte) []byte {
			b := slices.Clone(one(ping))
			b[0] += 0x20 // of another type, and without a token
			return slices.Concat(b[:7+len(id)+2], b[7+len(id)+2+4:], rest)
		}
		tests := []struct {
			name      string
			datagrams [][]byte
			last      quicfp.State
		}{
			{"whole", [][]byte{one(frame(0, hello))}, quicfp.Message},
			{"after other frames", [][]byte{one(ping, pad, ack, ackECN, frame(0, hello))}, quicfp.Message},
			{"in several frames, shuffled", [][]byte{one(frame(90, hello[90:]), ping, frame(0, hello[:40]), frame(40, hello[40:90]))}, quicfp.Message},
			{"in several packets", [][]byte{one(frame(0, hello[:100])), late(frame(100, hello[100:]))}, quicfp.Message},
			{"the second one first", [][]byte{one(frame(100, hello[100:])), one(frame(0, hello[:100]))}, quicfp.Message},
			{"in several packets of a datagram", [][]byte{slices.Concat(one(frame(0, hello[:100])), one(frame(100, hello[100:])))}, quicfp.Message},
			{"in the second packet", [][]byte{handshake(one(frame(0, hello)))}, quicfp.Message},
			{"with padding after the packet", [][]byte{append(one(frame(0, hello)), pad...)}, quicfp.Message},
			{"after a retry", [][]byte{one(frame(0, hello[:100])), retried}, quicfp.Message},
			{"half of it", [][]byte{one(frame(0, hello[:100]))}, quicfp.More},
			{"a bad one after a good one", [][]byte{one(ping), []byte("nonsense")}, quicfp.More},
			{"closed at once", [][]byte{one(closed, frame(0, hello))}, quicfp.More},
			{"another message", [][]byte{one(frame(0, []byte{2, 0, 0, 0}))}, quicfp.Ended},
			{"a message that is too long", [][]byte{one(frame(0, []byte{1, 1, 0, 0}))}, quicfp.Ended},
			{"a frame that is too far away", [][]byte{one(frame(1<<20, hello))}, quicfp.Ended},
			{"no end", slices.Repeat([][]byte{one(ping)}, quicfp.MaxDatagrams), quicfp.Ended},
			{"a frame that is cut off", [][]byte{p.initial(t, id, id, 1, append(slices.Clone(pad), 6, 0, 0x44))}, quicfp.More},
			{"an ACK without end", [][]byte{p.initial(t, id, id, 1, append(slices.Clone(pad), 2, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0))}, quicfp.More},
		}
		for _, test := range tests {
			t.Run(name+"/"+test.name, func(t *testing.T) {
				var i quicfp.Initials
				var msg []byte
				var state quicfp.State
				for _, d := range test.datagrams {
					msg, state = i.Add(d)
				}
				if state != test.last || state == quicfp.Message && !bytes.Equal(msg, hello) {
					t.Errorf("state %d, want %d; have %x", state, test.last, msg)
				}
			})
		}
	}
}

func TestNotQUIC(t *testing.T) {
	good := sample(t, "rfc9001-a2")
	damaged := slices.Clone(good)
	damaged[600] ^= 1
	version := slices.Clone(good)
	version[4] = 9
	short := slices.Clone(good)
	short[0] &^= 0x80
	long := slices.Clone(good)
	long[5] = 21
	for name, datagram := range map[string][]byte{
		"nothing":                           nil,
		"DNS":                               []byte("\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\x01a\x00\x00\x01\x00\x01"),
		"damaged":                           damaged,
		"another version":                   version,
		"a short header":                    short,
		"a connection id that is too long":  long,
		"cut off":                           good[:len(good)-1],
		"only its header":                   good[:22],
		"version negotiation":               slices.Concat([]byte{0x80, 0, 0, 0, 0}, good[5:]),
		"a retry":                           slices.Concat([]byte{0xf0}, good[1:]),
		"a packet too short for its sample": slices.Concat(good[:16], []byte{19}, good[18:37]),
	} {
		var i quicfp.Initials
		if msg, state := i.Add(datagram); state != quicfp.NotQUIC || msg != nil {
			t.Errorf("%s: state %d, %x", name, state, msg)
		}
		if _, state := i.Add(good); state != quicfp.NotQUIC {
			t.Errorf("%s: state %d afterwards", name, state)
		}
	}
}

func FuzzInitials(f *testing.F) {
	good, other := sample(f, "rfc9001-a2"), sample(f, "rfc9369-a2")
	f.Add(good, other)
	f.Add(good[:100], other)
	f.Fuzz(func(t *testing.T, first, second []byte) {
		var i quicfp.Initials
		for _, b := range [][]byte{first, second, first} {
			if msg, state := i.Add(b); (state == quicfp.Message) != (msg != nil) {
				t.Errorf("state %d with %x", state, msg)
			}
		}
	})
}

// FuzzFrames fuzzes what is in a packet, which FuzzInitials cannot reach.
func FuzzFrames(f *testing.F) {
	hello := unhex(f, rfcHello)
	f.Add(frame(0, hello))
	f.Add(slices.Concat(frame(90, hello[90:]), []byte{1, 2, 5, 0x40, 9, 2, 0, 1, 1, 0, 0}, frame(0, hello[:90])))
	f.Fuzz(func(t *testing.T, frames []byte) {
		if len(frames) > 1<<14-100 {
			return
		}
		var i quicfp.Initials
		packet := protocols["version 1"].initial(t, "12345678", "12345678", 0, append(frames, make([]byte, 20)...))
		if msg, state := i.Add(packet); state == quicfp.NotQUIC || (state == quicfp.Message) != (msg != nil) {
			t.Errorf("state %d with %x", state, msg)
		}
	})
}

func BenchmarkInitials(b *testing.B) {
	packet := sample(b, "rfc9001-a2")
	b.SetBytes(int64(len(packet)))
	for b.Loop() {
		var i quicfp.Initials
		if _, state := i.Add(packet); state != quicfp.Message {
			b.Fatal(state)
		}
	}
}
