package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Status is what a database is and has.
type Status struct {
	// Kind is "sqlite" or "postgresql".
	Kind     string `json:"kind"`
	Location string `json:"location"`
	Schema   Schema `json:"schema"`
	// Bytes is how much it takes on its disk; of SQLite, without its log.
	Bytes  int64         `json:"bytes"`
	Tables []TableStatus `json:"tables"`
	// Oldest and Newest are times of events; zero if there are none.
	Oldest time.Time `json:"oldest,omitzero"`
	Newest time.Time `json:"newest,omitzero"`
}

// TableStatus is how many rows a table has.
type TableStatus struct {
	Name string `json:"name"`
	Rows uint64 `json:"rows"`
}

// dataTables are the tables that hold what cannot be made again, in an order in
// which none refers to a later one.
var dataTables = []string{"attackers", "events", "credentials", "bounties", "traits", "profiles", "users", "sessions"}

// ReadStatus looks at the database that cfg names and changes nothing. A SQLite
// file that does not exist is CodeNotFound.
func ReadStatus(ctx context.Context, cfg Config) (Status, error) {
	s, err := openExisting(ctx, cfg)
	if err != nil {
		return Status{}, err
	}
	st, err := s.status(ctx)
	if err != nil {
		err = s.openError(err)
	}
	return st, errors.Join(err, s.Close())
}

// openExisting opens a database as it is, without making one or its schema.
func openExisting(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	if !cfg.postgres() {
		if _, err := os.Stat(cfg.Path); errors.Is(err, fs.ErrNotExist) {
			return nil, notFound("store %s: there is no database yet", cfg.Location())
		}
	}
	return connectTo(ctx, cfg)
}

func (s *Store) status(ctx context.Context) (st Status, err error) {
	st.Kind, st.Location = s.dialect.system, s.name
	if st.Schema, _, err = s.schema(ctx); err != nil {
		return st, err
	}
	if st.Bytes, err = s.engine.size(ctx); err != nil {
		return st, err
	}
	for _, name := range dataTables {
		t := TableStatus{Name: name}
		err := s.writer.QueryRowContext(ctx, "SELECT count(*) FROM "+name).Scan(&t.Rows)
		if missingTable(err) { // it comes with a later schema
			continue
		}
		if err != nil {
			return st, fmt.Errorf("count %s: %w", name, err)
		}
		st.Tables = append(st.Tables, t)
	}
	var oldest, newest sql.NullInt64
	err = s.writer.QueryRowContext(ctx, `SELECT min(first_time), max(last_time) FROM event_spans`).Scan(&oldest, &newest)
	if err != nil && !missingTable(err) {
		return st, err
	}
	if oldest.Valid {
		st.Oldest, st.Newest = fromNanos(oldest.Int64), fromNanos(newest.Int64)
	}
	return st, nil
}

func missingTable(err error) bool {
	return err != nil && (sqlState(err) == "42P01" || strings.Contains(err.Error(), "no such table"))
}

// Reset removes everything from the database that cfg names, for good: it is then
// as one that was just made. It refuses while another process of ours is connected
// to PostgreSQL; of SQLite the caller has to know. A SQLite file that does not
// exist is CodeNotFound.
func Reset(ctx context.Context, cfg Config) error {
	cfg.client = "decnet-reset"
	s, err := openExisting(ctx, cfg)
	if err != nil {
		return err
	}
	err = s.engine.prepare(ctx, s.wipe)
	if err != nil {
		err = s.openError(err)
	}
	return errors.Join(err, s.Close())
}

func (s *Store) wipe(ctx context.Context) error {
	if s.dialect == &postgresDialect {
		var others int
		err := s.writer.QueryRowContext(ctx, `
			SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND application_name = $1`, defaultClient).Scan(&others)
		if err != nil {
			return err
		}
		if others > 0 {
			return &decnet.Error{Code: decnet.CodeConflict, Message: fmt.Sprintf("store %s: something of decnet is connected to it (%d connections): stop the workers first", s.name, others)}
		}
		if _, err := s.writer.ExecContext(ctx, `DROP TABLE IF EXISTS copy_state`); err != nil {
			return err
		}
	}
	_, p, err := s.schema(ctx)
	if err != nil {
		return err
	}
	if _, err := p.DownTo(ctx, 0); err != nil {
		return fmt.Errorf("remove the schema: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("make the schema anew: %w", err)
	}
	if s.dialect == &sqliteDialect {
		// What was deleted is still in the file until something is written over it.
		_, err = s.writer.ExecContext(ctx, `VACUUM`)
	}
	return err
}

// ReadSchema tells which migrations the database that cfg names needs. Of a
// SQLite file that does not exist that is all of them.
func ReadSchema(ctx context.Context, cfg Config) (Schema, error) {
	s, err := openExisting(ctx, cfg)
	if decnet.ErrorCode(err) == decnet.CodeNotFound {
		return pendingOfNone(cfg)
	}
	if err != nil {
		return Schema{}, err
	}
	have, _, err := s.schema(ctx)
	if err != nil {
		err = s.openError(err)
	}
	return have, errors.Join(err, s.Close())
}

// pendingOfNone is the schema of a database that is not there.
func pendingOfNone(cfg Config) (Schema, error) {
	// Migrations are listed by way of a database; nothing connects to this one.
	writer, err := connect(cfg.Path, cfg, true)
	if err != nil {
		return Schema{}, err
	}
	p, err := (&Store{writer: writer, dialect: &sqliteDialect}).migrator()
	if err != nil {
		return Schema{}, errors.Join(err, writer.Close())
	}
	return pending(0, p), writer.Close()
}
