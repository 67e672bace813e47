package cli

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func (a *app) dbResetCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "reset",
		Short: "Destroy everything in the database",
		Long: "Shows what is in the database and, with --yes-destroy, removes it for good: events, attackers, profiles,\n" +
			"credentials, bounties, users and sessions. The fleet is not in it. It refuses while something of decnet uses it.",
		Example: "  decnet db reset\n  decnet db reset --yes-destroy",
		Args:    noArgs,
	}
	destroy := c.Flags().Bool("yes-destroy", false, "do it; without this it only shows what would be destroyed")
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := a.storeConfig(c)
		if err != nil {
			return err
		}
		st, err := store.ReadStatus(c.Context(), cfg)
		if decnet.ErrorCode(err) == decnet.CodeNotFound {
			return printLine(c.OutOrStdout(), fmt.Sprintf("%s: there is nothing to destroy", cfg.Location()))
		}
		if err != nil {
			return err
		}
		var rows [][]string
		for _, t := range st.Tables {
			rows = append(rows, []string{t.Name, fmt.Sprint(t.Rows)})
		}
		_ = printLine(c.OutOrStdout(), fmt.Sprintf("To destroy in %s %s:", st.Kind, st.Location))
		if err := printTable(c.OutOrStdout(), []string{"table", "rows"}, rows); err != nil {
			return err
		}
		if !*destroy {
			return printLine(c.OutOrStdout(), dim.Render("nothing was done: add --yes-destroy to destroy it"))
		}
		if err := a.errRunning(); err != nil {
			return err
		}
		if err := store.Reset(c.Context(), cfg); err != nil {
			return err
		}
		return printLine(c.OutOrStdout(), warn.Render("it is empty now"))
	}
	return c
}

func (a *app) dbCopyCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "copy",
		Short: "Copy the SQLite database into an empty PostgreSQL one",
		Long: "Copies everything, with all numbers, and then compares both databases row by row. A copy that was\n" +
			"cut off goes on where it was. Afterwards set store.url to the new database. Stop decnet before.",
		Example: "  decnet db copy --to postgres://decnet:PASSWORD@db.example.org:5432/decnet",
		Args:    noArgs,
	}
	to := c.Flags().String("to", "", "the PostgreSQL database, as postgres://user:password@host:port/database")
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		if *to == "" {
			return usageError{errNoTarget}
		}
		target := store.Config{URL: *to}
		if err := target.Validate(); err != nil {
			return usageError{fmt.Errorf("--to: %w", err)}
		}
		cfg, err := a.storeConfig(c)
		if err != nil {
			return err
		}
		if err := a.errRunning(); err != nil {
			return err
		}
		tables, err := store.Copy(c.Context(), cfg, target, copyProgress(c))
		if err != nil {
			return err
		}
		if done, err := output.write(c.OutOrStdout(), tables); done {
			return err
		}
		var rows [][]string
		for _, t := range tables {
			rows = append(rows, []string{t.Table, fmt.Sprint(t.Rows), t.Checksum})
		}
		if err := printTable(c.OutOrStdout(), []string{"table", "rows", "checksum of both"}, rows); err != nil {
			return err
		}
		return printLine(c.OutOrStdout(), good.Render("both databases are the same; set store.url to use the new one"))
	}
	return c
}

// copyProgress writes a line for each table and each tenth of it, where it does
// not mix with the result.
func copyProgress(c *cobra.Command) func(store.CopyProgress) {
	var last string
	return func(p store.CopyProgress) {
		line := fmt.Sprintf("%s %s", p.Doing, p.Table)
		if p.Total > 0 {
			line += fmt.Sprintf(" %d %%", p.Done*10/p.Total*10)
		}
		if line != last {
			last = line
			_, _ = fmt.Fprintf(c.ErrOrStderr(), "%s (%d of %d)\n", line, p.Done, p.Total)
		}
	}
}
