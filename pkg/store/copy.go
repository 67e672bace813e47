package store

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/decnet/decnet/pkg/decnet"
)

// CopyProgress is how far a copy is with a table.
type CopyProgress struct {
	Table string
	// Doing is "copy" or, once all are copied, "verify".
	Doing string
	// Done of Total rows.
	Done, Total uint64
}

// CopiedTable is a table that is the same in both databases.
type CopiedTable struct {
	Table string `json:"table"`
	Rows  uint64 `json:"rows"`
	// Checksum is of all values of all rows, whatever their order.
	Checksum string `json:"checksum"`
}

// Copy copies everything from a SQLite database into an empty PostgreSQL one:
// events with their numbers, attackers, credentials, bounties, traits, profiles, users and
// sessions.
// It then reads both databases and compares each table. What is copied stays when
// it ends early, and a Copy of the same source continues there; a target with
// other data is refused with CodeConflict. Nothing may write to either meanwhile:
// that would be found by the comparison, which is an error too.
//
// report is told now and then how far it is.
func Copy(ctx context.Context, from, to Config, report func(CopyProgress)) ([]CopiedTable, error) {
	if from.postgres() || !to.postgres() {
		return nil, invalid("want a copy from SQLite to PostgreSQL, not from %s to %s", from.Location(), to.Location())
	}
	existing, err := openExisting(ctx, from)
	if err != nil {
		return nil, err
	}
	if err := existing.Close(); err != nil {
		return nil, err
	}
	source, err := Open(ctx, from)
	if err != nil {
		return nil, err
	}
	defer source.Close() //nolint:errcheck // nothing was written to it
	target, err := Open(ctx, to)
	if err != nil {
		return nil, err
	}
	defer target.Close() //nolint:errcheck // everything that counts is committed
	e, ok := target.engine.(*postgresEngine)
	if !ok {
		return nil, errors.New("the target is no PostgreSQL database")
	}
	c := &copier{source: source, target: target, e: e, report: report}
	var tables []CopiedTable
	err = e.locked(ctx, lockCopy, func(ctx context.Context) error {
		tables, err = c.run(ctx)
		return err
	})
	return tables, wrap(err, fmt.Sprintf("copy %s to %s", source.name, target.name))
}

type copier struct {
	source, target *Store
	e              *postgresEngine
	report         func(CopyProgress)
}

func (c *copier) run(ctx context.Context) ([]CopiedTable, error) {
	last, err := c.begin(ctx)
	if err != nil {
		return nil, err
	}
	totals := map[string]uint64{}
	for _, table := range dataTables {
		var n uint64
		if err := c.source.reader.QueryRowContext(ctx, "SELECT count(*) FROM "+table).Scan(&n); err != nil {
			return nil, err
		}
		totals[table] = n
	}
	for _, table := range dataTables {
		if table == "events" {
			err = c.events(ctx, last, totals[table])
		} else {
			err = c.table(ctx, table, totals[table])
		}
		if err != nil {
			return nil, fmt.Errorf("table %s: %w", table, err)
		}
	}
	if err := c.sequences(ctx); err != nil {
		return nil, err
	}
	tables, err := c.verify(ctx, totals)
	if err != nil {
		return nil, err
	}
	_, err = c.e.writer.Exec(ctx, `UPDATE copy_state SET done = true`)
	return tables, err
}

// begin refuses a target that has something else, and returns the number of the
// last event that an earlier copy has committed.
func (c *copier) begin(ctx context.Context) (last int64, err error) {
	source, err := c.fingerprint(ctx)
	if err != nil {
		return 0, err
	}
	if _, err := c.e.writer.Exec(ctx, `CREATE TABLE IF NOT EXISTS copy_state (source TEXT NOT NULL, last_num BIGINT NOT NULL, done BOOLEAN NOT NULL)`); err != nil {
		return 0, err
	}
	var earlier string
	var done bool
	err = c.e.writer.QueryRow(ctx, `SELECT source, last_num, done FROM copy_state`).Scan(&earlier, &last, &done)
	switch {
	case err == nil && done:
		return 0, conflict("store %s: a copy into it was completed before; reset it to copy again", c.target.name)
	case err == nil && earlier != source:
		return 0, conflict("store %s: has an unfinished copy of another database; reset it to begin anew", c.target.name)
	case err == nil:
		return last, nil
	case !errors.Is(err, pgx.ErrNoRows):
		return 0, err
	}
	for _, table := range dataTables {
		var some bool
		if err := c.e.writer.QueryRow(ctx, "SELECT EXISTS (SELECT FROM "+table+")").Scan(&some); err != nil {
			return 0, err
		}
		if some {
			return 0, conflict("store %s: has data already (table %s): name an empty database", c.target.name, table)
		}
	}
	_, err = c.e.writer.Exec(ctx, `INSERT INTO copy_state VALUES ($1, 0, false)`, source)
	return 0, err
}

// fingerprint tells sources apart: by their first event and their first user.
func (c *copier) fingerprint(ctx context.Context) (string, error) {
	var print string
	err := c.source.reader.QueryRowContext(ctx, `
		SELECT COALESCE((SELECT num || ' ' || id FROM events ORDER BY num LIMIT 1), '-') || ' ' ||
		       COALESCE((SELECT name || ' ' || created FROM users ORDER BY created, name LIMIT 1), '-')`).Scan(&print)
	return print, err
}

// sequences lets numbers go on after those that were ever used.
func (c *copier) sequences(ctx context.Context) error {
	for table, sequence := range map[string]string{"events": "events_num", "credentials": "credentials_num_seq", "bounties": "bounties_num_seq", "traits": "traits_num_seq"} {
		var last int64
		err := c.source.reader.QueryRowContext(ctx, `SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = $1), 0)`, table).Scan(&last)
		if err == nil && last > 0 {
			_, err = c.e.writer.Exec(ctx, `SELECT setval($1::text::regclass, $2)`, sequence, last)
		}
		if err != nil {
			return fmt.Errorf("continue the numbers of %s: %w", table, err)
		}
	}
	return nil
}

// verify compares the tables of both databases.
func (c *copier) verify(ctx context.Context, totals map[string]uint64) ([]CopiedTable, error) {
	var tables []CopiedTable
	for _, table := range dataTables {
		have, err := c.sum(ctx, c.target, table, totals[table])
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", table, err)
		}
		want, err := c.sum(ctx, c.source, table, totals[table])
		if err != nil {
			return nil, fmt.Errorf("verify %s: %w", table, err)
		}
		if have != want {
			return nil, &decnet.Error{Code: decnet.CodeConflict, Message: fmt.Sprintf(
				"table %s differs: %d rows with checksum %s in %s, %d rows with %s in %s; was something writing to one of them?",
				table, want.Rows, want.Checksum, c.source.name, have.Rows, have.Checksum, c.target.name)}
		}
		tables = append(tables, want)
	}
	return tables, nil
}
