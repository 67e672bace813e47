package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
)

// Store is an open database. Its fields are the repositories, one per family of
// tables; none of them is nil.
type Store struct {
	Events      *Events
	Attackers   *Attackers
	Credentials *Credentials
	Users       *Users
	Sessions    *Sessions

	// writer has a single connection, so that transactions of this process wait
	// for each other here, in order and until their context ends, rather than
	// poll for SQLite's lock. reader never writes, and never waits for it.
	writer, reader *sql.DB
}

// Open opens the database at cfg.Path, creating it if it is missing, and brings
// its schema up to date. An error is one line that says what is wrong with which
// file; one for which Unavailable is true may be gone at the next try.
func Open(ctx context.Context, cfg Config) (*Store, error) {
	if err := cfg.Validate(); err != nil {
		return nil, err
	}
	writer, reader, err := openSQLite(ctx, cfg)
	if err != nil {
		return nil, err
	}
	s := &Store{writer: writer, reader: reader}
	s.Events = &Events{reader}
	s.Attackers = &Attackers{reader, writer}
	s.Credentials = &Credentials{reader}
	s.Users = &Users{reader, writer}
	s.Sessions = &Sessions{reader, writer}
	return s, nil
}

// Close waits for calls in progress and closes the database. The Store cannot be
// used afterwards.
func (s *Store) Close() error {
	// The writer is last: the last connection to close folds the write-ahead log
	// back into the database file, which a read-only one cannot.
	if err := errors.Join(s.reader.Close(), s.writer.Close()); err != nil {
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
