package probe_test

import (
	"net"
	"net/netip"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/services/prober/probe"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	here     = netip.MustParseAddr("127.0.0.1")
	loopback = &probe.Rules{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}}
)

func newDialer() *probe.Dialer {
	return &probe.Dialer{Check: func(a netip.Addr) error { return loopback.Check(a, probe.Around{}) }}
}

// plan asks for kinds at one port, within bounds that tests can wait for.
func plan(port uint16, kinds ...probe.Kind) probe.Plan {
	p := probe.Plan{Timeout: 10 * time.Second, Budget: time.Minute, Parallel: 1}
	for _, k := range kinds {
		p.Tasks = append(p.Tasks, probe.Task{Kind: k, Port: port})
	}
	return p
}

// one is the finding of one kind at a port of this machine.
func one(t *testing.T, kind probe.Kind, port uint16) probe.Finding {
	t.Helper()
	return probe.Run(t.Context(), newDialer(), here, plan(port, kind))[0]
}

// serve has handle talk to everybody who connects, until the test ends.
func serve(t *testing.T, handle func(*net.TCPConn)) (port uint16) {
	t.Helper()
	l, err := net.ListenTCP("tcp4", &net.TCPAddr{IP: here.AsSlice()})
	if err != nil {
		t.Fatal(err)
	}
	var (
		mu      sync.Mutex
		conns   []*net.TCPConn
		running sync.WaitGroup
	)
	running.Go(func() {
		for {
			c, err := l.AcceptTCP()
			if err != nil {
				return
			}
			mu.Lock()
			conns = append(conns, c)
			mu.Unlock()
			running.Go(func() {
				defer func() { _ = c.Close() }()
				handle(c)
			})
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		for _, c := range conns {
			_ = c.Close()
		}
		mu.Unlock()
		running.Wait()
	})
	return l.Addr().(*net.TCPAddr).AddrPort().Port()
}
