package cli

import (
	"fmt"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"

	"github.com/decnet/decnet/pkg/worker"
)

// manCommand writes manual pages, for packages and for people: hidden commands
// have none.
func manCommand() *cobra.Command {
	return &cobra.Command{
		Use: "man DIR", Short: "Write a manual page for every command into a folder",
		Long: "Writes a manual page for every command into DIR, which is made if it is missing. To\n" +
			"read one: man -l DIR/decnet-up.1",
		Args: func(c *cobra.Command, args []string) error {
			if len(args) != 1 {
				return usageError{fmt.Errorf("%s wants one folder to write to, but got %d arguments", c.CommandPath(), len(args))}
			}
			return nil
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(c *cobra.Command, args []string) error {
			if err := worker.MakeDir(args[0], 0o755); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			root := c.Root()
			root.DisableAutoGenTag = true // pages of one version are the same on every day
			header := &doc.GenManHeader{Section: "1", Source: "decnet " + worker.Version, Manual: "DECNET"}
			if err := doc.GenManTree(root, header, args[0]); err != nil {
				return fmt.Errorf("write manual pages: %w", err)
			}
			return nil
		},
	}
}

// choices are the flags that take one of a few words, in any command.
var choices = map[string][]string{"log-level": {"debug", "info", "warn", "error"}}

// completeFlags tells shells what root's flags and those of all its commands take.
func completeFlags(root *cobra.Command) {
	_ = root.MarkPersistentFlagDirname("data-dir")
	_ = root.MarkPersistentFlagFilename("config", "yaml", "yml", "toml", "json")
	_ = root.RegisterFlagCompletionFunc("bus", cobra.NoFileCompletions)
	completeChoices(root)
}

func completeChoices(c *cobra.Command) {
	for name, words := range choices {
		if c.Flags().Lookup(name) != nil {
			_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
		}
	}
	for _, sub := range c.Commands() {
		completeChoices(sub)
	}
}
