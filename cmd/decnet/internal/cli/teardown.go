package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/fleetbus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

func (a *app) teardownCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "teardown",
		Short: "Take deckies down: all of them, a fleet's, or some by name",
		Long: "Takes deckies off the wire and out of the desired fleet. With --all and no --fleet it also\n" +
			"ends a stack that \"decnet deploy\" or \"decnet up --daemon\" started in the background.",
		Example: "  decnet teardown --id web-01\n  decnet teardown --all --fleet branch-office\n  decnet teardown --all",
		Args:    noArgs,
	}
	all := c.Flags().Bool("all", false, "all deckies, of all fleets or of that of --fleet")
	ids := c.Flags().StringSlice("id", nil, "deckies by name, with commas or given several times")
	name := c.Flags().String("fleet", "", "only of this fleet")
	timeout := c.Flags().Duration("timeout", time.Minute, "how long to wait until they are gone")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *all == (len(*ids) > 0) {
			return usageError{errors.New("what is to go? want either --all or --id NAME")}
		}
		match := func(*decnet.Decky) bool { return true }
		if !*all {
			match = func(d *decnet.Decky) bool { return slices.Contains(*ids, d.Name) }
		}
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		if err := checkTargets(c.Context(), b, *ids, *name); err != nil {
			return err
		}
		applied, err := fleetbus.Remove(c.Context(), b, stack.Services(), *name, match)
		if err != nil {
			return err
		}
		if applied.Total() == 0 && *output == asTable {
			_ = printLine(c.OutOrStdout(), dim.Render("there is no decky to take down"))
		}
		if err := waitFor(c, b, applied, *output, *timeout); err != nil {
			return err
		}
		if *all && *name == "" {
			b.Close()
			return a.stopBackground(c, *output == asTable)
		}
		return nil
	}
	return c
}

// checkTargets refuses names that are nobody's before anything is done.
func checkTargets(ctx context.Context, b *bus.Bus, ids []string, name string) error {
	reading, err := fleetbus.Read(ctx, b, nil)
	if err != nil {
		return err
	}
	var deckies, fleets []string
	for i := range reading.Deckies {
		d := &reading.Deckies[i]
		fleets = append(fleets, d.Fleet)
		if name == "" || d.Fleet == name {
			deckies = append(deckies, d.Name)
		}
	}
	slices.Sort(fleets)
	if fleets = slices.Compact(fleets); name != "" && !slices.Contains(fleets, name) {
		return known("fleet", name, fleets)
	}
	for _, id := range ids {
		if !slices.Contains(deckies, id) {
			return known("decky", id, deckies)
		}
	}
	return nil
}

func known(what, name string, names []string) error {
	if len(names) == 0 {
		return fmt.Errorf("unknown %s %q: there is none", what, name)
	}
	if len(names) > 20 {
		if near := decnet.Nearest(strings.ToLower(name), names); near == "" {
			return fmt.Errorf("unknown %s %q: see \"decnet status\"", what, name)
		}
	}
	return catalog.Unknown(what, name, names)
}
