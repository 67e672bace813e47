package capture_test

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

var when = time.Date(2026, 11, 28, 12, 0, 0, 123456789, time.UTC)

// pcap is a capture of the frames in the older format, in a byte order and a
// resolution.
func pcap(order binary.AppendByteOrder, magic, perSecond uint32, all ...[]byte) []byte {
	b := order.AppendUint32(nil, magic)
	b = order.AppendUint16(order.AppendUint16(b, 2), 4)
	b = order.AppendUint32(append(b, 0, 0, 0, 0, 0, 0, 0, 0), 65535)
	b = order.AppendUint32(b, 1)
	for _, f := range all {
		b = order.AppendUint32(b, uint32(when.Unix()))
		b = order.AppendUint32(b, uint32(uint64(when.Nanosecond())*uint64(perSecond)/1e9))
		b = order.AppendUint32(order.AppendUint32(b, uint32(len(f))), uint32(len(f)))
		b = append(b, f...)
	}
	return b
}

// pcapng is one in the newer format.
func pcapng(t testing.TB, all ...[]byte) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := pcapgo.NewNgWriter(&b, layers.LinkTypeEthernet)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if err := w.WritePacket(gopacket.CaptureInfo{Timestamp: when, CaptureLength: len(f), Length: len(f)}, f); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// ngBig is a pcapng file with one packet in big-endian order, written by hand.
func ngBig(frame []byte) []byte {
	o := binary.BigEndian
	block := func(kind uint32, body []byte) []byte {
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
		n := uint32(len(body) + 12)
		return o.AppendUint32(append(o.AppendUint32(o.AppendUint32(nil, kind), n), body...), n)
	}
	section := append(o.AppendUint32(nil, 0x1a2b3c4d), 0, 1, 0, 0, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff)
	iface := []byte{0, 1, 0, 0, 0, 0, 0, 0}
	micros := uint64(when.UnixMicro())
	packet := o.AppendUint32(o.AppendUint32([]byte{0, 0, 0, 0}, uint32(micros>>32)), uint32(micros))
	packet = append(o.AppendUint32(o.AppendUint32(packet, uint32(len(frame))), uint32(len(frame))), frame...)
	return append(append(block(0x0a0d0d0a, section), block(1, iface)...), block(6, packet)...)
}

func TestCaptureFilesAreRead(t *testing.T) {
	frame := frames()["syn"]
	noise := capturetest.Ethernet(capturetest.Broadcast, capturetest.Broadcast, 0x88cc, make([]byte, 40)) // LLDP
	micro := when.Truncate(time.Microsecond)
	for name, test := range map[string]struct {
		file []byte
		when time.Time
	}{
		"microseconds, little-endian": {pcap(binary.LittleEndian, 0xa1b2c3d4, 1e6, frame, noise, frame), micro},
		"microseconds, big-endian":    {pcap(binary.BigEndian, 0xa1b2c3d4, 1e6, frame, noise, frame), micro},
		"nanoseconds, little-endian":  {pcap(binary.LittleEndian, 0xa1b23c4d, 1e9, frame, noise, frame), when},
		"nanoseconds, big-endian":     {pcap(binary.BigEndian, 0xa1b23c4d, 1e9, frame, noise, frame), when},
		"pcapng":                      {pcapng(t, frame, noise, frame), when},
		"pcapng, big-endian":          {ngBig(frame), micro},
	} {
		t.Run(name, func(t *testing.T) {
			f, err := capture.OpenFile(bytes.NewReader(test.file))
			if err != nil {
				t.Fatal(err)
			}
			n := 0
			for ; ; n++ {
				var p capture.Packet
				if err = f.Next(&p); err != nil {
					break
				}
				if !p.Time.Equal(test.when) || p.DstPort != 22 || !bytes.Equal(p.Data, frame) || p.Length != len(frame) {
					t.Errorf("have %+v", p)
				}
			}
			s := f.Stats()
			if !errors.Is(err, io.EOF) || n == 0 || s.Packets != uint64(n)+s.Unknown || s.Malformed > 0 {
				t.Errorf("have %d packets, %+v and %v", n, s, err)
			}
		})
	}
}

