package cli

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/fleetbus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

func (a *app) deployCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "deploy",
		Short: "Plan a fleet of deckies, show the plan and carry it out",
		Long: "Makes a fleet as an INI file (--config) or flags describe it. What the fleet has and the\n" +
			"description does not is taken down; deploying the same twice changes nothing. Where no\n" +
			"stack runs on the data folder, one is started in the background.",
		Example: "  decnet deploy --deckies 5\n  decnet deploy --config fleet.ini --dry-run\n  decnet deploy -n 3 --archetype linux-server --fleet branch-office",
		Args:    noArgs,
	}
	f := newDeployFlags(c)
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if err := f.check(c); err != nil {
			return usageError{err}
		}
		d := &deployment{app: a, flags: f, output: *output}
		if f.dryRun {
			return d.dryRun(c)
		}
		return d.run(c)
	}
	return c
}

// deployment is one run of the command.
type deployment struct {
	*app
	flags   *deployFlags
	output  format
	request *fleet.Request
	network *surroundings
}

// prepare reads what is asked for.
func (d *deployment) prepare(ctx context.Context) error {
	host, err := d.host(d.flags.host)
	if err != nil {
		return err
	}
	if d.request, err = d.flags.request(host, stack.Services()); err != nil {
		return err
	}
	cfg, _, err := d.loadConfig(nil)
	if err != nil {
		return err
	}
	if note := logTargetNote(ctx, cfg.Forwarder, d.request.LogTarget); note != "" {
		d.request.Notes = append(d.request.Notes, note)
	}
	if here, err := d.host(""); err == nil && here != host && d.request.Driver != decnet.DriverLoopback {
		// Its network is not the one that can be looked at from here.
		d.network = &surroundings{}
		if !d.request.Network.Subnet.IsValid() {
			return usageError{fmt.Errorf("--subnet is missing: what network host %s is on cannot be seen from %s", host, here)}
		}
		return nil
	}
	if d.network, err = look(d.request); err != nil {
		return err
	}
	d.warnOfDashboard()
	return nil
}

// warnOfDashboard notes that the running stack's dashboard can be reached from the
// network that the deckies are on.
func (d *deployment) warnOfDashboard() {
	run := d.ownStack()
	if d.network.link == nil || run == nil {
		return
	}
	at, err := netip.ParseAddrPort(strings.TrimPrefix(run.APIURL, "http://"))
	if err == nil && (at.Addr().IsUnspecified() || at.Addr() == d.network.link.Address || at.Addr() == d.network.link.Address6) {
		d.request.Notes = append(d.request.Notes, fmt.Sprintf("the dashboard listens on %s, where attackers on the deckies' network reach it: use 127.0.0.1 or an address of another network (api.listen)", at))
	}
}

// dryRun shows the plan, from the running stack's fleet if there is one.
func (d *deployment) dryRun(c *cobra.Command) error {
	if err := d.prepare(c.Context()); err != nil {
		return err
	}
	// A compose file may be run as it is: its deckies must be like no others.
	reading := &fleetbus.Reading{World: fleet.World{Services: stack.Services(), Installation: "dry run " + rand.Text(), Now: time.Now().UTC()}}
	b, err := d.connect(c.Context())
	if err == nil {
		defer b.Close()
		if reading, err = fleetbus.Read(c.Context(), b, stack.Services()); err != nil {
			return err
		}
	} else if _, usage := errors.AsType[usageError](err); usage {
		return err
	} else {
		d.request.Notes = append(d.request.Notes, "no stack runs here, so this is planned as a first fleet; names and addresses may come out differently")
	}
	plan, err := d.network.plan(c.Context(), d.request, &reading.World)
	if err != nil {
		return err
	}
	return d.showPlan(c, plan)
}

// run carries the plan out.
func (d *deployment) run(c *cobra.Command) error {
	if err := d.prepare(c.Context()); err != nil {
		return err
	}
	b, err := d.connectOrStart(c, d.flags.stackArgs(), d.possible)
	if err != nil {
		return err
	}
	defer b.Close()
	if err := d.avoidConflicts(c.Context(), b); err != nil {
		return err
	}
	show := func(plan *fleet.Plan) error { return errors.Join(d.announce(c, plan), d.buildImages(c, plan)) }
	applied, err := fleetbus.Deploy(c.Context(), b, stack.Services(), d.request, show)
	if err != nil {
		return err
	}
	return d.await(c, b, applied)
}

// avoidConflicts has addresses passed over that somebody on the network has.
func (d *deployment) avoidConflicts(ctx context.Context, b *bus.Bus) error {
	if d.network.link == nil {
		return nil
	}
	reading, err := fleetbus.Read(ctx, b, stack.Services())
	if err != nil {
		return err
	}
	_, err = d.network.plan(ctx, d.request, &reading.World)
	return err
}

// possible refuses before a stack is started what no stack could do.
func (d *deployment) possible(ctx context.Context) error {
	if d.request.Driver == decnet.DriverDocker {
		h, err := d.dockerHere(ctx)
		if err != nil {
			return err
		}
		_ = h.Close() // it was only to see
	} else if d.network.link != nil && os.Geteuid() != 0 {
		return fmt.Errorf("driver %s needs root: run this with sudo; \"decnet doctor\" says what else it needs", d.request.Driver)
	}
	_, err := d.network.plan(ctx, d.request, &fleet.World{Services: stack.Services(), Installation: "trial", Now: time.Now().UTC()})
	return err
}

// announce shows the plan, or the one line that nothing is to be done.
func (d *deployment) announce(c *cobra.Command, plan *fleet.Plan) error {
	if d.output != asTable {
		return nil
	}
	if len(plan.Changes()) == 0 {
		return printLine(c.OutOrStdout(), fmt.Sprintf("fleet %s is as described: nothing to change", plan.Fleet))
	}
	return writePlan(c.OutOrStdout(), plan)
}

// await shows how the deckies come up, and fails if one does not.
func (d *deployment) await(c *cobra.Command, b *bus.Bus, applied *fleetbus.Applied) error {
	if d.flags.daemon {
		if d.output == asTable {
			return printLine(c.OutOrStdout(), dim.Render("accepted; \"decnet status\" shows how far it is"))
		}
		return nil
	}
	return waitFor(c, b, applied, d.output, d.flags.timeout)
}

// waitFor shows outcomes as they come and fails if one is not as wanted.
func waitFor(c *cobra.Command, b *bus.Bus, applied *fleetbus.Applied, output format, timeout time.Duration) error {
	ctx, cancel := context.WithTimeout(c.Context(), timeout)
	defer cancel()
	p := newOutcomes(c, output, applied)
	// After the time is up the missing ones are still told.
	err := applied.Wait(ctx, b, p.tell, p.progress)
	if err == nil && c.Context().Err() != nil {
		err = errors.New("interrupted: the fleet is wanted as planned and comes up all the same; see \"decnet status\"")
	}
	return errors.Join(err, p.finish())
}
