package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/jackc/pgx/v5/stdlib"
)

// postgresEngine is what is PostgreSQL's own.
type postgresEngine struct {
	writer, reader *pgxpool.Pool
	// weeks are those that have a partition, as far as this process knows: a
	// map from the first nanosecond of a week to nothing.
	weeks sync.Map
	now   func() time.Time
}

// lockClass keeps our advisory locks apart from those that another program takes
// in the same database ("dcnt" in ASCII); the second number says what is locked.
const (
	lockClass      = 0x64636e74
	lockMigrate    = -1
	lockPartitions = -2
	lockCopy       = -3
	// lockAttackers are 0 to attackerLocks-1.
	attackerLocks = 256
)

// openPostgres makes the pools of a database. It does not connect yet. The pools
// replace connections that broke, so a server that was away is there again for
// the first call after.
func openPostgres(ctx context.Context, cfg Config) (*Store, error) {
	e := &postgresEngine{now: time.Now}
	for _, p := range []struct {
		readOnly bool
		pool     **pgxpool.Pool
	}{{false, &e.writer}, {true, &e.reader}} {
		pc, err := poolConfig(cfg.postgresURL(), cfg.client, p.readOnly)
		if err != nil {
			return nil, err
		}
		if !p.readOnly {
			pc.AfterConnect = makeIncoming
		}
		// The pool outlives ctx, which is that of opening it.
		if *p.pool, err = pgxpool.NewWithConfig(context.WithoutCancel(ctx), pc); err != nil {
			e.close()
			return nil, fmt.Errorf("store %s: %w", cfg.Location(), err)
		}
	}
	return &Store{
		writer: stdlib.OpenDBFromPool(e.writer), reader: stdlib.OpenDBFromPool(e.reader),
		dialect: &postgresDialect, engine: e,
	}, nil
}

func (e *postgresEngine) close() {
	for _, p := range []*pgxpool.Pool{e.reader, e.writer} {
		if p != nil {
			p.Close()
		}
	}
}

func (e *postgresEngine) size(ctx context.Context) (bytes int64, err error) {
	err = e.reader.QueryRow(ctx, `SELECT pg_database_size(current_database())`).Scan(&bytes)
	return bytes, err
}

// prepare lets one process after the other migrate.
func (e *postgresEngine) prepare(ctx context.Context, migrate func(context.Context) error) error {
	err := e.locked(ctx, lockMigrate, migrate)
	if err != nil {
		return err
	}
	this := weekOf(e.now().UnixNano())
	return e.makeWeeks(ctx, []int64{this, this + week})
}

// locked calls fn while no other process has the lock.
func (e *postgresEngine) locked(ctx context.Context, lock int, fn func(context.Context) error) (err error) {
	conn, err := e.writer.Acquire(ctx)
	if err != nil {
		return err
	}
	defer conn.Release()
	if _, err := conn.Exec(ctx, `SELECT pg_advisory_lock($1, $2)`, lockClass, lock); err != nil {
		return err
	}
	defer func() {
		// Even when ctx has ended; the connection may be broken, which unlocks too.
		_, unlockErr := conn.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1, $2)`, lockClass, lock)
		if unlockErr != nil {
			_ = conn.Conn().Close(context.WithoutCancel(ctx))
			err = errors.Join(err, unlockErr)
		}
	}()
	return fn(ctx)
}

// inspectPostgres returns the schema version of the database, 0 for an empty one,
// and refuses servers and databases that we cannot use.
func (s *Store) inspectPostgres(ctx context.Context) (version int64, err error) {
	var server int
	var encoding, user string
	var standby, mayCreate sql.NullBool
	var versioned, others int64
	err = s.writer.QueryRowContext(ctx, `
		SELECT current_setting('server_version_num')::int, current_setting('server_encoding'), current_user, pg_is_in_recovery(),
		       has_schema_privilege(current_schema(), 'CREATE')`).Scan(&server, &encoding, &user, &standby, &mayCreate)
	if err != nil {
		return 0, err
	}
	switch {
	case server < 140000:
		return 0, invalid("store %s: the server is PostgreSQL %d: want 14 or newer", s.name, server/10000)
	case encoding != "UTF8":
		return 0, invalid("store %s: the database is encoded in %s: make one with ENCODING 'UTF8' TEMPLATE template0", s.name, encoding)
	case standby.Bool:
		return 0, invalid("store %s: the server is a standby, which cannot be written: name the primary", s.name)
	}
	err = s.writer.QueryRowContext(ctx, `
		SELECT count(*) FILTER (WHERE c.relname = $1), count(*) FILTER (WHERE c.relname <> $1)
		FROM pg_class c WHERE c.relkind IN ('r', 'p') AND c.relnamespace = current_schema()::regnamespace`,
		versionTable).Scan(&versioned, &others)
	switch {
	case err != nil:
		return 0, err
	case versioned == 0 && others > 0:
		return 0, invalid("store %s: is the database of another program; name another database", s.name)
	case versioned == 0 && !mayCreate.Bool:
		return 0, invalid("store %s: user %q may not make tables there: GRANT CREATE ON SCHEMA public TO it, or make it the owner", s.name, user)
	case versioned == 0:
		return 0, nil
	}
	return lastVersion(ctx, s.writer)
}

// transact is transact with what only pgx can do, such as COPY.
func (e *postgresEngine) transact(ctx context.Context, fn func(pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, e.writer, fn)
}
