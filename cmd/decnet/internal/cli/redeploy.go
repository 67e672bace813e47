package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/fleetbus"
	"github.com/decnet/decnet/pkg/decnet"
)

func (a *app) redeployCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "redeploy",
		Short: "Look at every worker and decky, and start again what is down",
		Long: "Asks every worker how it is and has those restarted that are not well, then has every decky\n" +
			"put on the wire again that is not ready. Where no stack runs, it is started in the background.",
		Args: noArgs,
	}
	name := c.Flags().String("fleet", "", "only deckies of this fleet")
	all := c.Flags().Bool("all", false, "put all deckies on the wire anew, the ready ones too")
	logFile := c.Flags().StringP("log-file", "f", "", "file for all events, if this starts the stack")
	timeout := c.Flags().Duration("timeout", time.Minute, "how long to wait for workers and deckies")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		var o stackOptions
		if *logFile != "" {
			o.env, o.ignored = []string{"DECNET_INGEST_LOG_FILE=" + *logFile}, []string{"--log-file"}
		}
		b, err := a.connectOrStart(c, o, always)
		if err != nil {
			return err
		}
		defer b.Close()
		ctx, cancel := context.WithTimeout(c.Context(), *timeout)
		defer cancel()
		down, err := restartWorkers(ctx, c, b, *output == asTable)
		if err != nil {
			return err
		}
		applied, err := touchDeckies(ctx, b, *name, *all)
		if err != nil {
			return err
		}
		if applied.Total() == 0 && *output == asTable {
			_ = printLine(c.OutOrStdout(), fmt.Sprintf("  %s every decky is ready", good.Render("✓")))
		}
		return errors.Join(down, waitFor(c, b, applied, *output, *timeout))
	}
	return c
}

// restartWorkers has the workers restarted that are not well and waits until
// they are. down says which are not even there.
func restartWorkers(ctx context.Context, c *cobra.Command, b *bus.Bus, speak bool) (down, err error) {
	workers, err := askWorkers(ctx, b)
	if err != nil {
		return nil, err
	}
	say := func(mark string, w *decnet.Health, what string) {
		if speak {
			_ = printLine(c.OutOrStdout(), fmt.Sprintf("  %s %-10s %s", mark, w.Worker, what))
		}
	}
	for i := range workers {
		w := &workers[i]
		if w.Status == decnet.StatusReady {
			say(good.Render("✓"), w, dim.Render("ready"))
			continue
		}
		now, err := restart(ctx, b, w)
		if err != nil {
			say(bad.Render("✗"), w, err.Error())
			down = errors.Join(down, fmt.Errorf("worker %s on host %s: %w", w.Worker, w.Host, err))
			continue
		}
		say(good.Render("✓"), w, fmt.Sprintf("was %s (%s), restarted: %s", w.Status, w.Reason, now.Status))
	}
	return down, nil
}

// restart asks one worker to begin anew and waits until it is ready.
func restart(ctx context.Context, b *bus.Bus, w *decnet.Health) (decnet.Health, error) {
	actx, cancel := context.WithTimeout(ctx, pingTimeout)
	defer cancel()
	if _, err := bus.SystemRestart.Request(actx, b, struct{}{}, w.Worker, w.Instance); err != nil {
		return decnet.Health{}, fmt.Errorf("does not answer: start it on host %s", w.Host)
	}
	for {
		pctx, cancel := context.WithTimeout(ctx, pingTimeout)
		now, err := bus.SystemPing.Request(pctx, b, struct{}{}, w.Worker, w.Instance)
		cancel()
		if err == nil && now.Status == decnet.StatusReady && now.Restarts > w.Restarts {
			return now, nil
		}
		select {
		case <-ctx.Done():
			return now, errors.New("is not ready after its restart; see the log")
		case <-time.After(50 * time.Millisecond):
		}
	}
}

// touchDeckies writes deckies anew that are not ready, as they are, so that their
// deployers put them on the wire again.
func touchDeckies(ctx context.Context, b *bus.Bus, name string, all bool) (*fleetbus.Applied, error) {
	latest, err := bus.DeckiesState.Latest(ctx, b)
	if err != nil {
		return nil, err
	}
	ready := make(map[string]bool)
	for _, m := range latest {
		ready[m.Body.Host+"."+m.Body.Name] = m.Body.Phase == decnet.PhaseReady
	}
	return fleetbus.Touch(ctx, b, stack.Services(), func(d *decnet.Decky) bool {
		return (name == "" || d.Fleet == name) && (all || !ready[d.Host+"."+d.Name])
	})
}
