package sniffer

import (
	"context"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/sniffer/wire"
)

const (
	// batch is how many events are published at once, and gather how long they are gathered.
	batch  = 256
	gather = 50 * time.Millisecond
	// drain is how long publishing may take after the end.
	drain = 10 * time.Second
)

// publishAll publishes findings until there are no more.
func (s *Sniffer) publishAll(ctx context.Context) error {
	late, cancel := context.WithCancel(context.WithoutCancel(ctx))
	defer cancel()
	defer context.AfterFunc(ctx, func() { time.AfterFunc(drain, cancel) })()
	for f := range s.found {
		list := s.events(f)
		for enough := time.After(gather); len(list) < batch && enough != nil; {
			select {
			case f, more := <-s.found:
				if !more {
					enough = nil
					break
				}
				list = append(list, s.events(f)...)
			case <-enough:
				enough = nil
			}
		}
		if !s.publish(late, list) {
			s.env.Health.Counter("findings_lost").Add(int64(len(list)))
		}
	}
	return nil
}

// events is the event of a finding with its number, or none.
func (s *Sniffer) events(f *wire.Finding) []*decnet.Event {
	e := s.event(f)
	if e == nil {
		return nil
	}
	s.number++
	e.ID = decnet.EventID(e.Host, decnet.ServiceSniffer+" "+s.boot, s.number)
	return []*decnet.Event{e}
}

// publish publishes events until the bus has them, or ctx is done; it reports whether it has.
func (s *Sniffer) publish(ctx context.Context, events []*decnet.Event) bool {
	out := make([]bus.Outgoing, len(events))
	for i, e := range events {
		out[i] = bus.Wire.New(context.WithoutCancel(ctx), e.ID, *e, e.Kind, e.Host)
	}
	for pause := 100 * time.Millisecond; ; pause = min(2*pause, 5*time.Second) {
		err := s.env.Bus.Publish(ctx, out...)
		if err == nil {
			if s.away.Swap(false) {
				s.env.Health.Ready()
			}
			return true
		}
		s.away.Store(true)
		s.env.Health.Pause(err)
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return false
		}
	}
}
