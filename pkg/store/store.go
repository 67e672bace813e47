package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Store is an open database. Its fields are the repositories, one per family of
// tables; none of them is nil.
type Store struct {
	Events      *Events
	Attackers   *Attackers
	Credentials *Credentials
	Bounties    *Bounties
	Users       *Users
	Sessions    *Sessions

	// writer and reader are two pools, so that whoever reads a lot does not keep
	// events waiting; reader cannot write.
	writer, reader *sql.DB
	dialect        *dialect
	engine         engine
	name           string
	retention      time.Duration
}

// engine is what differs from database to database by more than a few words.
type engine interface {
	// ingest stores the new events of b in one transaction and fills b in.
	ingest(ctx context.Context, b *batch) error
	// retain removes events of before t; see Store.Retain.
	retain(ctx context.Context, t time.Time) (Retained, error)
	// size is how many bytes the database takes on its disk.
	size(ctx context.Context) (int64, error)
	// prepare calls migrate, and nobody else does meanwhile if that can be had,
	// and then makes what the schema does not have by itself.
	prepare(ctx context.Context, migrate func(context.Context) error) error
	// close ends what is beside the pools, after them.
	close()
}

// Open opens the database that cfg names and brings its schema up to date. A
// SQLite file is created if it is missing; a PostgreSQL database has to exist. An
// error is one line that says what is wrong with which database, without its
// password; one for which Unavailable is true may be gone at the next try.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	s, err := connectTo(ctx, cfg)
	if err != nil {
		return nil, err
	}
	if err := s.engine.prepare(ctx, s.migrate); err != nil {
		return nil, errors.Join(s.openError(err), s.Close())
	}
	return s, nil
}

// connectTo opens the database that cfg names without looking at its schema.
func connectTo(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	var s *Store
	var err error
	if cfg.postgres() {
		s, err = openPostgres(ctx, cfg)
	} else {
		s, err = openSQLite(cfg)
	}
	if err != nil {
		return nil, err
	}
	s.name, s.retention = cfg.Location(), cfg.Retention
	s.Events = &Events{s.reader, s.dialect}
	s.Attackers = &Attackers{s.reader, s.writer, s.dialect}
	s.Credentials = &Credentials{s.reader, s.dialect}
	s.Bounties = &Bounties{s.reader}
	s.Users = &Users{s.reader, s.writer}
	s.Sessions = &Sessions{s.reader, s.writer}
	return s, nil
}

// Close waits for calls in progress and closes the database. The Store cannot be
// used afterwards.
func (s *Store) Close() error {
	// The writer is last: the last connection to close folds the write-ahead log
	// back into the database file, which a read-only one cannot.
	err := errors.Join(s.reader.Close(), s.writer.Close())
	s.engine.close()
	if err != nil {
		return fmt.Errorf("close store: %w", err)
	}
	return nil
}

// transact runs fn in one transaction of db and commits it unless fn fails.
func transact(ctx context.Context, db *sql.DB, fn func(*sql.Tx) error) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	if err := fn(tx); err != nil {
		// The cause is fn's error; a rollback can only fail because the
		// transaction is over already.
		_ = tx.Rollback()
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}
