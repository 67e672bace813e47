package scan

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
)

func TestPortsAsText(t *testing.T) {
	for want, ports := range map[string][]uint16{
		"": {}, "0": {0}, "22,80": {80, 22}, "1-3,65535": {3, 65535, 1, 2}, "65534-65535": {65534, 65535},
	} {
		var s set
		for _, p := range ports {
			s.add(p)
		}
		if have := s.text(); have != want || s.len() != len(ports) {
			t.Errorf("%v: have %q of %d, want %q", ports, have, s.len(), want)
		}
	}
	var all, odd set
	for p := range 1 << 16 {
		all.add(uint16(p))
		if p%2 == 1 {
			odd.add(uint16(p))
		}
	}
	if have := all.text(); have != "0-65535" {
		t.Errorf("have %q", have)
	}
	if have := odd.text(); len(have) > maxList+10 || !strings.HasSuffix(have, ",…") {
		t.Errorf("have %d bytes, %q", len(have), have)
	}
}

func TestAddressesAreCounted(t *testing.T) {
	var one, many tally
	for i := range 3000 {
		one.add(&kept{target: netip.AddrFrom4([4]byte{10, 9, byte(i >> 8), byte(i)})})
	}
	if one.count() != 3000 {
		t.Errorf("in one network have %d", one.count())
	}
	r := rand.New(rand.NewPCG(1, 2))
	for range 50000 {
		many.add(&kept{target: netip.AddrFrom4([4]byte{byte(1 + r.IntN(200)), byte(r.IntN(256)), byte(r.IntN(256)), byte(r.IntN(256))})})
	}
	if have := many.count(); have < 48000 || have > 52000 {
		t.Errorf("in many networks have %d, want about 50000", have)
	}
	if one.low != netip.MustParseAddr("10.9.0.0") || one.high != netip.MustParseAddr("10.9.11.183") {
		t.Errorf("from %s to %s", one.low, one.high)
	}
}

// bench is a detector whose reports are kept.
type bench struct {
	*Detector
	reports []Report
	now     time.Time
}

func newBench(l Limits, target func(netip.Addr) bool) *bench {
	b := &bench{now: time.Unix(1e9, 0)}
	b.Detector = New(l, target, func(_ *Source, r *Report) { b.reports = append(b.reports, *r) })
	return b
}

func (b *bench) try(source, target string, port uint16) {
	b.now = b.now.Add(time.Millisecond)
	b.Contact(&Contact{Type: SYN, Time: b.now, Source: netip.MustParseAddr(source), Target: netip.MustParseAddr(target), Port: port})
}

func (b *bench) settle(source, target string, port uint16, o Outcome) {
	b.Settle(&Contact{Source: netip.MustParseAddr(source), Target: netip.MustParseAddr(target), Port: port}, o, SYN)
}

func (b *bench) later(d time.Duration) {
	for end := b.now.Add(d); b.now.Before(end); {
		b.now = b.now.Add(500 * time.Millisecond)
		b.Tick(b.now)
	}
}

func TestWhatIsAScan(t *testing.T) {
	tests := []struct {
		name string
		do   func(b *bench)
		want string // type and shape, "" for none
	}{
		{"nine ports", func(b *bench) {
			for i := range uint16(9) {
				b.try("10.0.0.9", "10.0.0.1", i)
			}
		}, ""},
		{"ten ports", func(b *bench) {
			for i := range uint16(10) {
				b.try("10.0.0.9", "10.0.0.1", i)
			}
		}, "syn vertical"},
		{"the same port again and again", func(b *bench) {
			for range 100 {
				b.try("10.0.0.9", "10.0.0.1", 22)
			}
		}, ""},
		{"ports that bear fruit", func(b *bench) {
			for i := range uint16(100) {
				b.try("10.0.0.9", "10.0.0.1", i)
				b.settle("10.0.0.9", "10.0.0.1", i, Fruitful)
			}
		}, ""},
		{"ports of which a third bears fruit", func(b *bench) {
			for i := range uint16(60) {
				if b.try("10.0.0.9", "10.0.0.1", i); i%3 == 0 {
					b.settle("10.0.0.9", "10.0.0.1", i, Fruitful)
				}
			}
		}, "syn vertical"},
		{"ports of which half bear fruit", func(b *bench) {
			for i := range uint16(60) {
				if b.try("10.0.0.9", "10.0.0.1", i); i%2 == 0 {
					b.settle("10.0.0.9", "10.0.0.1", i, Fruitful)
				}
			}
		}, ""},
		{"ports of a target on the Internet", func(b *bench) {
			for i := range uint16(10) {
				b.try("10.0.0.9", "203.0.113.1", i)
			}
		}, "syn vertical"},
		{"ports on the Internet", func(b *bench) {
			for i := range uint16(29) {
				b.try("10.0.0.9", "198.51.100.1", i)
			}
		}, ""},
		{"many ports on the Internet", func(b *bench) {
			for i := range uint16(30) {
				b.try("10.0.0.9", "198.51.100.1", i)
			}
		}, "syn vertical"},
		{"peers that are gone", func(b *bench) {
			for i := range 64 {
				b.try("10.0.0.9", fmt.Sprintf("9.%d.%d.1", i, i*3), uint16(1000+i*7))
			}
		}, ""},
		{"anything of a network", func(b *bench) {
			for i := range 64 {
				b.try("10.0.0.9", fmt.Sprintf("10.0.1.%d", i), uint16(1000+i*7))
			}
		}, "syn block"},
		{"once a minute", func(b *bench) {
			for i := range uint16(30) {
				b.try("10.0.0.9", "10.0.0.1", i)
				b.later(time.Minute)
			}
		}, ""},
		{"connections that are kept", func(b *bench) {
			for i := range uint16(30) {
				b.try("10.0.0.9", "10.0.0.1", i)
				b.settle("10.0.0.9", "10.0.0.1", i, Complete)
			}
		}, ""},
		{"connections without content", func(b *bench) {
			for i := range uint16(30) {
				b.try("10.0.0.9", "10.0.0.1", i)
				b.settle("10.0.0.9", "10.0.0.1", i, Complete)
				b.settle("10.0.0.9", "10.0.0.1", i, Barren)
			}
		}, "connect vertical"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			b := newBench(Default(), func(a netip.Addr) bool { return a == netip.MustParseAddr("203.0.113.1") })
			test.do(b)
			b.later(2 * time.Second)
			have := ""
			for _, r := range b.reports {
				have += fmt.Sprint(r.Type, " ", r.Shape)
			}
			if have != test.want {
				t.Errorf("have %q, want %q", have, test.want)
			}
		})
	}
}

