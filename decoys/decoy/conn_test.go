package decoy_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

type recorder struct {
	mu     sync.Mutex
	events []decnet.Event
}

func (r *recorder) Record(e *decnet.Event) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.events = append(r.events, *e)
}

// pipe returns a Conn with its peer's end.
func pipe(t *testing.T, limits decoy.Limits) (*decoy.Conn, net.Conn, *recorder) {
	t.Helper()
	ours, theirs := net.Pipe()
	r := &recorder{}
	source := netip.MustParseAddrPort("[::ffff:203.0.113.7]:50022")
	c := decoy.NewConn(ours, source, "ssh", decoy.Machine{Decky: "d-1"}, limits, r)
	t.Cleanup(func() { _, _ = ours.Close(), theirs.Close() })
	return c, theirs, r
}

func TestConnEndsAtItsLimits(t *testing.T) {
	tests := []struct {
		name   string
		limits decoy.Limits
		after  time.Duration
		reason string
		feed   bool
	}{
		{"a silent peer", decoy.Limits{Idle: time.Minute, Total: time.Hour}, time.Minute, "idle time", false},
		{"a busy peer", decoy.Limits{Idle: time.Minute, Total: time.Hour}, time.Hour, "total time", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				c, peer, _ := pipe(t, test.limits)
				begin := time.Now()
				var group sync.WaitGroup
				defer group.Wait()
				if test.feed {
					group.Go(func() {
						for {
							if _, err := peer.Write([]byte("x")); err != nil {
								return
							}
							time.Sleep(30 * time.Second)
						}
					})
				}
				_, err := io.Copy(io.Discard, c)
				if !errors.Is(err, decoy.ErrLimit) || c.Ended() != test.reason || time.Since(begin) != test.after {
					t.Errorf("ended after %v with %v: %q", time.Since(begin), err, c.Ended())
				}
				_, _ = c.Close(), peer.Close()
			})
		})
	}
}

func TestConnEndsWhoDoesNotRead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := pipe(t, decoy.Limits{Idle: time.Minute})
		if _, err := c.Write([]byte("x")); !errors.Is(err, decoy.ErrLimit) || c.Ended() != "idle time" {
			t.Errorf("have %v", err)
		}
	})
}

func TestHandlersDeadlineIsItsOwn(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c, _, _ := pipe(t, decoy.Limits{Idle: time.Hour, Total: 2 * time.Hour})
		if err := c.SetReadDeadline(time.Now().Add(time.Second)); err != nil {
			t.Fatal(err)
		}
		_, err := c.Read(make([]byte, 1))
		if !errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, decoy.ErrLimit) || c.Ended() != "" {
			t.Errorf("have %v, %q", err, c.Ended())
		}
		// It cannot lengthen a limit, and goes away with the zero time.
		_ = c.SetDeadline(time.Now().Add(100 * time.Hour))
		begin := time.Now()
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, decoy.ErrLimit) || time.Since(begin) != time.Hour {
			t.Errorf("have %v after %v", err, time.Since(begin))
		}
	})
}

func TestConnReadsNoMoreThanItsBudget(t *testing.T) {
	c, peer, _ := pipe(t, decoy.Limits{BytesIn: 10})
	go func() { _, _ = peer.Write(make([]byte, 100)) }()
	n, err := io.Copy(io.Discard, c)
	if in, _, _ := c.Counts(); n != 10 || in != 10 || !errors.Is(err, decoy.ErrLimit) || c.Ended() != "bytes" {
		t.Errorf("read %d, counted %d: %v", n, in, err)
	}
}

func TestEventCarriesItsConnection(t *testing.T) {
	c, _, r := pipe(t, decoy.Limits{})
	other, _, _ := pipe(t, decoy.Limits{})
	fields := decoy.Fields{"a": "b"}
	c.Log("request", fields, "asked for %d", 7)
	fields["a"] = "changed"
	e := r.events[0]
	if e.Source.String() != "203.0.113.7" || e.Attacker != "cb007107" || e.SourcePort != 50022 || e.Decky != "d-1" || e.Service != "ssh" ||
		e.Message != "asked for 7" || e.Fields["a"] != "b" || len(e.Session) != 20 || e.Session == other.Session || time.Since(e.Time) > time.Minute {
		t.Errorf("have %+v", e)
	}
}

func TestPanicIsLoggedAndClosesTheConnection(t *testing.T) {
	c, peer, r := pipe(t, decoy.Limits{})
	c.Go(func() { panic(strings.Repeat("x", 10000)) })
	c.Wait()
	if _, err := peer.Read(make([]byte, 1)); err == nil {
		t.Error("the connection is still open")
	}
	if e := r.events[0]; e.Kind != decnet.KindError || len(e.Fields[decnet.FieldReason]) > 300 {
		t.Errorf("have %+v", e)
	}
}

func TestSleepEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		if !decoy.Sleep(t.Context(), time.Minute) {
			t.Error("did not sleep in full")
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if decoy.Sleep(ctx, time.Minute) || decoy.Sleep(ctx, 0) {
			t.Error("slept longer than the context")
		}
	})
}

func TestPrintable(t *testing.T) {
	if !decoy.IsText([]byte("a\tb\r\nü")) || decoy.IsText([]byte("a\x00")) || decoy.IsText([]byte("\xff")) || decoy.IsText([]byte("\x1b[0m")) {
		t.Error("IsText is wrong")
	}
}
