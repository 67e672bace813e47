package stack

import (
	"context"
	"fmt"
	"os"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// announce tells everybody that the stack is up, once its deckies have been
// seen to.
func (s *stack) announce(ctx context.Context) {
	begin := time.Now()
	deckies, err := s.settledDeckies(ctx)
	if err != nil {
		s.summary.Warnings = append(s.summary.Warnings, err.Error())
	}
	ready := 0
	for _, d := range deckies {
		if d.Phase == decnet.PhaseReady {
			ready++
		}
	}
	s.progress.Step("deckies", time.Since(begin), fmt.Sprintf("%d of %d ready", ready, len(deckies)))
	if err := s.everyoneIsSeen(ctx); err != nil {
		s.summary.Warnings = append(s.summary.Warnings, err.Error())
	}
	err = writeRunFile(s.cfg.DataDir, RunFile{PID: os.Getpid(), Host: s.cfg.Host, Version: s.rt.Version, BusURL: s.rt.Common.Bus.URL, APIURL: s.url(), Started: s.begun.UTC(), Background: s.cfg.Background})
	if err != nil {
		s.summary.Warnings = append(s.summary.Warnings, err.Error()+"; other commands will not find this stack")
	}
	s.summary.URL, s.summary.Took, s.summary.Deckies = s.url(), time.Since(s.begun), deckies
	s.progress.Ready(s.summary)
	s.rt.Log.Info("ready", "took", s.summary.Took)
}

// settledDeckies waits a moment until no decky of this host is pending.
func (s *stack) settledDeckies(ctx context.Context) ([]decnet.DeckyState, error) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	for {
		wanted, err := bus.Fleet.List(ctx, s.bus)
		if err != nil {
			return nil, err
		}
		latest, err := bus.DeckiesState.Latest(ctx, s.bus)
		if err != nil {
			return nil, err
		}
		states := decnet.Present(bus.Bodies(latest))
		settled := 0
		for _, d := range states {
			// States of an earlier run may say anything.
			if d.Host == s.cfg.Host && d.Phase != decnet.PhasePending && d.Time.After(s.begun) {
				settled++
			}
		}
		mine := 0
		for _, w := range wanted {
			if w.Keys[0] == s.cfg.Host {
				mine++
			}
		}
		if settled >= mine {
			return states, nil
		}
		select {
		case <-ctx.Done():
			return states, fmt.Errorf("%d of %d deckies are still pending", mine-settled, mine)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// everyoneIsSeen waits a moment until every worker is on the bus's list, so that
// a command that follows the word "ready" finds them all.
func (s *stack) everyoneIsSeen(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	for {
		list, err := bus.Workers.List(ctx, s.bus)
		if err != nil {
			return err
		}
		here := 0
		for _, w := range list {
			if w.Value.PID == os.Getpid() {
				here++
			}
		}
		if here >= len(s.rt.Healths()) {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%d of %d workers are not on the bus's list yet", len(s.rt.Healths())-here, len(s.rt.Healths()))
		case <-time.After(5 * time.Millisecond):
		}
	}
}