func TestFilesThatAreNoCaptureOrCutShort(t *testing.T) {
	frame := frames()["syn"]
	for name, whole := range map[string][]byte{"pcap": pcap(binary.LittleEndian, 0xa1b2c3d4, 1e6, frame, frame), "pcapng": pcapng(t, frame, frame)} {
		ends := 0
		for n := range whole {
			f, err := capture.OpenFile(bytes.NewReader(whole[:n]))
			var p capture.Packet
			for err == nil {
				err = f.Next(&p)
			}
			switch {
			case errors.Is(err, io.EOF):
				ends++ // between two packets
			case n < 4 && errors.Is(err, capture.ErrFormat), errors.Is(err, capture.ErrCut):
			default:
				t.Errorf("%s of %d bytes: %v", name, n, err)
			}
		}
		if ends > 3 {
			t.Errorf("%s: %d of %d places to cut were not noticed", name, ends, len(whole))
		}
	}
	tests := map[string]struct {
		file []byte
		want string
	}{
		"empty":         {nil, "and it has 0 bytes"},
		"text":          {[]byte("hello, world\n"), "and it begins with 68 65 6c 6c"},
		"compressed":    {[]byte{0x1f, 0x8b, 8, 0, 0, 0}, "gunzip"},
		"another link":  {append(pcap(binary.LittleEndian, 0xa1b2c3d4, 1e6)[:20], 105, 0, 0, 0), "a link of type 105"},
		"another order": {append([]byte{0x0a, 0x0d, 0x0d, 0x0a}, make([]byte, 40)...), "not a capture file"},
	}
	for name, test := range tests {
		if _, err := capture.OpenFile(bytes.NewReader(test.file)); err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: have %v, want %q", name, err, test.want)
		}
	}
}

func TestWriterKeepsItsQuota(t *testing.T) {
	frame := frames()["syn"]
	p := capturetest.Decode(when, frame)
	var b bytes.Buffer
	const fits = 3
	w, err := capture.NewWriter(&b, capture.LinkEthernet, 1000, int64(24+fits*(16+len(frame))))
	if err != nil {
		t.Fatal(err)
	}
	for n := range 5 {
		if err := w.Write(p); (n < fits) != (err == nil) || err != nil && !errors.Is(err, capture.ErrQuota) {
			t.Errorf("packet %d: %v", n, err)
		}
	}
	f, err := capture.OpenFile(&b)
	if err != nil {
		t.Fatal(err)
	}
	n := 0
	for ; f.Next(p) == nil; n++ {
		if !p.Time.Equal(when) || !bytes.Equal(p.Data, frame) {
			t.Errorf("have %+v", p)
		}
	}
	if n != fits {
		t.Errorf("read %d packets, want %d", n, fits)
	}
	for _, c := range []struct {
		snap  int
		quota int64
	}{{capture.MinSnap - 1, 100}, {capture.MaxSnap + 1, 100}, {1000, 23}} {
		if _, err := capture.NewWriter(&b, capture.LinkEthernet, c.snap, c.quota); err == nil {
			t.Errorf("%+v can be had", c)
		}
	}
}

func FuzzOpenFile(f *testing.F) {
	frame := frames()["syn"]
	f.Add(pcap(binary.LittleEndian, 0xa1b2c3d4, 1e6, frame))
	f.Add(pcap(binary.BigEndian, 0xa1b23c4d, 1e9, frame, frame))
	f.Add(pcapng(f, frame, frame))
	f.Add(ngBig(frame))
	f.Fuzz(func(t *testing.T, b []byte) {
		r, err := capture.OpenFile(bytes.NewReader(b))
		var p capture.Packet
		for n := 0; err == nil; n++ {
			if n > len(b) {
				t.Fatal("it does not end")
			}
			err = r.Next(&p)
		}
	})
}
