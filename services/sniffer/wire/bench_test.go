package wire_test

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
	"github.com/decnet/decnet/services/sniffer/wire"
)

// heap is how much memory is in use.
func heap() int64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return int64(m.HeapAlloc)
}

// flood has n SYNs seen, each from another address, of which the first is told.
func flood(s *wire.Sniffer, n int, begin time.Time, first uint32) {
	frame := (&capturetest.Segment{Src: at("11.0.0.0", 1024), Dst: at("10.0.0.1", 22), Flags: capture.SYN, Options: capturetest.LinuxOptions}).Frame()
	var p capture.Packet
	for i := range n {
		binary.BigEndian.PutUint32(frame[26:], uint32(11<<24)+first+uint32(i))
		binary.BigEndian.PutUint32(frame[38:], uint32(i)*2654435761)
		p.Time, p.Length = begin.Add(time.Duration(i)*2*time.Microsecond), len(frame)
		if p.Decode(capture.LinkEthernet, frame) == nil {
			s.Packet(&p)
		}
	}
}

// A million made-up sources cost no more than a thousand do, and do not hide the one
// who scans meanwhile.
func TestFloodOfSourcesCostsNothingAndHidesNobody(t *testing.T) {
	r := newRig(t, nil)
	flood(r.Sniffer, 1000, r.now, 0)
	before := heap()
	const rounds = 400
	for round := range rounds {
		flood(r.Sniffer, 2500, r.now, uint32(round*2500))
		r.now = r.now.Add(20 * time.Millisecond)
		r.send(segment(capture.SYN, capturetest.RawOptions)(at(attacker, 40000), at("10.0.0.1", uint16(round+1))))
	}
	if grown := heap() - before; grown > 1<<20 {
		t.Errorf("%d bytes more after a million sources", grown)
	}
	if load := r.Load(); load.Flows != 0 || load.Sources != 1 {
		t.Errorf("have %+v", load)
	}
	r.Flush()
	have := r.scans("scan_end")
	if len(have) != 1 || !strings.HasPrefix(have[0], "10.0.0.66 syn vertical: 10.0.0.1..10.0.0.1 (1) ports ") || !strings.HasSuffix(have[0], "-400") {
		t.Errorf("have %q", have)
	}
}

func BenchmarkSniffer(b *testing.B) {
	begin := time.Date(2026, 11, 28, 0, 0, 0, 0, time.UTC)
	b.Run("flood of sources", func(b *testing.B) {
		r := newRig(b, nil)
		b.ReportAllocs()
		b.ResetTimer()
		flood(r.Sniffer, b.N, begin, 0)
		report(b)
	})
	b.Run("scan of one source", func(b *testing.B) {
		r := newRig(b, nil)
		frame := segment(capture.SYN, capturetest.RawOptions)(at(attacker, 40000), at("10.0.0.1", 1))
		var p capture.Packet
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			binary.BigEndian.PutUint32(frame[30:], uint32(10<<24+i>>16))
			binary.BigEndian.PutUint16(frame[36:], uint16(i))
			replay(b, r.Sniffer, &p, frame, begin.Add(time.Duration(i)*2*time.Microsecond))
		}
		report(b)
	})
	b.Run("data of 1000 connections", func(b *testing.B) {
		r := newRig(b, func(c *wire.Config) {
			c.Target = func(a netip.Addr) bool { return a == netip.MustParseAddr("10.0.0.1") }
		})
		var conns []*connection
		for i := range 1000 {
			c := dial(at("10.0.1.1", uint16(1024+i)), at("10.0.0.1", 80))
			r.send(c.handshake()...)
			conns = append(conns, c)
		}
		frame := conns[0].says(true, capture.PSH|capture.ACK, string(make([]byte, 1000)))
		var p capture.Packet
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			c := conns[i%1000]
			binary.BigEndian.PutUint16(frame[34:], c.client.Port())
			binary.BigEndian.PutUint32(frame[38:], c.up)
			c.up += 1000
			replay(b, r.Sniffer, &p, frame, r.now.Add(time.Duration(i)*2*time.Microsecond))
		}
		report(b)
	})
	b.Run("whole connections", func(b *testing.B) {
		r := newRig(b, nil)
		var packets [][]byte
		for i := range 1000 {
			c := dial(at("10.0.1.1", uint16(1024+i)), at("10.0.0.1", 80))
			packets = append(packets, c.handshake()...)
			packets = append(packets, c.says(true, capture.PSH|capture.ACK, "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: y\r\n\r\n"), c.says(false, capture.PSH|capture.ACK, "HTTP/1.1 200 OK\r\n\r\n"))
			packets = append(packets, c.closing()...)
		}
		var p capture.Packet
		b.ReportAllocs()
		for i := 0; b.Loop(); i++ {
			if len(r.found) > 1<<12 {
				r.found = r.found[:0]
			}
			replay(b, r.Sniffer, &p, packets[i%len(packets)], begin.Add(time.Duration(i)*2*time.Microsecond))
		}
		report(b)
	})
}

func replay(b *testing.B, s *wire.Sniffer, p *capture.Packet, frame []byte, now time.Time) {
	p.Time, p.Length = now, len(frame)
	if err := p.Decode(capture.LinkEthernet, frame); err != nil {
		b.Fatal(err)
	}
	s.Packet(p)
}

func report(b *testing.B) { b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "packets/s") }

// BenchmarkWire is the whole of it: one thread sends as fast as it can, SYNs from
// ever other sources or data of connections, and another reads and analyses.
func BenchmarkWire(b *testing.B) {
	for name, frame := range map[string][]byte{
		"flood of sources": (&capturetest.Segment{Src: at("11.0.0.0", 1024), Dst: at("10.0.0.1", 22), Flags: capture.SYN, Options: capturetest.LinuxOptions}).Frame(),
		"scan":             (&capturetest.Segment{Src: at("11.0.0.1", 1024), Dst: at("10.0.0.0", 22), Flags: capture.SYN, Options: capturetest.RawOptions}).Frame(),
	} {
		offset := 26 // of the source
		if name == "scan" {
			offset = 30
		}
		b.Run(name, func(b *testing.B) {
			cable := capturetest.NewCable(b)
			ring, err := capture.Open(capturetest.Near, capture.Options{Promiscuous: true})
			if err != nil {
				b.Fatal(err)
			}
			defer ring.Close()
			r := newRig(b, nil)
			done := make(chan struct{})
			b.ResetTimer()
			go func() {
				defer close(done)
				if err := cable.Flood(b.N, frame, func(i int, f []byte) { binary.BigEndian.PutUint32(f[offset:], uint32(11<<24+i)) }); err != nil {
					b.Error(err)
				}
			}()
			var p capture.Packet
			got := 0
			for got < b.N && ring.Next(&p) == nil {
				if r.Packet(&p); p.Kind == capture.TCP {
					got++
				}
			}
			b.StopTimer()
			<-done
			s, err := ring.Stats()
			if err != nil {
				b.Fatal(err)
			}
			b.ReportMetric(float64(got)/b.Elapsed().Seconds(), "packets/s")
			b.ReportMetric(float64(s.Dropped), "dropped")
		})
	}
}
