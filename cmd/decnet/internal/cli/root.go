// Package cli is the command line: arguments come in; tables, JSON or YAML for
// people and scripts go out, and one clear line when something is wrong.
package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/worker"
)

// Exit statuses.
const (
	exitOK     = 0
	exitFailed = 1
	exitUsage  = 2
)

// usageError is an error of the command line itself.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// app is what all commands share.
type app struct {
	dataDir string
	busURL  string
	config  string
	out     io.Writer
}

// Main runs the command line args and returns the exit status.
func Main(args []string, stdout, stderr io.Writer) int {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	root := newRoot(stdout)
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return exitOK
	}
	for _, line := range errorLines(err) {
		_, _ = fmt.Fprintln(stderr, "decnet: "+line)
	}
	if _, ok := errors.AsType[usageError](err); ok {
		return exitUsage
	}
	return exitFailed
}

// errorLines is the one line of an error, or one for each of a list of problems.
func errorLines(err error) []string {
	if problems, ok := errors.AsType[fleet.Problems](err); ok {
		return problems.Lines()
	}
	return []string{strings.ReplaceAll(err.Error(), "\n", "; ")}
}

func newRoot(out io.Writer) *cobra.Command {
	a := &app{out: out}
	root := &cobra.Command{
		Use:   "decnet",
		Short: "A network of fake machines that tells you who is in yours",
		Long: "DECNET puts fake machines, deckies, on a network. Nobody honest has business with\n" +
			"them, so whatever touches one is worth knowing. \"decnet up\" runs everything here.",
		SilenceErrors: true, SilenceUsage: true, Version: worker.Version,
		Args: cobra.ArbitraryArgs,
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Help()
			}
			hint := "see \"decnet --help\""
			if near := c.SuggestionsFor(args[0]); len(near) > 0 {
				hint = fmt.Sprintf("did you mean %q?", near[0])
			}
			return usageError{fmt.Errorf("unknown command %q; %s", args[0], hint)}
		},
	}
	root.SuggestionsMinimumDistance = 2
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see %q", err, c.CommandPath()+" --help")}
	})
	flags := root.PersistentFlags()
	flags.StringVar(&a.dataDir, "data-dir", "", "folder where everything is kept (default: DECNET_DATA_DIR, or decnet in your state folder)")
	flags.StringVar(&a.busURL, "bus", "", "bus of the stack to talk to, as nats://… (default: DECNET_BUS_URL, or that of the stack that runs on --data-dir)")
	flags.StringVar(&a.config, "config", "", "configuration file (default: decnet.yaml in the data folder, if there is one)")
	root.AddCommand(
		a.upCommand(), a.deployCommand(), a.statusCommand(), a.redeployCommand(), a.teardownCommand(), a.validateCommand(), a.doctorCommand(), a.imagesCommand(), a.deadLettersCommand(),
		a.servicesCommand(), a.archetypesCommand(), a.distrosCommand(), a.exportCommand(), a.importCommand(), a.versionCommand(), a.benchCommand(), a.dbCommand(), a.sessionsCommand(),
		a.correlateCommand(), a.snifferCommand(), a.profileCommand(), a.labelCommand(), a.signaturesCommand(), a.probeCommand(), a.proberCommand(),
	)
	a.addConfigCommands(root)
	return root
}

// noArgs refuses arguments with the hint that belongs to it.
func noArgs(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return usageError{fmt.Errorf("%s takes no argument, but got %q", c.CommandPath(), args[0])}
	}
	return nil
}

// group makes c a command that only has others below it.
func group(c *cobra.Command, below ...*cobra.Command) *cobra.Command {
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		if len(args) > 0 {
			return usageError{fmt.Errorf("unknown command %q; see %q", args[0], c.CommandPath()+" --help")}
		}
		return c.Help()
	}
	c.AddCommand(below...)
	return c
}

// exactArgs wants n arguments; hint says where to find them and may be empty.
func exactArgs(n int, hint string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) == n {
			return nil
		}
		_, wanted, _ := strings.Cut(c.Use, " ")
		if hint != "" {
			hint = ": " + hint
		}
		return usageError{fmt.Errorf("%s: want %s, got %d arguments%s", c.CommandPath(), wanted, len(args), hint)}
	}
}

// connect joins the bus that findBus finds.
func (a *app) connect(ctx context.Context) (*bus.Bus, error) {
	cfg, err := a.findBus()
	if err != nil {
		return nil, err
	}
	if err := cfg.Validate(); err != nil {
		return nil, usageError{fmt.Errorf("--bus: %w", err)}
	}
	return bus.Connect(ctx, cfg, bus.WithName("decnet-cli"))
}

// findBus is the bus of --bus or the environment, else of the stack that runs here,
// else of the configuration.
func (a *app) findBus() (bus.Config, error) {
	e, cerr := a.readConfig(nil)
	switch {
	case cerr == nil && e.namesBus():
		return e.Bus, nil
	case a.busURL != "": // who says so much needs no configuration
		return bus.Config{URL: a.busURL}, nil
	}
	dir, err := a.dir()
	if err != nil {
		return bus.Config{}, err
	}
	run, err := stack.ReadRunFile(dir)
	switch {
	case err == nil && cerr == nil:
		return bus.Config{URL: run.BusURL, Token: e.Bus.Token}, nil
	case err == nil:
		return bus.Config{URL: run.BusURL}, nil
	case cerr != nil:
		return bus.Config{}, cerr // it may name one
	case e.Bus.URL != "":
		return e.Bus, nil
	}
	return bus.Config{}, err
}