func TestScansAndSourcesAreBounded(t *testing.T) {
	l := Default()
	l.Scans, l.Sources, l.Firsts = 4, 8, 64
	b := newBench(l, nil)
	const sources = 50
	for n := range sources {
		for i := range uint16(20) {
			b.try(fmt.Sprintf("10.1.0.%d", n), "10.0.0.1", i)
		}
		b.later(time.Second)
	}
	if b.Sources() > l.Sources || len(b.scans) > l.Scans {
		t.Errorf("%d sources, %d scans", b.Sources(), len(b.scans))
	}
	b.Flush(b.now)
	begun, ended := 0, 0
	for _, r := range b.reports {
		if r.Ended {
			ended++
		} else {
			begun++
		}
	}
	if begun != sources || ended != sources {
		t.Errorf("%d scans began and %d ended, want %d", begun, ended, sources)
	}
}

// Whatever sources try, what is kept of all of them is bounded, and is given back.
func TestContactsAndTalliesAreBounded(t *testing.T) {
	l := Default()
	l.Scans, l.Kept = 4, 2*maxKept
	b := newBench(l, nil)
	for n := range 40 {
		for kind := range types {
			for i := range 200 {
				b.now = b.now.Add(time.Microsecond)
				b.Contact(&Contact{Type: kind, Time: b.now, Source: netip.AddrFrom4([4]byte{10, 1, 0, byte(n)}), Target: netip.AddrFrom4([4]byte{byte(11 + i), byte(i), 3, 4}), Port: uint16(i * 17)})
			}
		}
		// The source itself stays, however much it has.
		if most := l.Kept + int(types)*maxKept; b.kept > most || b.tallies > 2*l.Scans || len(b.scans) > l.Scans {
			t.Fatalf("%d contacts, %d tallies, %d scans", b.kept, b.tallies, len(b.scans))
		}
		if n%3 == 0 {
			b.later(time.Second)
		}
	}
	b.Flush(b.now)
	for _, s := range b.sources.all {
		b.drop(s)
	}
	if b.kept != 0 || b.tallies != 0 || b.Sources() != 0 {
		t.Errorf("left are %d contacts, %d tallies, %d sources", b.kept, b.tallies, b.Sources())
	}
}

func TestAScanEndsOnceItIsQuiet(t *testing.T) {
	b := newBench(Default(), nil)
	for i := range uint16(20) {
		b.try("10.0.0.9", "10.0.0.1", i)
	}
	b.later(30 * time.Second)
	b.try("10.0.0.9", "10.0.0.1", 19) // nothing new
	if len(b.reports) != 1 {
		t.Fatalf("%d reports", len(b.reports))
	}
	b.later(31 * time.Second)
	if len(b.reports) != 2 || !b.reports[1].Ended || b.reports[1].Contacts != 20 || b.reports[1].PortCount != 20 || b.reports[1].Ports != "0-19" {
		t.Fatalf("have %+v", b.reports)
	}
	for i := range uint16(20) {
		b.try("10.0.0.9", "10.0.0.1", 100+i)
	}
	b.later(2 * time.Second)
	if len(b.reports) != 3 || b.reports[2].Ports != "100-119" {
		t.Errorf("another scan: have %+v", b.reports[2:])
	}
}

func TestStray(t *testing.T) {
	for flags, want := range map[capture.Flags]string{
		0: "null", capture.FIN: "fin", capture.FIN | capture.PSH | capture.URG: "xmas", capture.ACK: "ack", capture.FIN | capture.ACK: "maimon", capture.ACK | capture.ECE: "ack",
		capture.RST: "", capture.PSH | capture.ACK: "", capture.URG: "", capture.SYN | capture.FIN: "",
	} {
		kind, ok := Stray(flags)
		if ok != (want != "") || ok && kind.String() != want {
			t.Errorf("%x: have %s, %v", flags, kind, ok)
		}
	}
}

func TestLimitsThatCannotWork(t *testing.T) {
	for i, change := range []func(*Limits){
		func(l *Limits) { l.Firsts = 1 }, func(l *Limits) { l.Sources = 0 }, func(l *Limits) { l.Scans = 0 }, func(l *Limits) { l.Kept = 1 }, func(l *Limits) { l.Quiet = time.Second },
	} {
		l := Default()
		if change(&l); l.Validate() == nil {
			t.Errorf("change %d is valid", i)
		}
	}
}
