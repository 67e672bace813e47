package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"
	"path"
	"strings"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// versionTable records which migrations a database has had.
const versionTable = "schema_versions"

// migrator returns what moves the schema up and down. The two databases have
// migrations and versions of their own.
func (s *Store) migrator() (*goose.Provider, error) {
	folder, dialect := "migrations/sqlite", goose.DialectSQLite3
	options := []goose.ProviderOption{goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true)}
	if s.dialect == &postgresDialect {
		folder, dialect = "migrations/postgres", goose.DialectPostgres
	} else {
		// SQL cannot tell words apart.
		options = append(options, goose.WithGoMigrations(goose.NewGoMigration(5,
			&goose.GoFunc{RunTx: fillSearch}, &goose.GoFunc{RunTx: emptySearch})))
	}
	files, err := fs.Sub(migrations, folder)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	p, err := goose.NewProvider(dialect, s.writer, files, options...)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// Schema is which migrations a database has had.
type Schema struct {
	// Version is that of the database, 0 for an empty one, and Latest the one
	// that this program works with.
	Version int64 `json:"version"`
	Latest  int64 `json:"latest"`
	// Pending are the migrations between the two, in order.
	Pending []string `json:"pending"`
}

// schema tells what has to be done, and refuses a database that is not ours or
// is ahead of this program.
func (s *Store) schema(ctx context.Context) (Schema, *goose.Provider, error) {
	var have Schema
	var err error
	if s.dialect == &postgresDialect {
		have.Version, err = s.inspectPostgres(ctx)
	} else {
		have.Version, err = s.inspectSQLite(ctx)
	}
	if err != nil {
		return have, nil, err
	}
	p, err := s.migrator()
	if err != nil {
		return have, nil, err
	}
	have = pending(have.Version, p)
	if have.Version > have.Latest {
		return have, nil, invalid("store %s: was made by a newer version (schema %d, this one knows up to %d); run that version or name another %s",
			s.name, have.Version, have.Latest, s.dialect.place)
	}
	return have, p, nil
}

// pending is the schema of a database of some version.
func pending(version int64, p *goose.Provider) Schema {
	have := Schema{Version: version, Pending: []string{}}
	for _, m := range p.ListSources() {
		have.Latest = m.Version
		if m.Version > version {
			have.Pending = append(have.Pending, migrationName(m))
		}
	}
	return have
}

// migrationName is the number of a migration and what its file is called.
func migrationName(m *goose.Source) string {
	name := strings.TrimSuffix(path.Base(m.Path), ".sql")
	if m.Path == "" {
		name = fmt.Sprintf("%05d_fill_search", m.Version)
	}
	return name
}

// migrate brings the schema up to date.
func (s *Store) migrate(ctx context.Context) error {
	have, p, err := s.schema(ctx)
	if err != nil || len(have.Pending) == 0 {
		return err
	}
	for {
		_, upErr := p.Up(ctx)
		if upErr == nil {
			return nil
		}
		// Another process may have applied the same migration at the same time,
		// so that ours found its tables there. Go on from where that one is.
		now, err := p.GetDBVersion(ctx)
		if err != nil || now <= have.Version {
			return fmt.Errorf("migrate from schema %d to %d: %w", have.Version, have.Latest, upErr)
		}
		have.Version = now
	}
}

// inspectSQLite returns the schema version of the database, 0 for an empty one,
// and refuses files that belong to something else or cannot have a write-ahead
// log.
func (s *Store) inspectSQLite(ctx context.Context) (version int64, err error) {
	var app, versioned, others int64
	var journal string
	db := s.writer
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&app); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&journal); err != nil {
		return 0, err
	}
	if journal != "wal" {
		return 0, invalid("store %s: its file system cannot share memory, which the write-ahead log needs; name a path on a local disk", s.name)
	}
	err = db.QueryRowContext(ctx, `
		SELECT count(*) FILTER (WHERE name = $1),
		       count(*) FILTER (WHERE name <> $1 AND name NOT LIKE 'sqlite\_%' ESCAPE '\')
		FROM sqlite_schema WHERE type = 'table'`, versionTable).Scan(&versioned, &others)
	if err != nil {
		return 0, err
	}
	if app != applicationID && (app != 0 || others > 0) {
		return 0, invalid("store %s: is the database of another program; name another path", s.name)
	}
	if versioned == 0 {
		return 0, nil
	}
	return lastVersion(ctx, db)
}

func lastVersion(ctx context.Context, db *sql.DB) (version int64, err error) {
	err = db.QueryRowContext(ctx, `SELECT max(version_id) FROM schema_versions`).Scan(&version)
	return version, err
}

// fillSearch makes events findable that were stored before there was a search.
func fillSearch(ctx context.Context, tx *sql.Tx) error {
	const page = 5000
	for last := int64(0); ; {
		rows, err := queryAll(ctx, tx, scanEvent, fmt.Sprintf(`SELECT %s FROM events WHERE num > $1 ORDER BY num LIMIT %d`, eventColumns, page), last)
		if err != nil || len(rows) == 0 {
			return err
		}
		in := newInserter(tx, `events_search (rowid, words)`, `(?, ?)`)
		for i := range rows {
			last = rows[i].num
			if err := in.words(ctx, last, &rows[i].Event); err != nil {
				return err
			}
		}
		if err := in.flush(ctx); err != nil {
			return err
		}
	}
}

func emptySearch(ctx context.Context, tx *sql.Tx) error {
	_, err := tx.ExecContext(ctx, `INSERT INTO events_search (events_search) VALUES ('delete-all')`)
	return err
}
