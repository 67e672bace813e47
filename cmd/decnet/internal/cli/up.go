package cli

import (
	"fmt"
	"io"
	"net/netip"
	"slices"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

func (a *app) upCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "up",
		Short: "Run everything in this process, until Ctrl-C",
		Long: "Runs the bus, the store and every worker in this process. The first run makes an\n" +
			"admin password and, if no fleet was deployed, three demo deckies on loopback.",
		Args: noArgs,
	}
	c.Flags().String("listen", "", "address of the dashboard and the API (default 127.0.0.1:8080)")
	c.Flags().Bool("demo", true, "deploy demo deckies when the fleet is empty")
	c.Flags().String("log-level", "", "debug, info, warn or error (default info)")
	daemon := c.Flags().BoolP("daemon", "d", false, "run in the background; \"decnet teardown --all\" ends it")
	inBackground := c.Flags().Bool("in-background", false, "")
	_ = c.Flags().MarkHidden("in-background")
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *daemon {
			return a.upInBackground(c)
		}
		cfg, warnings, err := a.loadConfig(map[string]*pflag.Flag{
			"api.listen": c.Flags().Lookup("listen"), "demo": c.Flags().Lookup("demo"), "log.level": c.Flags().Lookup("log-level"),
		})
		if err != nil {
			return err
		}
		p := &progress{w: c.OutOrStdout(), dir: cfg.DataDir}
		_ = printLine(p.w, bold.Render("DECNET "+worker.Version)+dim.Render("  "+cfg.DataDir)+"\n")
		cfg.Background = *inBackground
		if err := stack.Run(c.Context(), cfg, worker.Version, p, warnings); err != nil {
			return err
		}
		_ = printLine(p.w, "stopped")
		return nil
	}
	return c
}

// upInBackground starts this command again, without --daemon, and tells where it is.
func (a *app) upInBackground(c *cobra.Command) error {
	var o stackOptions
	c.Flags().Visit(func(f *pflag.Flag) {
		if f.Name != "daemon" && c.InheritedFlags().Lookup(f.Name) == nil {
			o.args = append(o.args, "--"+f.Name+"="+f.Value.String())
		}
	})
	run, err := a.startBackground(c, o)
	if err != nil {
		return err
	}
	_ = printLine(c.OutOrStdout(), fmt.Sprintf("decnet runs in the background (pid %d); \"decnet teardown --all\" ends it", run.PID))
	return printLine(c.OutOrStdout(), "Dashboard  "+bold.Render(run.APIURL))
}

// progress writes what a person wants to see of a start.
type progress struct {
	w   io.Writer
	dir string
}

// Step implements stack.Progress.
func (p *progress) Step(name string, took time.Duration, note string) {
	_ = printLine(p.w, fmt.Sprintf("  %s %-10s %s  %s", good.Render("✓"), name, dim.Render(fmt.Sprintf("%4d ms", took.Milliseconds())), note))
}

// Ready implements stack.Progress.
func (p *progress) Ready(s stack.Summary) {
	_ = printLine(p.w, "")
	_ = printDeckies(p.w, s.Deckies)
	_ = printLine(p.w, "")
	for _, w := range s.Warnings {
		_ = printLine(p.w, warn.Render("warning: ")+w)
	}
	_ = printLine(p.w, "Dashboard  "+bold.Render(s.URL))
	switch {
	case s.NewPassword != "":
		_ = printLine(p.w, fmt.Sprintf("Login      %s / %s", s.User, bold.Render(s.NewPassword)))
		_ = printLine(p.w, dim.Render("           shown this once; kept in "+s.PasswordFile))
	case s.PasswordFile != "":
		_ = printLine(p.w, fmt.Sprintf("Login      %s, with the password in %s", s.User, s.PasswordFile))
	default:
		_ = printLine(p.w, fmt.Sprintf("Login      %s", s.User))
	}
	if try := tryIt(s.Deckies); try != "" {
		_ = printLine(p.w, "Try        "+try)
	}
	_ = printLine(p.w, fmt.Sprintf("\n%s in %d ms, Ctrl-C stops it", good.Render("ready"), s.Took.Milliseconds()))
}

// Stopping implements stack.Progress.
func (p *progress) Stopping() { _ = printLine(p.w, "\nstopping …") }

// tryIt is a command that touches a decky, for whoever wants to see something.
func tryIt(deckies []decnet.DeckyState) string {
	for _, d := range deckies {
		for _, s := range d.Services {
			if s.Slug == "ssh" && s.Up {
				return fmt.Sprintf("ssh -p %d root@%s", s.Port, s.Address)
			}
		}
	}
	return ""
}

// printDeckies writes the deckies as a table, a row for each service; the fleet is
// a column where there are several.
func printDeckies(w io.Writer, deckies []decnet.DeckyState) error {
	headers := []string{"decky", "hostname", "system", "state", "service", "address", ""}
	fleets := make(map[string]bool)
	for _, d := range deckies {
		fleets[d.Fleet] = true
	}
	several := len(fleets) > 1
	if several {
		headers = append([]string{"fleet"}, headers...)
	}
	var rows [][]string
	for _, d := range deckies {
		first := []string{d.Name, d.Hostname, system(&d), phase(d.Phase)}
		if several {
			first = append([]string{d.Fleet}, first...)
		}
		if len(d.Services) == 0 {
			rows = append(rows, append(first, "", d.Address.String(), d.Reason))
		}
		for _, s := range d.Services {
			where := at(s)
			if !s.Up {
				where = bad.Render("down")
			}
			rows = append(rows, append(slices.Clone(first), s.Slug, where, dim.Render(s.Note)))
			clear(first)
		}
	}
	return printTable(w, headers, rows)
}

// system is what a decky claims to be, and whether its packets do not bear that out.
func system(d *decnet.DeckyState) string {
	if d.Enforced == decnet.EnforcedBySysctls {
		return d.OS + warn.Render(" (sysctl only)")
	}
	return d.OS
}

// at is where a service answers.
func at(s decnet.ServiceState) string { return netip.AddrPortFrom(s.Address, s.Port).String() }

func phase(p decnet.Phase) string {
	switch p {
	case decnet.PhaseReady:
		return good.Render(string(p))
	case decnet.PhaseFailed:
		return bad.Render(string(p))
	case decnet.PhasePending, decnet.PhaseDegraded, decnet.PhaseRemoved:
	}
	return warn.Render(string(p))
}
