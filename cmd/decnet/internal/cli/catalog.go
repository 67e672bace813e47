package cli

import (
	"strings"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/decnet/catalog"
)

func (a *app) distrosCommand() *cobra.Command {
	c := &cobra.Command{Use: "distros", Short: "List the operating systems a decky can claim", Args: noArgs}
	linux := c.Flags().Bool("linux", false, "only the Linux distros")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		list := catalog.OSes()
		if *linux {
			list = catalog.Distros()
		}
		if done, err := output.write(c.OutOrStdout(), list); done {
			return err
		}
		var rows [][]string
		for _, o := range list {
			rows = append(rows, []string{o.Slug, o.Name, string(o.Family), string(o.Style), dim.Render(o.Image)})
		}
		return printTable(c.OutOrStdout(), []string{"system", "what", "nmap_os", "hostnames", "image"}, rows)
	}
	return c
}

func (a *app) archetypesCommand() *cobra.Command {
	c := &cobra.Command{Use: "archetypes", Short: "List what machines can be for", Args: noArgs}
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		list := catalog.Archetypes()
		if done, err := output.write(c.OutOrStdout(), list); done {
			return err
		}
		built := builtServices()
		var rows [][]string
		for _, x := range list {
			state, services := good.Render("ready"), make([]string, len(x.Services))
			for i, s := range x.Services {
				if services[i] = s; !built[s] {
					services[i], state = dim.Render(s), warn.Render("not built yet")
				}
			}
			rows = append(rows, []string{x.Slug, strings.Join(services, " "), strings.Join(x.OSes, " "), state, dim.Render(x.Description)})
		}
		return printTable(c.OutOrStdout(), []string{"archetype", "services", "systems", "", ""}, rows)
	}
	return c
}
