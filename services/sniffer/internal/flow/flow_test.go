package flow

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

// watcher is a table that writes down what it hears.
type watcher struct {
	*testing.T
	*Table
	now      time.Time
	up, down []byte
	closed   []Flow
	opened   int
	enough   int // after so many bytes of a direction it wants no more; 0 is never
}

func watch(t *testing.T, l Limits) *watcher {
	t.Helper()
	if err := l.Validate(); err != nil {
		t.Fatal(err)
	}
	w := &watcher{T: t, now: time.Unix(1000, 0)}
	w.Table = New(l, w)
	return w
}

func (w *watcher) Established(f *Flow) { w.opened++; f.User = w.opened }

func (w *watcher) Data(_ *Flow, fromClient bool, b []byte) bool {
	to := &w.up
	if !fromClient {
		to = &w.down
	}
	*to = append(*to, b...)
	return w.enough == 0 || len(*to) < w.enough
}

func (w *watcher) Closed(f *Flow) { w.closed = append(w.closed, *f) }

var (
	client = netip.MustParseAddrPort("10.0.0.66:40000")
	server = netip.MustParseAddrPort("10.0.0.1:22")
)

var (
	clientISN uint32 = 0xfffffff8 // it wraps soon
	serverISN uint32 = 5000
)

// see has a segment seen and returns what it was.
func (w *watcher) see(fromClient bool, flags capture.Flags, seq, ack uint32, payload string) Verdict {
	s := capturetest.Segment{Src: client, Dst: server, Flags: flags, Seq: seq, Ack: ack, Payload: []byte(payload)}
	if !fromClient {
		s.Src, s.Dst = server, client
	}
	w.now = w.now.Add(10 * time.Millisecond)
	return w.Packet(capturetest.Decode(w.now, s.Frame()))
}

const (
	syn    = capture.SYN
	synAck = capture.SYN | capture.ACK
	ack    = capture.ACK
)

// open completes a handshake.
func (w *watcher) open() {
	w.Helper()
	for i, have := range []Verdict{w.see(true, syn, clientISN, 0, ""), w.see(false, synAck, serverISN, clientISN+1, ""), w.see(true, ack, clientISN+1, serverISN+1, "")} {
		if want := []Verdict{Opening, Answer, Established}[i]; have != want {
			w.Fatalf("packet %d of the handshake is %d, want %d", i, have, want)
		}
	}
}

// says is data of the client's, from an offset of its stream on.
func (w *watcher) says(offset uint32, text string) {
	w.see(true, ack, clientISN+1+offset, serverISN+1, text)
}

func TestVerdicts(t *testing.T) {
	type seen struct {
		fromClient bool
		flags      capture.Flags
		seq, ack   uint32
		payload    string
		want       Verdict
	}
	tests := map[string][]seen{
		"a SYN twice":         {{true, syn, 1, 0, "", Opening}, {true, syn, 1, 0, "", Known}},
		"a SYN anew":          {{true, syn, 1, 0, "", Opening}, {true, syn, 2, 0, "", Opening}},
		"refused":             {{true, syn, 1, 0, "", Opening}, {false, capture.RST | ack, 0, 2, "", Refusal}, {true, syn, 1, 0, "", Known}},
		"taken back":          {{true, syn, 1, 0, "", Opening}, {false, synAck, 9, 2, "", Answer}, {false, synAck, 9, 2, "", Known}, {true, capture.RST, 2, 0, "", Abandoned}},
		"guessed":             {{true, syn, 1, 0, "", Opening}, {false, synAck, 1 << 20, 2, "", Answer}, {true, ack, 2, 77, "", Known}},
		"stray":               {{true, ack, 1, 1, "", Stray}, {true, ack, 1, 1, "", Known}, {false, capture.RST, 1, 0, "", Refusal}},
		"stray without flags": {{true, 0, 1, 1, "", Stray}},
		"half-way":            {{true, ack, 1, 1, "", Stray}, {false, ack, 1, 1, "", Alive}, {true, ack, 1, 1, "", Known}},
		"half-way with data":  {{true, ack, 1, 1, "data", Known}, {false, ack, 1, 1, "", Known}},
		"half-way, data next": {{true, ack, 1, 1, "", Stray}, {true, ack, 1, 1, "data", Alive}},
		"backscatter":         {{true, capture.RST | ack, 1, 1, "", Known}, {true, synAck, 1, 1, "", Known}},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			w := watch(t, Default())
			for i, s := range test {
				if have := w.see(s.fromClient, s.flags, s.seq, s.ack, s.payload); have != s.want {
					t.Errorf("packet %d is %d, want %d", i, have, s.want)
				}
			}
			if w.opened != 0 || w.Len() != 0 {
				t.Errorf("%d flows", w.opened)
			}
		})
	}
}

