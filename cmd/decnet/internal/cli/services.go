package cli

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker"
)

func (a *app) servicesCommand() *cobra.Command {
	c := &cobra.Command{Use: "services [NAME]", Short: "List the services a decky can run, or show one's settings", Args: cobra.MaximumNArgs(1)}
	output := outputFlag(c)
	c.RunE = func(_ *cobra.Command, args []string) error {
		specs := registry.All().Specs()
		if len(args) == 1 {
			s, err := registry.All().Find(args[0])
			if err != nil {
				return usageError{err}
			}
			specs = []decnet.ServiceSpec{s.Spec}
		}
		if done, err := output.write(a.out, specs); done {
			return err
		}
		if len(args) == 1 {
			return a.showService(&specs[0])
		}
		var rows [][]string
		for _, s := range specs {
			rows = append(rows, []string{s.Slug, ports(&s), s.Title, dim.Render(s.Summary)})
		}
		return printTable(a.out, []string{"service", "ports", "what", ""}, rows)
	}
	c.ValidArgsFunction = func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
		return registry.All().Slugs(), cobra.ShellCompDirectiveNoFileComp
	}
	return c
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
