package probe_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"net"
	"net/netip"
	"runtime"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/decnet/decnet/services/prober/probe"
)

// read takes whatever comes, so that a hello is not answered by a reset.
func read(c *net.TCPConn) {
	b := make([]byte, 4<<10)
	for {
		if _, err := c.Read(b); err != nil {
			return
		}
	}
}

// A host that means harm costs bounded time and memory, and is never more than it is.
func TestHostileHosts(t *testing.T) {
	write := func(piece func() []byte, pause time.Duration) func(*net.TCPConn) {
		return func(c *net.TCPConn) {
			go read(c)
			for {
				if _, err := c.Write(piece()); err != nil {
					return
				}
				time.Sleep(pause)
			}
		}
	}
	text := bytes.Repeat([]byte("SSH-2.0-"), 8<<10)
	lines := bytes.Repeat([]byte("x\r\n"), 8<<10)
	record := append([]byte{22, 3, 3, 0x40, 0, 2, 0xff, 0xff, 0xff}, make([]byte, 0x3ffb)...)
	hosts := map[string]func(*net.TCPConn){
		"tarpit":             read,
		"drips":              write(func() []byte { return []byte{22} }, 20*time.Millisecond),
		"drips lines":        write(func() []byte { return []byte("x\r\n") }, 20*time.Millisecond),
		"resets":             func(c *net.TCPConn) { _ = c.SetLinger(0) },
		"closes":             func(*net.TCPConn) {},
		"floods with zeros":  write(func() []byte { return make([]byte, 64<<10) }, 0),
		"floods with text":   write(func() []byte { return text }, 0),
		"floods with lines":  write(func() []byte { return lines }, 0),
		"floods with TLS":    write(func() []byte { return record }, 0),
		"floods with random": write(func() []byte { b := make([]byte, 64<<10); _, _ = rand.Read(b); return b }, 0),
		"a huge packet": func(c *net.TCPConn) {
			_, _ = c.Write([]byte("SSH-2.0-x\r\n\xff\xff\xff\xff\x04"))
			read(c)
		},
		"a huge certificate": func(c *net.TCPConn) {
			_, _ = c.Write([]byte{22, 3, 3, 0, 4, 11, 0xff, 0xff, 0xff})
			read(c)
		},
		"headers without end": func(c *net.TCPConn) {
			_, _ = c.Write([]byte("HTTP/1.1 200 OK\r\n"))
			write(func() []byte { return []byte("A: b\r\n") }, 0)(c)
		},
	}
	for name, host := range hosts {
		t.Run(name, func(t *testing.T) {
			port := serve(t, host)
			p := plan(port, probe.SSH, probe.Certificate, probe.JARM, probe.HTTP, probe.Banner)
			p.Timeout, p.Budget = 200*time.Millisecond, 4*time.Second
			var before, after runtime.MemStats
			runtime.ReadMemStats(&before)
			begun := time.Now()
			got := probe.Run(t.Context(), newDialer(), here, p)
			if took := time.Since(begun); took > p.Budget+10*time.Second {
				t.Errorf("it took %v", took)
			}
			runtime.ReadMemStats(&after)
			// The host is in this process too: what it sends is made once, but for random.
			if more := int64(after.HeapAlloc) - int64(before.HeapAlloc); more > 64<<20 {
				t.Errorf("%d MiB more are in use", more>>20)
			}
			for _, f := range got {
				size := len(f.Value) + len(f.Reason)
				for k, v := range f.Fields {
					size += len(k) + len(v)
				}
				if size > 8<<10 {
					t.Errorf("a finding of %d bytes: %+v", size, f)
				}
				// JARM does not look at more than the beginning of a hello.
				if f.Outcome == probe.Found && (f.Kind == probe.Certificate || f.Kind == probe.JARM && name != "floods with TLS") {
					t.Errorf("it is taken for TLS: %+v", f)
				}
				if f.Outcome == probe.Skipped || f.Outcome == probe.Failed {
					t.Errorf("have %+v", f)
				}
			}
		})
	}
}

