package containers

import (
	"context"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/worker"
)

// work is that somebody looks after a decky, now or soon.
type work struct {
	due     bool
	after   time.Time
	running bool
	// stop ends the round that is running, since something else is wanted now.
	stop context.CancelFunc
}

// change has a decky looked at whose description has changed. f.mu is held.
func (f *Fleet) change(name string) {
	if w := f.work[name]; w != nil && w.stop != nil {
		w.stop()
	}
	f.kick(name, 0)
}

// kick has a decky looked at after a delay. f.mu is held.
func (f *Fleet) kick(name string, delay time.Duration) {
	w := f.work[name]
	if w == nil {
		w = &work{}
		f.work[name] = w
	}
	w.due, w.after = true, time.Now().Add(delay)
	select {
	case f.awake <- struct{}{}:
	default: // somebody is about to look
	}
}

// start begins to work on the deckies that are due, if there is an engine.
func (f *Fleet) start(ctx context.Context) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.engine == nil {
		f.deny()
		return
	}
	e := f.engine
	for name, w := range f.work {
		if w.due && !w.running {
			w.running = true
			f.group.Go(func() { f.workOn(ctx, e, name, w) })
		}
	}
}

// workOn looks after one decky for as long as it is due.
func (f *Fleet) workOn(ctx context.Context, e *docker.Engine, name string, w *work) {
	for {
		f.mu.Lock()
		if !w.due || ctx.Err() != nil || f.engine == nil {
			w.running = false
			if !w.due {
				delete(f.work, name)
			}
			f.mu.Unlock()
			return
		}
		if pause := time.Until(w.after); pause > 0 {
			f.mu.Unlock()
			worker.Sleep(ctx, pause)
			continue
		}
		w.due = false
		wanted, want := f.wanted[name]
		known := f.known
		round, stop := context.WithCancel(ctx)
		w.stop = stop
		f.mu.Unlock()
		switch {
		case want:
			f.bringUp(round, e, wanted)
		case known:
			f.takeDown(round, e, name)
		}
		stop()
	}
}

// found is told what the engine has when it is found, or found again.
func (f *Fleet) found(e *docker.Engine, seen []docker.Container) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away != nil {
		f.cfg.Log.Info("docker engine answers again")
	}
	f.engine, f.away = e, nil
	clear(f.there)
	clear(f.trials) // what died died with the engine
	for i := range seen {
		if name := seen[i].Labels[docker.LabelDecky]; name != "" {
			f.there[name] = true
		}
	}
	for name := range f.wanted {
		f.kick(name, 0)
	}
	f.clear()
}

// clear has the deckies removed that nobody wants, once it is known which are
// wanted. f.mu is held.
func (f *Fleet) clear() {
	if !f.known {
		return
	}
	for name := range f.there {
		if _, want := f.wanted[name]; !want {
			f.kick(name, 0)
		}
	}
	for name := range f.dropped {
		f.kick(name, 0)
	}
}

// lost is told that no engine answers.
func (f *Fleet) lost(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.away == nil && len(f.wanted) > 0 {
		f.cfg.Log.Warn("docker engine does not answer", "error", err)
	}
	f.engine, f.away = nil, err
	f.deny()
}

// deny reports that deckies cannot be looked after without an engine. f.mu is held.
func (f *Fleet) deny() {
	if f.away == nil {
		return // it is being looked for
	}
	for _, all := range []map[string]Wanted{f.wanted, f.dropped} {
		for name, w := range all {
			delete(f.placed, name)
			f.tell(Outcome{Wanted: w, Phase: decnet.PhaseFailed, Reason: f.away.Error()})
		}
	}
}

// again has deckies looked at that are not as they should be.
func (f *Fleet) again() {
	f.mu.Lock()
	defer f.mu.Unlock()
	for name := range f.wanted {
		if f.told[name].Phase != decnet.PhaseReady {
			f.kick(name, 0)
		}
	}
	for name := range f.dropped {
		f.kick(name, 0)
	}
}

// report tells of an outcome, if it is news and still about what is wanted.
func (f *Fleet) report(o Outcome) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if now, want := f.wanted[o.Decky.Name]; want && now.Revision != o.Revision {
		return // the next round is about that
	}
	f.tell(o)
}

// tell passes on what is news. f.mu is held, so that outcomes of a decky come in order.
func (f *Fleet) tell(o Outcome) {
	if old, ok := f.told[o.Decky.Name]; ok && same(&old, &o) {
		return
	}
	f.told[o.Decky.Name] = o
	if o.Phase == decnet.PhaseRemoved {
		delete(f.told, o.Decky.Name)
	}
	f.cfg.Tell(o)
}

func same(a, b *Outcome) bool {
	return a.Revision == b.Revision && a.Phase == b.Phase && a.Reason == b.Reason && a.Enforced == b.Enforced && slices.Equal(a.Services, b.Services)
}
