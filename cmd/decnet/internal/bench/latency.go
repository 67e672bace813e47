package bench

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"slices"
	"sync"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
)

// LatencyResult is how long events took from the decoy's line to a reader of
// the live stream, by then stored.
type LatencyResult struct {
	Rate     int     `json:"events_per_second"`
	Sent     int     `json:"sent"`
	Received int     `json:"received"`
	P50      float64 `json:"p50_ms"`
	P99      float64 `json:"p99_ms"`
	Max      float64 `json:"max_ms"`
}

// drainTime is how long to wait for the last events.
const drainTime = 10 * time.Second

// attackers is how many sources the events come from.
const attackers = 50

// Latency runs a stack and writes lines into its spool at each of the rates.
func Latency(ctx context.Context, binary string, rates []int, duration time.Duration, progress func(string)) ([]LatencyResult, error) {
	dir, err := os.MkdirTemp("", "decnet-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	i, err := instance.Start(ctx, instance.Options{Binary: binary, DataDir: dir, Args: []string{"--demo=false"}})
	if err != nil {
		return nil, err
	}
	defer i.Kill()
	password, err := i.Password()
	if err != nil {
		return nil, err
	}
	if err := i.Login(ctx, "admin", password); err != nil {
		return nil, err
	}
	var results []LatencyResult
	for _, rate := range append([]int{rates[0]}, rates...) { // the first is to warm up
		progress(fmt.Sprintf("%d events/s for %v", rate, duration))
		r, err := measure(ctx, i, rate, duration)
		if err != nil {
			return nil, err
		}
		results = append(results, *r)
	}
	return results[1:], nil
}

// measure sends rate events per second and notes when each arrives at a reader of the
// live stream.
func measure(ctx context.Context, i *instance.Instance, rate int, duration time.Duration) (*LatencyResult, error) {
	sctx, cancel := context.WithCancel(ctx)
	defer cancel()
	live := newArrivals(rate, duration)
	connected, ended := make(chan struct{}), make(chan error, 1)
	go func() {
		ended <- i.Stream(sctx, func() { close(connected) }, func(event string, data []byte) {
			var e decnet.Event
			if event == "event" && json.Unmarshal(data, &e) == nil {
				live.add(&e)
			}
		})
	}()
	select {
	case <-connected:
	case err := <-ended:
		return nil, errors.Join(errors.New("the live stream ended"), err)
	}
	if err := send(ctx, i.Spool(), rate, live.want); err != nil {
		return nil, err
	}
	return live.result(ctx)
}

// arrivals notes how long events took to where it is told of them.
type arrivals struct {
	rate, want int
	begin      time.Time
	all        chan struct{}
	mu         sync.Mutex
	took       []float64 // in milliseconds
}

func newArrivals(rate int, duration time.Duration) *arrivals {
	return &arrivals{rate: rate, want: int(duration.Seconds() * float64(rate)), begin: time.Now(), all: make(chan struct{})}
}

func (a *arrivals) add(e *decnet.Event) {
	now := time.Now()
	if e.Service != benchService || e.Time.Before(a.begin) {
		return
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.took = append(a.took, float64(now.Sub(e.Time).Microseconds())/1000); len(a.took) == a.want {
		close(a.all)
	}
}

// result waits for the last of them for a while.
func (a *arrivals) result(ctx context.Context) (*LatencyResult, error) {
	select {
	case <-a.all:
	case <-time.After(drainTime):
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.took) == 0 {
		return nil, errors.New("no event arrived")
	}
	slices.Sort(a.took)
	return &LatencyResult{
		Rate: a.rate, Sent: a.want, Received: len(a.took),
		P50: a.took[len(a.took)/2], P99: a.took[len(a.took)*99/100], Max: a.took[len(a.took)-1],
	}, nil
}

// send writes lines as a decoy does, one write each, evenly over time.
func send(ctx context.Context, dir string, rate, n int) error {
	w := &spoolWriter{dir: dir}
	defer func() { _ = w.close() }() // what was not written does not arrive
	begin := time.Now()
	for i := range n {
		due := begin.Add(time.Duration(i) * time.Second / time.Duration(rate))
		if wait := time.Until(due); wait > 0 {
			time.Sleep(wait)
		}
		if ctx.Err() != nil {
			return ctx.Err()
		}
		err := w.write(&decnet.Event{
			Time: time.Now(), Decky: "bench-01", Service: benchService, Kind: decnet.KindAuthAttempt,
			Source: netip.AddrFrom4([4]byte{198, 51, 100, byte(i % attackers)}), SourcePort: 50000, Session: fmt.Sprint(i % attackers),
			Fields: map[string]string{
				decnet.FieldPrincipal: "root", decnet.FieldSecret: "password", decnet.FieldSecretB64: "cGFzc3dvcmQ=",
				decnet.FieldSecretKind: string(decnet.SecretPlaintext), decnet.FieldAccepted: "false",
			},
			Message: "root offered a password",
		})
		if err != nil {
			return err
		}
	}
	return nil
}
