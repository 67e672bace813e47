package capture_test

import (
	"bytes"
	"encoding/binary"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

// fragments are a packet in pieces of size bytes, a multiple of 8.
func fragments(frame []byte, size int) (out [][]byte) {
	p := capturetest.Decode(when, frame)
	body := p.IP[p.Header:]
	for at := 0; at < len(body); at += size {
		end := min(at+size, len(body))
		more := end < len(body)
		var f []byte
		if p.Version == 4 {
			f = capturetest.IP(p.Src, p.Dst, p.Protocol, body[at:end])
			value := uint16(at / 8)
			if more {
				value |= 0x2000
			}
			binary.BigEndian.PutUint16(f[20:], value)
		} else {
			value := uint16(at)
			if more {
				value |= 1
			}
			h := append(binary.BigEndian.AppendUint16([]byte{p.Protocol, 0}, value), 0, 0, 0, 7)
			f = capturetest.IP(p.Src, p.Dst, 44, append(h, body[at:end]...))
		}
		out = append(out, f)
	}
	return out
}

// whole are the packets that come of frames, in order.
func whole(d *capture.Defragmenter, at time.Time, frames ...[]byte) (out []string) {
	for _, f := range frames {
		if p := d.Add(capturetest.Decode(at, f)); p != nil {
			out = append(out, p.Source().String()+" > "+p.Destination().String()+" "+string(p.Payload))
		}
	}
	return out
}

func TestFragmentsArePutTogether(t *testing.T) {
	for name, frame := range map[string][]byte{
		"IPv4": (&capturetest.Segment{Src: port(four, 1024), Dst: port(four2, 22), Flags: capture.PSH | capture.ACK, Options: capturetest.LinuxOptions, Payload: []byte("hello, world")}).Frame(),
		"IPv6": (&capturetest.Segment{Src: port(six, 1024), Dst: port(six2, 22), Flags: capture.PSH | capture.ACK, Payload: []byte("hello, world")}).Frame(),
	} {
		want := capturetest.Decode(when, frame)
		for seed := range uint64(50) {
			pieces := fragments(frame, 8)
			r := rand.New(rand.NewPCG(seed, 3))
			pieces = append(pieces, pieces[r.IntN(len(pieces)-1)]) // once more
			r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
			var d capture.Defragmenter
			var have *capture.Packet
			for _, f := range pieces {
				if p := d.Add(capturetest.Decode(when, f)); p != nil {
					have = p
					break
				}
			}
			if have == nil || have.Kind != capture.TCP || have.Source() != want.Source() || have.Flags != want.Flags || !bytes.Equal(have.Options, want.Options) || !bytes.Equal(have.Payload, want.Payload) || have.SrcMAC != want.SrcMAC || have.TTL != want.TTL {
				t.Fatalf("%s, seed %d: have %+v", name, seed, have)
			}
		}
	}
}

func TestFragmentsThatDoNotFit(t *testing.T) {
	pieces := fragments(capturetest.UDP(port(four, 1), port(four2, 2), []byte("a datagram of some length")), 8)
	last := len(pieces) - 1
	overlap := bytes.Clone(pieces[1])
	overlap = append(overlap, make([]byte, 8)...)
	binary.BigEndian.PutUint16(overlap[16:], binary.BigEndian.Uint16(overlap[16:])+8)
	odd := bytes.Clone(pieces[0][:len(pieces[0])-1])
	binary.BigEndian.PutUint16(odd[16:], 27)
	far := bytes.Clone(pieces[0])
	binary.BigEndian.PutUint16(far[20:], 0x2000|4000)
	var d capture.Defragmenter
	for name, first := range map[string][]byte{"an overlap": overlap, "an odd length": odd, "too far": far} {
		d = capture.Defragmenter{}
		if have := whole(&d, when, append([][]byte{pieces[0], pieces[2], first}, pieces[1:]...)...); len(have) != 0 {
			t.Errorf("%s: have %q", name, have)
		}
	}
	d = capture.Defragmenter{}
	whole(&d, when, pieces[:last]...)
	if have := whole(&d, when.Add(time.Minute), pieces[last]); len(have) != 0 {
		t.Errorf("after a minute: have %q", have)
	}
	// A flood pushes out what waits, and then it works again.
	frame := bytes.Clone(pieces[0])
	for i := range 10000 {
		binary.BigEndian.PutUint16(frame[18:], uint16(i))
		whole(&d, when, frame)
	}
	if have := whole(&d, when.Add(2*time.Minute), pieces...); len(have) != 1 || have[0] != "10.0.0.1:1 > 10.0.0.2:2 a datagram of some length" {
		t.Errorf("have %q", have)
	}
}

func FuzzDefragmenter(f *testing.F) {
	for _, size := range []int{8, 16} {
		var all []byte
		for _, x := range fragments(capturetest.UDP(port(four, 1), port(four2, 2), make([]byte, 100)), size) {
			all = append(append(all, byte(len(x))), x...)
		}
		f.Add(all)
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		var d capture.Defragmenter
		for len(b) > 1 {
			n := min(int(b[0]), len(b)-1)
			p := capture.Packet{Time: when}
			if p.Decode(capture.LinkEthernet, b[1:1+n]) == nil && p.Kind == capture.Fragment {
				if w := d.Add(&p); w != nil && w.Kind == capture.Fragment {
					t.Fatalf("a whole is a fragment: %+v", w)
				}
			}
			b = b[1+n:]
		}
	})
}
