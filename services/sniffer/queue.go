package sniffer

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"strconv"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

// queue is what is to be published.
type queue struct {
	env    worker.Env
	boot   string // this process, for ids
	number int64
	most   int

	mu      sync.Mutex
	waiting []*decnet.Event
	dropped uint64
	since   time.Time // when the first was dropped
	news    chan struct{}
}

func newQueue(most int, env worker.Env) *queue {
	var id [8]byte
	_, _ = rand.Read(id[:]) // never fails
	return &queue{env: env, boot: hex.EncodeToString(id[:]), most: most, news: make(chan struct{}, 1)}
}

// add queues an event, or counts it if too many wait.
func (q *queue) add(e *decnet.Event) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) >= q.most {
		if q.dropped++; q.dropped == 1 {
			q.since = time.Now()
		}
		q.env.Health.Counter("events_dropped").Add(1)
		return
	}
	q.waiting = append(q.waiting, e)
	select {
	case q.news <- struct{}{}:
	default: // it is known already
	}
}

// take returns the next events, with ids, and what tells of those that were dropped.
func (q *queue) take() []*decnet.Event {
	q.mu.Lock()
	defer q.mu.Unlock()
	n := min(len(q.waiting), batch)
	some := q.waiting[:n:n]
	if q.waiting = q.waiting[n:]; len(q.waiting) == 0 {
		q.waiting = nil
	}
	if q.dropped > 0 && len(q.waiting) < q.most/2 {
		some = append(some, q.report())
	}
	for _, e := range some {
		q.number++
		e.ID = decnet.EventID(e.Host, decnet.ServiceSniffer+" "+q.boot, q.number)
	}
	return some
}

// report is the event that tells of what was dropped.
func (q *queue) report() *decnet.Event {
	e := &decnet.Event{
		Time: time.Now().UTC(), Host: q.env.Host, Service: decnet.ServiceSniffer, Kind: decnet.KindDropped,
		Fields: map[string]string{
			decnet.FieldReason: "too many findings waited for the bus", decnet.FieldDropped: strconv.FormatUint(q.dropped, 10),
			decnet.FieldDuration: strconv.FormatInt(time.Since(q.since).Milliseconds(), 10),
		},
		Message: fmt.Sprintf("%d findings were not published", q.dropped),
	}
	q.dropped = 0
	return e
}

// publish publishes until ctx is done, and then what is left, if the bus takes it.
func (q *queue) publish(ctx context.Context) error {
	for ctx.Err() == nil {
		select {
		case <-q.news:
		case <-ctx.Done():
		}
		select {
		case <-time.After(gather):
		case <-ctx.Done():
		}
		for some := q.take(); len(some) > 0; some = q.take() {
			if err := q.insist(ctx, some); err != nil {
				return nil //nolint:nilerr // it ends, and the bus is away
			}
		}
	}
	return nil
}

// insist publishes events until the bus has them, or ctx is done and it does not take them at once.
func (q *queue) insist(ctx context.Context, some []*decnet.Event) error {
	out := make([]bus.Outgoing, len(some))
	for i, e := range some {
		out[i] = bus.Wire.New(context.WithoutCancel(ctx), e.ID, *e, e.Kind, e.Host)
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := q.env.Bus.Publish(context.WithoutCancel(ctx), out...)
		if err == nil {
			q.env.Health.Counter("events").Add(int64(len(some)))
			q.env.Health.Pause(nil)
			return nil
		}
		q.env.Health.Pause(err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return err
		}
	}
}
