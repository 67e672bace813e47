package store

import (
	"context"
	"database/sql"
	"embed"
	"fmt"
	"io/fs"

	"github.com/pressly/goose/v3"
)

//go:embed migrations
var migrations embed.FS

// versionTable records which migrations a database has had.
const versionTable = "schema_versions"

// migrator returns what moves the schema of db up and down.
func migrator(db *sql.DB) (*goose.Provider, error) {
	files, err := fs.Sub(migrations, "migrations/sqlite")
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	p, err := goose.NewProvider(goose.DialectSQLite3, db, files,
		goose.WithTableName(versionTable), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return p, nil
}

// prepareDatabase checks that the file behind db is ours to use and brings its
// schema up to date.
func prepareDatabase(ctx context.Context, path string, db *sql.DB) error {
	have, err := inspect(ctx, path, db)
	if err != nil {
		return err
	}
	p, err := migrator(db)
	if err != nil {
		return err
	}
	sources := p.ListSources()
	want := sources[len(sources)-1].Version
	if have > want {
		return invalid("store %s: was made by a newer version (schema %d, this one knows up to %d); run that version or name another path", path, have, want)
	}
	for {
		_, upErr := p.Up(ctx)
		if upErr == nil {
			return nil
		}
		// Another process may have applied the same migration at the same time,
		// so that ours found its tables there. Go on from where that one is.
		now, err := p.GetDBVersion(ctx)
		if err != nil || now <= have {
			return fmt.Errorf("migrate from schema %d to %d: %w", have, want, upErr)
		}
		have = now
	}
}

// inspect returns the schema version of the database, 0 for an empty one, and
// refuses files that belong to something else or cannot have a write-ahead log.
func inspect(ctx context.Context, path string, db *sql.DB) (version int64, err error) {
	var app, versioned, others int64
	var journal string
	if err := db.QueryRowContext(ctx, `PRAGMA application_id`).Scan(&app); err != nil {
		return 0, err
	}
	if err := db.QueryRowContext(ctx, `PRAGMA journal_mode`).Scan(&journal); err != nil {
		return 0, err
	}
	if journal != "wal" {
		return 0, invalid("store %s: its file system cannot share memory, which the write-ahead log needs; name a path on a local disk", path)
	}
	err = db.QueryRowContext(ctx, `
		SELECT count(*) FILTER (WHERE name = $1),
		       count(*) FILTER (WHERE name <> $1 AND name NOT LIKE 'sqlite\_%' ESCAPE '\')
		FROM sqlite_schema WHERE type = 'table'`, versionTable).Scan(&versioned, &others)
	if err != nil {
		return 0, err
	}
	if app != applicationID && (app != 0 || others > 0) {
		return 0, invalid("store %s: is the database of another program; name another path", path)
	}
	if versioned == 0 {
		return 0, nil
	}
	err = db.QueryRowContext(ctx, `SELECT max(version_id) FROM schema_versions`).Scan(&version)
	return version, err
}