func TestFiguresOfAConnection(t *testing.T) {
	w := watch(t, Default())
	w.open()
	w.says(0, "hello, ")
	w.see(false, ack, serverISN+1, clientISN+8, "answer")
	w.says(7, "world")
	w.says(7, "world")                               // again
	w.see(true, ack, clientISN+12, serverISN+7, "x") // a keep-alive
	w.see(true, capture.FIN|ack, clientISN+13, serverISN+7, "")
	if len(w.closed) != 0 {
		t.Error("it is closed before both sides are done")
	}
	w.see(false, capture.FIN|ack, serverISN+7, clientISN+14, "")
	w.see(true, ack, clientISN+14, serverISN+8, "")
	w.see(false, ack, serverISN+8, clientISN+14, "") // late
	if string(w.up) != "hello, world" || string(w.down) != "answer" || len(w.closed) != 1 {
		t.Fatalf("have %q and %q, %d closed", w.up, w.down, len(w.closed))
	}
	f := w.closed[0]
	if f.Client != client || f.Server != server || f.ServerRTT != 10*time.Millisecond || f.ClientRTT != 10*time.Millisecond || f.Duration() != 90*time.Millisecond || f.End != EndFIN {
		t.Errorf("have %+v", f)
	}
	if f.Up.Packets != 6 || f.Up.Bytes != 18 || f.Up.Retransmissions != 1 || f.Down.Packets != 2 || f.Down.Bytes != 6 || f.Down.Retransmissions != 0 {
		t.Errorf("have %+v and %+v", f.Up, f.Down)
	}
	if len(f.SYN) != 40 || f.SYN[0] != 0x45 {
		t.Errorf("the SYN is % x", f.SYN)
	}
	w.Tick(w.now.Add(Default().Linger))
	if w.Len() != 0 {
		t.Error("it is remembered for ever")
	}
}

func TestSegmentsOutOfOrder(t *testing.T) {
	const text = "The quick brown fox jumps over the lazy dog."
	for seed := range uint64(200) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := watch(t, Default())
		w.open()
		// Pieces that overlap, in any order, some twice.
		var pieces [][2]int
		for at := 0; at < len(text); {
			end := min(len(text), at+1+r.IntN(9))
			from := max(0, at-r.IntN(4))
			pieces = append(pieces, [2]int{from, end})
			if r.IntN(3) == 0 {
				pieces = append(pieces, [2]int{from, end})
			}
			at = end
		}
		r.Shuffle(len(pieces), func(i, j int) { pieces[i], pieces[j] = pieces[j], pieces[i] })
		for _, p := range pieces {
			w.says(uint32(p[0]), text[p[0]:p[1]])
		}
		if string(w.up) != text || w.Waiting() != 0 {
			t.Fatalf("seed %d: have %q, %d bytes wait", seed, w.up, w.Waiting())
		}
	}
}

func TestWhatWasDeliveredStays(t *testing.T) {
	w := watch(t, Default())
	w.open()
	w.says(0, "good")
	w.says(0, "evil")
	w.says(2, "iles")
	if string(w.up) != "goodes" {
		t.Errorf("have %q", w.up)
	}
	w.says(8, "later")
	w.says(7, "L") // begins first, and is believed
	w.says(6, "a")
	if string(w.up) != "goodesaLlater" {
		t.Errorf("have %q", w.up)
	}
}

