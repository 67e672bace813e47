package capture_test

import (
	"encoding/binary"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

func open(t testing.TB, iface string, o capture.Options) *capture.Ring {
	t.Helper()
	r, err := capture.Open(iface, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(r.Close)
	return r
}

// next are the next packets from or to the addresses of tests, until none comes.
func next(t *testing.T, r *capture.Ring) (out []string) {
	t.Helper()
	for {
		var p capture.Packet
		err := r.Next(&p)
		if errors.Is(err, capture.ErrTimeout) {
			return out
		}
		if err != nil {
			t.Fatal(err)
		}
		if p.Kind == capture.UDP && p.DstPort == 99 {
			out = append(out, p.Dst.String()+" "+string(p.Payload))
			if age := time.Since(p.Time); age < -time.Minute || age > time.Minute {
				t.Errorf("it was captured %s ago", age)
			}
		}
	}
}

func TestRing(t *testing.T) {
	cable := capturetest.NewCable(t)
	all := open(t, capturetest.Near, capture.Options{Promiscuous: true})
	some := open(t, capturetest.Near, capture.Options{Promiscuous: true, Ring: capture.MinRing, Filter: capture.Filter{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/30")}, Protocols: []uint8{17}}})
	cut := open(t, capturetest.Near, capture.Options{Promiscuous: true, Snap: capture.MinSnap})
	long := strings.Repeat("x", 500)
	for _, f := range [][]byte{
		capturetest.UDP(port(four, 98), port(four2, 99), []byte("one")),
		capturetest.UDP(port(netip.MustParseAddr("10.0.0.9"), 98), port(netip.MustParseAddr("10.0.0.10"), 99), []byte("two")),
		capturetest.UDP(port(six, 98), port(six2, 99), []byte("three")),
		capturetest.UDP(port(four, 98), port(four2, 99), []byte(long)),
		capturetest.Ethernet(capturetest.Broadcast, capturetest.MACOf(four), 0x88cc, make([]byte, 60)),
	} {
		if err := cable.Send(f); err != nil {
			t.Fatal(err)
		}
	}
	for _, test := range []struct {
		name string
		r    *capture.Ring
		want string
	}{
		{"all", all, "10.0.0.2 one, 10.0.0.10 two, fd00::2 three, 10.0.0.2 " + long},
		{"filtered", some, "10.0.0.2 one, 10.0.0.2 " + long},
		{"cut", cut, "10.0.0.2 one, 10.0.0.10 two, fd00::2 three, 10.0.0.2 " + long[:capture.MinSnap-42]},
	} {
		if have := strings.Join(next(t, test.r), ", "); have != test.want {
			t.Errorf("%s: have %.200q, want %.200q", test.name, have, test.want)
		}
	}
	s, err := all.Stats()
	if err != nil || s.Packets < 5 || s.Dropped != 0 || s.Unknown == 0 {
		t.Errorf("have %+v, %v", s, err)
	}
}

// On a loopback interface every packet passes twice and is seen once.
func TestLoopbackIsSeenOnce(t *testing.T) {
	capturetest.NewCable(t)
	r := open(t, "lo", capture.Options{})
	c, err := net.Dial("udp", "127.0.0.1:99")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = c.Close() }()
	if _, err := c.Write([]byte("once")); err != nil {
		t.Fatal(err)
	}
	if have := next(t, r); len(have) != 1 {
		t.Errorf("have %q", have)
	}
}

// The kernel takes the tag of a VLAN off; it is there all the same.
func TestTagsAreSeen(t *testing.T) {
	cable := capturetest.NewCable(t)
	r := open(t, capturetest.Near, capture.Options{Promiscuous: true, Filter: capture.Filter{Networks: []netip.Prefix{netip.MustParsePrefix("10.0.0.0/24")}}})
	if err := cable.Send(frames()["tagged"]); err != nil {
		t.Fatal(err)
	}
	for {
		var p capture.Packet
		if err := r.Next(&p); err != nil {
			t.Fatal(err)
		}
		if p.Kind == capture.TCP {
			if p.VLAN != 42 || p.DstPort != 22 {
				t.Errorf("have %+v", p)
			}
			return
		}
	}
}

// Who does not read is told what was lost.
func TestDropsAreCounted(t *testing.T) {
	cable := capturetest.NewCable(t)
	r := open(t, capturetest.Near, capture.Options{Ring: capture.MinRing, Promiscuous: true})
	frame := capturetest.UDP(port(four, 98), port(four2, 99), make([]byte, 1400))
	for range 2000 {
		if err := cable.Send(frame); err != nil {
			t.Fatal(err)
		}
	}
	seen := len(next(t, r))
	if s, err := r.Stats(); err != nil || s.Dropped == 0 || s.Packets < 2000 || uint64(seen)+s.Dropped < 2000 {
		t.Errorf("have %+v of which %d were read, %v", s, seen, err)
	}
}

func TestInterfacesThatCannotBeRead(t *testing.T) {
	if _, err := capture.Open("nosuch0", capture.Options{}); err == nil || !strings.Contains(err.Error(), "no interface nosuch0") {
		t.Errorf("have %v", err)
	}
	for _, o := range []capture.Options{{Snap: 1}, {Snap: capture.MaxSnap + 1}, {Ring: 1}, {Ring: capture.MaxRing + 1}} {
		if _, err := capture.Open("lo", o); err == nil || !strings.Contains(err.Error(), "want 128 to 65536") {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if os.Geteuid() != 0 {
		if _, err := capture.Open("lo", capture.Options{}); !errors.Is(err, capture.ErrNoPrivilege) {
			t.Errorf("without privileges: %v", err)
		}
	}
}

// BenchmarkRing sends as fast as one thread can and reads with another.
func BenchmarkRing(b *testing.B) {
	cable := capturetest.NewCable(b)
	r := open(b, capturetest.Near, capture.Options{Promiscuous: true})
	frame := capturetest.UDP(port(four, 98), port(four2, 99), make([]byte, 18))
	done := make(chan struct{})
	b.ResetTimer()
	go func() {
		defer close(done)
		if err := cable.Flood(b.N, frame, func(i int, f []byte) { binary.BigEndian.PutUint32(f[26:], uint32(i)) }); err != nil {
			b.Error(err)
		}
	}()
	var p capture.Packet
	got := 0
	for got < b.N && r.Next(&p) == nil {
		if p.Kind == capture.UDP && p.DstPort == 99 {
			got++
		}
	}
	b.StopTimer()
	<-done
	s, err := r.Stats()
	if err != nil {
		b.Fatal(err)
	}
	b.ReportMetric(float64(got)/b.Elapsed().Seconds(), "packets/s")
	b.ReportMetric(float64(s.Dropped), "dropped")
}
