package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/store"
)

func (a *app) dbCommand() *cobra.Command {
	return group(&cobra.Command{
		Use:   "db",
		Short: "Look after the database: its schema, its contents, a copy to PostgreSQL",
		Long:  "Works on the database of the configuration: store.url, or the SQLite file store.path.",
	}, a.dbStatusCommand(), a.dbMigrateCommand(), a.dbResetCommand(), a.dbCopyCommand())
}

func (a *app) dbStatusCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "status",
		Short: "Show what the database is and has",
		Long:  "Shows kind, place, schema, size, rows of each table and the times of the first and the last event. Changes nothing.",
		Args:  noArgs,
	}
	output := outputFlag(c)
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := a.storeConfig(c)
		if err != nil {
			return err
		}
		st, err := store.ReadStatus(c.Context(), cfg)
		if err != nil {
			return err
		}
		if done, err := output.write(c.OutOrStdout(), st); done {
			return err
		}
		return printStatus(c, &st)
	}
	return c
}

func printStatus(c *cobra.Command, st *store.Status) error {
	schema := fmt.Sprintf("%d", st.Schema.Version)
	if n := len(st.Schema.Pending); n > 0 {
		schema += fmt.Sprintf(" of %d; \"decnet db migrate\" does the rest", st.Schema.Latest)
	}
	rows := [][]string{{"kind", st.Kind}, {"where", st.Location}, {"schema", schema}, {"size", fmt.Sprintf("%.1f MB", float64(st.Bytes)/1e6)}}
	for _, t := range st.Tables {
		rows = append(rows, []string{t.Name, fmt.Sprint(t.Rows)})
	}
	if !st.Oldest.IsZero() {
		rows = append(rows, []string{"oldest event", st.Oldest.Format(time.RFC3339)}, []string{"newest event", st.Newest.Format(time.RFC3339)})
	}
	return printTable(c.OutOrStdout(), []string{"what", ""}, rows)
}

func (a *app) dbMigrateCommand() *cobra.Command {
	c := &cobra.Command{
		Use:   "migrate",
		Short: "Bring the schema of the database up to date",
		Long: "Shows which migrations the database lacks, and makes them. Every worker does so too when it starts;\n" +
			"this is for whoever wants to choose the moment. With --dry-run it only shows them.",
		Args: noArgs,
	}
	dryRun := c.Flags().Bool("dry-run", false, "show what would be done and do nothing")
	c.RunE = func(c *cobra.Command, _ []string) error {
		cfg, err := a.storeConfig(c)
		if err != nil {
			return err
		}
		schema, err := store.ReadSchema(c.Context(), cfg)
		if err != nil {
			return err
		}
		if len(schema.Pending) == 0 {
			return printLine(c.OutOrStdout(), fmt.Sprintf("%s has schema %d, the latest", cfg.Location(), schema.Version))
		}
		_ = printLine(c.OutOrStdout(), fmt.Sprintf("%s has schema %d and lacks:", cfg.Location(), schema.Version))
		for _, name := range schema.Pending {
			_ = printLine(c.OutOrStdout(), "  "+name)
		}
		if *dryRun {
			return printLine(c.OutOrStdout(), dim.Render("nothing was done: --dry-run"))
		}
		s, err := store.Open(c.Context(), cfg)
		if err != nil {
			return err
		}
		if err := s.Close(); err != nil {
			return err
		}
		return printLine(c.OutOrStdout(), good.Render(fmt.Sprintf("it has schema %d now", schema.Latest)))
	}
	return c
}

// openToRead opens a database that has the schema of this version. It is not brought up to it: that is for whoever
// runs the stack.
func openToRead(ctx context.Context, cfg store.Config) (*store.Store, error) {
	schema, err := store.ReadSchema(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if len(schema.Pending) > 0 {
		return nil, fmt.Errorf("%s has not the schema of this version: start \"decnet up\", or see \"decnet db migrate\"", cfg.Location())
	}
	return store.Open(ctx, cfg)
}

// storeConfig is the database of the configuration, with its warnings told.
func (a *app) storeConfig(c *cobra.Command) (store.Config, error) {
	cfg, warnings, err := a.loadConfig(nil)
	for _, w := range warnings {
		_, _ = fmt.Fprintln(c.ErrOrStderr(), "warning: "+w)
	}
	return cfg.Store, err
}

// errRunning refuses what must not happen below a running stack.
func (a *app) errRunning() error {
	dir, err := a.dir()
	if err != nil {
		return err
	}
	if stack.IsRunning(dir) {
		return fmt.Errorf("a decnet runs on data directory %s and uses its database: stop it first", dir)
	}
	return nil
}

var errNoTarget = errors.New("where to? want --to postgres://user:password@host:port/database")
