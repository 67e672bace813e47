package cli

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/bus/fleetbus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// outcomes shows what becomes of the deckies of a plan while it is carried out.
type outcomes struct {
	c       *cobra.Command
	output  format
	total   int
	each    bool // a line for each, or only the bad ones and a count
	begin   time.Time
	lastSum time.Time
	// lastReason is what somebody was waiting for.
	lastReason string
	all        []fleetbus.Outcome
	failed     int
}

func newOutcomes(c *cobra.Command, output format, applied *fleetbus.Applied) *outcomes {
	return &outcomes{c: c, output: output, total: applied.Total(), each: applied.Total() <= maxShown, begin: time.Now(), all: []fleetbus.Outcome{}}
}

// tell takes one outcome.
func (o *outcomes) tell(out fleetbus.Outcome) {
	o.all = append(o.all, out)
	if !out.OK() {
		o.failed++
	}
	if o.output != asTable {
		return
	}
	switch {
	case o.each && out.Action == fleet.Keep && out.OK():
	case o.each || !out.OK() && o.failed <= maxShown:
		_ = printLine(o.c.OutOrStdout(), outcomeLine(&out))
	case time.Since(o.lastSum) > time.Second:
		o.lastSum = time.Now()
		_ = printLine(o.c.ErrOrStderr(), dim.Render(fmt.Sprintf("  %d of %d", len(o.all), o.total)))
	}
}

// progress shows what a decky is waiting for, once for all who wait for the same.
func (o *outcomes) progress(out fleetbus.Outcome) {
	if o.output != asTable || out.Reason == o.lastReason {
		return
	}
	o.lastReason = out.Reason
	_ = printLine(o.c.ErrOrStderr(), dim.Render("    "+out.Reason))
}

func outcomeLine(o *fleetbus.Outcome) string {
	mark := good.Render("✓")
	if !o.OK() {
		mark = bad.Render("✗")
	}
	var places []string
	for _, s := range o.Services {
		if s.Up {
			places = append(places, fmt.Sprintf("%s %s", s.Slug, at(s)))
		}
	}
	line := fmt.Sprintf("  %s %-16s %s %s  %s", mark, o.Name, phase(o.Phase), dim.Render(fmt.Sprintf("%d ms", o.Took.Milliseconds())), strings.Join(places, ", "))
	if o.Reason != "" {
		line += "  " + o.Reason
	}
	return line
}

// finish sums up, and fails if a decky is not as it was wanted.
func (o *outcomes) finish() error {
	slices.SortFunc(o.all, func(a, b fleetbus.Outcome) int { return strings.Compare(a.Name, b.Name) })
	if done, err := o.output.write(o.c.OutOrStdout(), o.all); done {
		if err == nil && o.failed > 0 {
			err = fmt.Errorf("%d of %d deckies are not as wanted", o.failed, len(o.all))
		}
		return err
	}
	if o.failed > 0 {
		return fmt.Errorf("%d of %d deckies are not as wanted; the fleet stays wanted and its deployer goes on trying: see \"decnet status\"", o.failed, len(o.all))
	}
	ready := 0
	for i := range o.all {
		if o.all[i].Phase == decnet.PhaseReady {
			ready++
		}
	}
	took := time.Since(o.begin).Round(time.Millisecond)
	switch gone := len(o.all) - ready; {
	case len(o.all) == 0:
		return nil
	case gone == 0:
		return printLine(o.c.OutOrStdout(), fmt.Sprintf("%s: %d ready after %v", good.Render("done"), ready, took))
	case ready == 0:
		return printLine(o.c.OutOrStdout(), fmt.Sprintf("%s: %d removed after %v", good.Render("done"), gone, took))
	default:
		return printLine(o.c.OutOrStdout(), fmt.Sprintf("%s: %d ready, %d removed after %v", good.Render("done"), ready, gone, took))
	}
}
