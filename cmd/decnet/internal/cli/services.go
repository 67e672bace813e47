package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/worker"
)

func (a *app) servicesCommand() *cobra.Command {
	c := &cobra.Command{Use: "services [NAME]", Short: "List the services a decky can run, or show one's settings", Args: cobra.MaximumNArgs(1)}
	output := outputFlag(c)
	c.RunE = func(_ *cobra.Command, args []string) error {
		specs := stack.Services()
		if len(args) == 1 {
			i := slices.IndexFunc(specs, func(s decnet.ServiceSpec) bool { return s.Slug == args[0] })
			if i < 0 {
				return usageError{catalog.Unknown("service", args[0], slugsOf(specs))}
			}
			specs = specs[i : i+1]
		}
		if done, err := output.write(a.out, specs); done {
			return err
		}
		if len(args) == 1 {
			return a.showService(&specs[0])
		}
		var rows [][]string
		for _, s := range specs {
			state := good.Render("built")
			if !s.Built {
				state = dim.Render("not built")
			}
			rows = append(rows, []string{s.Slug, ports(&s), state, s.Title, dim.Render(strings.Join(s.RunsOn, " "))})
		}
		return printTable(a.out, []string{"service", "ports", "", "what", "runs on"}, rows)
	}
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return slugsOf(stack.Services()), cobra.ShellCompDirectiveNoFileComp
	}
	return c
}

func slugsOf(specs []decnet.ServiceSpec) []string {
	out := make([]string, len(specs))
	for i := range specs {
		out[i] = specs[i].Slug
	}
	return out
}

// builtServices says of every service whether its decoy exists.
func builtServices() map[string]bool {
	out := make(map[string]bool)
	for _, s := range stack.Services() {
		out[s.Slug] = s.Built
	}
	return out
}

func (a *app) showService(s *decnet.ServiceSpec) error {
	_ = printLine(a.out, bold.Render(s.Title)+"  "+dim.Render(ports(s))+"\n"+s.Summary+"\n")
	for _, set := range s.Settings {
		kind := string(set.Type)
		if len(set.Choices) > 0 {
			kind = strings.Join(set.Choices, "|")
		}
		if set.Default != "" {
			kind += ", default " + set.Default
		}
		if err := printLine(a.out, "  "+bold.Render(set.Name)+"  "+dim.Render(kind)+"\n"+paragraph.Render(set.Doc)); err != nil {
			return err
		}
	}
	return nil
}

func ports(s *decnet.ServiceSpec) string {
	out := make([]string, len(s.Ports))
	for i, p := range s.Ports {
		out[i] = fmt.Sprintf("%d/%s", p.Port, p.Transport)
	}
	return strings.Join(out, " ")
}

func (a *app) versionCommand() *cobra.Command {
	return &cobra.Command{Use: "version", Short: "Print the version", Args: noArgs, RunE: func(*cobra.Command, []string) error {
		return printLine(a.out, "decnet "+worker.Version)
	}}
}
