package cli

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// pingTimeout is how long a worker may take to say how it is.
const pingTimeout = time.Second

// statusItem is one line of status for programs: a worker or a decky.
type statusItem struct {
	Kind string `json:"kind"` // "worker" or "decky"
	Name string `json:"name"`
	Host string `json:"host"`
	// Instance tells workers of one kind apart.
	Instance string `json:"instance,omitempty"`
	// Status is a decnet.Status or, for a decky, a decnet.Phase.
	Status string `json:"status"`
	Reason string `json:"reason,omitempty"`
	// Of a worker.
	PID      int              `json:"pid,omitempty"`
	Started  *time.Time       `json:"started,omitempty"`
	Restarts int              `json:"restarts,omitempty"`
	Counters map[string]int64 `json:"counters,omitempty"`
	// Of a decky.
	Fleet     string                `json:"fleet,omitempty"`
	Driver    decnet.Driver         `json:"driver,omitempty"`
	Address   string                `json:"address,omitempty"`
	MAC       string                `json:"mac,omitempty"`
	Hostname  string                `json:"hostname,omitempty"`
	Archetype string                `json:"archetype,omitempty"`
	Stack     decnet.Family         `json:"stack,omitempty"`
	OS        string                `json:"os,omitempty"`
	Enforced  decnet.Enforcement    `json:"enforced,omitempty"`
	Services  []decnet.ServiceState `json:"services,omitempty"`
}

func (a *app) statusCommand() *cobra.Command {
	c := &cobra.Command{Use: "status", Short: "Show how the workers and the deckies are", Args: noArgs}
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		workers, err := askWorkers(c.Context(), b)
		if err != nil {
			return err
		}
		latest, err := bus.DeckiesState.Latest(c.Context(), b)
		if err != nil {
			return err
		}
		deckies := decnet.Present(bus.Bodies(latest))
		if done, err := output.write(a.out, statusItems(workers, deckies)); done {
			return err
		}
		var rows [][]string
		for _, w := range workers {
			rows = append(rows, []string{w.Worker, instanceOf(w), status(w.Status), time.Since(w.Started).Round(time.Second).String(), fmt.Sprint(w.Restarts), w.Reason})
		}
		if err := printTable(a.out, []string{"worker", "host", "state", "up", "restarts", ""}, rows); err != nil {
			return err
		}
		_ = printLine(a.out, "")
		slices.SortStableFunc(deckies, func(x, y decnet.DeckyState) int { return cmp.Compare(x.Fleet, y.Fleet) })
		return printDeckies(a.out, deckies)
	}
	return c
}

// askWorkers asks everyone who was there lately how they are now.
func askWorkers(ctx context.Context, b *bus.Bus) ([]decnet.Health, error) {
	entries, err := bus.Workers.List(ctx, b)
	if err != nil {
		return nil, err
	}
	out := make([]decnet.Health, len(entries))
	var asking sync.WaitGroup
	for i, e := range entries {
		asking.Go(func() {
			actx, cancel := context.WithTimeout(ctx, pingTimeout)
			defer cancel()
			h, err := bus.SystemPing.Request(actx, b, struct{}{}, e.Keys...)
			if err != nil {
				h = e.Value
				if h.Status != decnet.StatusStopped {
					h.Status, h.Reason = decnet.StatusFailed, "does not answer"
				}
			}
			out[i] = h
		})
	}
	asking.Wait()
	slices.SortFunc(out, func(x, y decnet.Health) int {
		return cmp.Or(cmp.Compare(x.Worker, y.Worker), cmp.Compare(x.Instance, y.Instance))
	})
	return out, nil
}

func statusItems(workers []decnet.Health, deckies []decnet.DeckyState) []statusItem {
	items := make([]statusItem, 0, len(workers)+len(deckies))
	for _, w := range workers {
		items = append(items, statusItem{
			Kind: "worker", Name: w.Worker, Host: w.Host, Instance: w.Instance, Status: string(w.Status), Reason: w.Reason,
			PID: w.PID, Started: &w.Started, Restarts: w.Restarts, Counters: w.Counters,
		})
	}
	for _, d := range deckies {
		items = append(items, statusItem{
			Kind: "decky", Name: d.Name, Host: d.Host, Status: string(d.Phase), Reason: d.Reason,
			Fleet: d.Fleet, Driver: d.Driver, Address: d.Address.String(), MAC: d.MAC, Hostname: d.Hostname,
			Archetype: d.Archetype, OS: d.OS, Stack: d.Stack, Enforced: d.Enforced, Services: d.Services,
		})
	}
	return items
}

func status(s decnet.Status) string {
	switch s {
	case decnet.StatusReady:
		return good.Render(string(s))
	case decnet.StatusFailed, decnet.StatusStopped:
		return bad.Render(string(s))
	case decnet.StatusStarting, decnet.StatusDegraded:
	}
	return warn.Render(string(s))
}

// instanceOf is the host of a worker, with its instance if that is another name.
func instanceOf(w decnet.Health) string {
	if w.Instance == "" || w.Instance == w.Host {
		return w.Host
	}
	return w.Host + " " + w.Instance
}
