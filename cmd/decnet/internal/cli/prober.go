package cli

import (
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/prober"
)

func (a *app) proberCommand() *cobra.Command {
	return group(&cobra.Command{
		Use: "prober", Short: "Stop and start the probing of attackers' hosts",
		Long: "The switch is on the bus: it holds for every prober on every host, at once and for those that start later.",
	},
		a.switchCommand("stop", "Probe nobody any more; probes that are going on end at once", true),
		a.switchCommand("start", "Probe again", false),
		a.proberStatus(),
	)
}

func (a *app) switchCommand(name, short string, off bool) *cobra.Command {
	c := &cobra.Command{Use: name, Short: short, Args: noArgs}
	c.RunE = func(c *cobra.Command, _ []string) error {
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		s := decnet.Switch{Off: off, Since: time.Now().UTC(), By: worker.Hostname()}
		if err := bus.Switches.Set(c.Context(), b, s, prober.SwitchKey); err != nil {
			return err
		}
		return printLine(c.OutOrStdout(), switchText(s, true))
	}
	return c
}

// switchText says how a switch is that was set at some time, or never.
func switchText(s decnet.Switch, set bool) string {
	text := "probing is on"
	if s.Off {
		text = "probing is off"
	}
	if !set {
		return text
	}
	return fmt.Sprintf("%s since %s UTC, by %s", text, s.Since.UTC().Format(time.DateTime), oneLine(s.By, decnet.MaxLabelName))
}

func (a *app) proberStatus() *cobra.Command {
	c := &cobra.Command{Use: "status", Short: "Say whether attackers' hosts are probed", Args: noArgs}
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		b, err := a.connect(c.Context())
		if err != nil {
			return err
		}
		defer b.Close()
		e, found, err := bus.Switches.Get(c.Context(), b, prober.SwitchKey)
		if err != nil {
			return err
		}
		if done, err := output.write(c.OutOrStdout(), e.Value); done {
			return err
		}
		return printLine(c.OutOrStdout(), switchText(e.Value, found))
	}
	return c
}