func TestClosedPortIsAskedOnce(t *testing.T) {
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: here.AsSlice()})
	if err != nil {
		t.Fatal(err)
	}
	port := l.Addr().(*net.TCPAddr).AddrPort().Port()
	_ = l.Close()
	d := newDialer()
	for _, f := range probe.Run(t.Context(), d, here, plan(port, probe.Kinds()...)) {
		if f.Outcome != probe.Closed && (f.Kind != probe.TCP || f.Outcome != probe.Failed) {
			t.Errorf("have %+v", f)
		}
	}
	if n := d.Connections(); n != 1 {
		t.Errorf("%d connections to a closed port", n)
	}
}

func TestParallelIsBounded(t *testing.T) {
	for _, most := range []int{1, 3} {
		var now, highest atomic.Int64
		port := serve(t, func(c *net.TCPConn) {
			n := now.Add(1)
			for h := highest.Load(); n > h && !highest.CompareAndSwap(h, n); h = highest.Load() {
			}
			_, _ = c.Write([]byte("x"))
			time.Sleep(5 * time.Millisecond)
			now.Add(-1)
		})
		p := plan(port)
		for range 12 {
			p.Tasks = append(p.Tasks, probe.Task{Kind: probe.Banner, Port: port})
		}
		p.Parallel = most
		probe.Run(t.Context(), newDialer(), here, p)
		if h := highest.Load(); h > int64(most) {
			t.Errorf("%d connections at once, want at most %d", h, most)
		}
	}
}

func TestBudgetAndEnd(t *testing.T) {
	port := serve(t, read)
	p := plan(port, probe.SSH, probe.Certificate, probe.HTTP)
	p.Timeout, p.Budget = time.Hour, 100*time.Millisecond
	for i, f := range probe.Run(t.Context(), newDialer(), here, p) {
		if want := []probe.Outcome{probe.Nothing, probe.Skipped, probe.Skipped}[i]; f.Outcome != want {
			t.Errorf("have %+v, want %s", f, want)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	connected := make(chan struct{})
	var once sync.Once
	port = serve(t, func(c *net.TCPConn) {
		once.Do(func() { close(connected) })
		read(c)
	})
	p = plan(port, probe.SSH, probe.HTTP)
	p.Timeout, p.Budget = time.Hour, time.Hour
	ended := make(chan []probe.Finding, 1)
	go func() { ended <- probe.Run(ctx, newDialer(), here, p) }()
	<-connected
	cancel()
	if got := <-ended; got[1].Outcome != probe.Skipped {
		t.Errorf("have %+v", got)
	}
}

// The rules may change while a connection waits for its turn.
func TestRulesAreAskedLast(t *testing.T) {
	var connections atomic.Int64
	port := serve(t, func(*net.TCPConn) { connections.Add(1) })
	var waited bool
	d := &probe.Dialer{
		Check: func(netip.Addr) error {
			if waited {
				return &probe.Refusal{Address: here, Reason: "no more"}
			}
			return nil
		},
		Wait: func(context.Context) error { waited = true; return nil },
	}
	f := probe.Run(t.Context(), d, here, plan(port, probe.Banner))[0]
	if f.Outcome != probe.Refused || d.Connections() != 0 || connections.Load() != 0 {
		t.Errorf("have %+v, %d connections", f, d.Connections())
	}
	d = newDialer()
	d.Wait = func(context.Context) error { return errors.New("too many") }
	if f := probe.Run(t.Context(), d, here, plan(port, probe.Banner))[0]; f.Outcome != probe.Skipped || d.Connections() != 0 {
		t.Errorf("have %+v", f)
	}
}

func TestSource(t *testing.T) {
	from := make(chan net.Addr, 1)
	port := serve(t, func(c *net.TCPConn) { from <- c.RemoteAddr() })
	d := newDialer()
	d.Sources = []netip.Addr{netip.MustParseAddr("127.0.0.99")}
	probe.Run(t.Context(), d, here, plan(port, probe.Banner))
	if host, _, _ := net.SplitHostPort((<-from).String()); host != "127.0.0.99" {
		t.Errorf("it came from %s", host)
	}
	f := probe.Run(t.Context(), d, netip.IPv6Loopback(), plan(port, probe.Banner))[0]
	if f.Outcome != probe.Refused || d.Connections() != 1 {
		t.Errorf("have %+v", f)
	}
}
