package deployer

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/network"
)

// linkEvent says that an interface of the host can be used again, or no more.
type linkEvent struct {
	name   string
	usable bool
}

// linkWatch follows the interfaces that deckies hang on.
type linkWatch struct {
	ctx    context.Context //nolint:containedctx // the lifetime of the watch
	stop   context.CancelFunc
	events chan linkEvent
	names  map[string]bool
	ended  sync.WaitGroup
	log    *slog.Logger
}

func newLinkWatch(ctx context.Context, log *slog.Logger) *linkWatch {
	w := &linkWatch{events: make(chan linkEvent), names: make(map[string]bool), log: log}
	w.ctx, w.stop = context.WithCancel(ctx)
	return w
}

// follow begins to follow an interface; twice is fine.
func (w *linkWatch) follow(name string) {
	if w.names[name] {
		return
	}
	w.names[name] = true
	w.ended.Go(func() {
		first := true
		err := network.WatchLink(w.ctx, name, func(up, present bool) {
			if first { // it was looked at just now
				first = false
				return
			}
			select {
			case w.events <- linkEvent{name, up && present}:
			case <-w.ctx.Done():
			}
		})
		if err != nil && w.ctx.Err() == nil {
			w.log.Warn("interface is not watched; its deckies are tried again now and then", "interface", name, "error", err)
		}
	})
}

func (w *linkWatch) close() {
	w.stop()
	w.ended.Wait()
}

// linkChanged tells of deckies whose interface went away, and puts them on the
// wire again when it is back.
func (d *Deployer) linkChanged(ctx context.Context, l linkEvent) {
	d.dockerLinkChanged(ctx, l)
	var affected []*deployed
	for _, k := range d.deckies {
		if p, on := d.native.placed[k.decky.Name]; k.decky.Driver == decnet.DriverNative && on && p.iface == l.name {
			affected = append(affected, k)
		}
	}
	if len(affected) == 0 {
		return
	}
	d.env.Log.Info("interface changed", "interface", l.name, "usable", l.usable, "deckies", len(affected))
	d.native.lookAnew(l.name)
	if l.usable {
		for _, k := range affected {
			d.stop(ctx, k)
		}
		d.deployAll(ctx, affected)
		d.settle()
		return
	}
	for _, k := range affected {
		k.phase, k.reason = decnet.PhaseDegraded, linkDown(l.name)
		d.report(ctx, k)
	}
}

// linkDown is the reason of deckies whose interface is away.
func linkDown(name string) string {
	return fmt.Sprintf("interface %s is down; the decky comes back with it", name)
}