func TestEverythingIsBounded(t *testing.T) {
	l := Default()
	l.Stream, l.Waiting, l.Memory, l.Flows = 1<<10, 1<<10, 1500, 2
	t.Run("a stream", func(t *testing.T) {
		w := watch(t, l)
		w.open()
		for i := range uint32(100) {
			w.says(i*100, string(make([]byte, 100)))
		}
		w.says(1<<14, "ahead")
		if len(w.up) != 1<<10 || w.Waiting() != 0 {
			t.Errorf("%d bytes were delivered, %d wait", len(w.up), w.Waiting())
		}
	})
	t.Run("what waits", func(t *testing.T) {
		w := watch(t, l)
		w.open()
		for i := range uint32(100) {
			w.says(1+i*100, string(make([]byte, 100)))
			w.see(false, ack, serverISN+2+i*100, clientISN+1, string(make([]byte, 100)))
		}
		w.says(1<<21, "too far ahead")
		if w.Waiting() > 1500 || w.Waiting() < 1000 {
			t.Errorf("%d bytes wait", w.Waiting())
		}
		w.Flush()
		if w.Waiting() != 0 || w.closed[0].End != EndCapture {
			t.Errorf("%d bytes wait after the end, which was %s", w.Waiting(), w.closed[0].End)
		}
	})
	t.Run("small segments", func(t *testing.T) {
		w := watch(t, l)
		w.open()
		for i := range uint32(1000) {
			w.says(1+i*2, "x")
		}
		if w.Waiting() > maxWaiting {
			t.Errorf("%d segments wait", w.Waiting())
		}
	})
	t.Run("flows", func(t *testing.T) {
		w := watch(t, l)
		defer func(c netip.AddrPort) { client = c }(client)
		for port := range uint16(5) {
			client = netip.AddrPortFrom(client.Addr(), 1000+port)
			w.open()
		}
		if w.Len() != 2 || len(w.closed) != 3 || w.closed[0].Client.Port() != 1000 || w.closed[0].End != EndEvicted {
			t.Errorf("%d flows, closed are %+v", w.Len(), w.closed)
		}
		w.Tick(w.now.Add(l.Idle))
		if w.Len() != 0 || w.closed[4].End != EndIdle {
			t.Errorf("%d flows after a long silence", w.Len())
		}
	})
	t.Run("handshakes", func(t *testing.T) {
		l.Handshake = 64
		w := watch(t, l)
		for i := range 10000 {
			s := capturetest.Segment{Src: netip.AddrPortFrom(client.Addr(), uint16(i)), Dst: server, Flags: syn}
			if v := w.Packet(capturetest.Decode(w.now, s.Frame())); v != Opening {
				t.Fatalf("SYN %d is %d", i, v)
			}
		}
		if len(w.slots.all) != 64 {
			t.Errorf("%d slots", len(w.slots.all))
		}
		w.open() // and still works
	})
}

func TestEndsOfConnections(t *testing.T) {
	w := watch(t, Default())
	w.open()
	w.see(true, capture.RST, clientISN+1+(1<<30), 0, "") // somebody else's
	if len(w.closed) != 0 {
		t.Error("a RST out of the window ends it")
	}
	w.see(true, capture.RST, clientISN+1, 0, "")
	w.see(true, capture.RST, clientISN+1, 0, "")
	if len(w.closed) != 1 || w.closed[0].End != EndRST {
		t.Fatalf("have %+v", w.closed)
	}
	// The same ports again.
	w.open()
	w.says(0, "again")
	if w.opened != 2 || !bytes.Equal(w.up, []byte("again")) {
		t.Errorf("%d flows, %q", w.opened, w.up)
	}
}

func TestWhoWantsNoMoreGetsNone(t *testing.T) {
	w := watch(t, Default())
	w.enough = 3
	w.open()
	w.says(4, "ly")
	w.says(0, "most")
	w.says(6, "later")
	w.Flush()
	if string(w.up) != "most" || w.closed[0].Up.Bytes != 11 || w.Waiting() != 0 {
		t.Errorf("have %q of %d bytes", w.up, w.closed[0].Up.Bytes)
	}
}

func TestLimitsThatCannotWork(t *testing.T) {
	for i, change := range []func(*Limits){
		func(l *Limits) { l.Flows = 0 }, func(l *Limits) { l.Handshake = 3 }, func(l *Limits) { l.Stream = 10 }, func(l *Limits) { l.Waiting = -1 },
		func(l *Limits) { l.Memory = -1 }, func(l *Limits) { l.Idle = 0 }, func(l *Limits) { l.Linger = time.Hour },
	} {
		l := Default()
		change(&l)
		if err := l.Validate(); err == nil {
			t.Errorf("change %d is valid: %s", i, fmt.Sprint(l))
		}
	}
}

// Whatever comes, in whatever order: it ends, and what waits is given back.
func FuzzTable(f *testing.F) {
	f.Add([]byte{2, 0, 0, 0, 0, 0x92, 0, 0, 0, 1, 0x90, 1, 0, 1, 0})
	f.Add([]byte{2, 0, 0, 0, 0, 0x12, 0, 1, 0, 0, 0x10, 5, 1, 1, 9, 0x14, 1, 1, 1, 1})
	f.Fuzz(func(t *testing.T, b []byte) {
		l := Default()
		l.Flows, l.Handshake, l.Memory = 2, 8, 1<<12
		w := watch(t, l)
		for ; len(b) >= 5; b = b[5:] {
			w.see(b[0]&0x80 == 0, capture.Flags(b[0]&0x3f), uint32(b[1])+uint32(b[4]>>4)<<8, uint32(b[2]), string(make([]byte, b[3]&0x3f)))
			if b[4]&7 == 7 {
				w.Tick(w.now.Add(time.Minute))
			}
		}
		w.Flush()
		if w.Len() != 0 || w.Waiting() != 0 || w.opened != len(w.closed) {
			t.Errorf("%d flows and %d bytes are left, %d of %d closed", w.Len(), w.Waiting(), len(w.closed), w.opened)
		}
	})
}
