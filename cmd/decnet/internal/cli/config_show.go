package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/worker"
)

// shownSetting is one setting for programs.
type shownSetting struct {
	Key    string   `json:"key"`
	Value  any      `json:"value"`
	Origin string   `json:"origin"`
	Env    []string `json:"env"`
	Doc    string   `json:"doc"`
}

// addConfigCommands adds what is about settings and the command line itself, and
// completes flags. It comes after all other commands were added.
func (a *app) addConfigCommands(root *cobra.Command) {
	root.AddCommand(a.configCommand(), manCommand())
	completeFlags(root)
}

func (a *app) configCommand() *cobra.Command {
	c := &cobra.Command{Use: "config", Short: "Look at the configuration", Args: noArgs, RunE: func(c *cobra.Command, _ []string) error { return c.Help() }}
	c.AddCommand(a.configShow())
	return c
}

func (a *app) configShow() *cobra.Command {
	c := &cobra.Command{
		Use: "show", Short: "Show every setting as it is in force, and where it came from",
		Long: "Shows every setting as \"decnet up\" would use it. Nothing needs to run for this, and\n" +
			"secrets are not shown. A configuration that cannot work is shown, and then the reason.",
		Args: noArgs,
	}
	origin := c.Flags().Bool("origin", false, "show where each value came from (JSON and YAML always do)")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		e, err := a.readConfig(nil)
		if err != nil {
			return err
		}
		for _, w := range e.warnings {
			_, _ = fmt.Fprintln(c.ErrOrStderr(), "warning: "+w)
		}
		done, err := output.write(a.out, shown(e.settings))
		if !done {
			err = a.configTable(e.settings, *origin)
		}
		if err != nil {
			return err
		}
		return e.validate()
	}
	return c
}

func shown(settings []worker.Setting) []shownSetting {
	out := make([]shownSetting, len(settings))
	for i, s := range settings {
		out[i] = shownSetting{Key: s.Key, Value: s.Shown(), Origin: s.Origin, Doc: s.Doc}
		for _, v := range s.Env {
			out[i].Env = append(out[i].Env, v.Name)
		}
	}
	return out
}

func (a *app) configTable(settings []worker.Setting, origin bool) error {
	headers := []string{"key", "value"}
	if origin {
		headers = append(headers, "origin")
	}
	rows := make([][]string, len(settings))
	for i, s := range shown(settings) {
		value := fmt.Sprint(s.Value)
		if list, ok := s.Value.([]string); ok {
			value = strings.Join(list, ",")
		}
		if value == "" {
			value = "–"
		}
		rows[i] = []string{s.Key, value}
		if origin {
			rows[i] = append(rows[i], s.Origin)
		}
	}
	return printTable(a.out, headers, rows)
}
