package store

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"
)

func (e *postgresEngine) retain(ctx context.Context, t time.Time) (Retained, error) {
	var done Retained
	before := nanosOf(t)
	if before > firstMonday-weeksBack*week {
		before = weekOf(before) // of which a partition may have events that stay
	}
	partitions, err := e.partitions(ctx)
	if err != nil {
		return done, err
	}
	for _, name := range partitions {
		start, ok := weekOfPartition(name)
		if !ok || start+week > before {
			continue
		}
		n, err := e.drop(ctx, name)
		if err != nil {
			return done, err
		}
		e.weeks.Delete(start)
		done.Events, done.Partitions = done.Events+n, done.Partitions+1
	}
	for {
		res, err := e.writer.Exec(ctx, `DELETE FROM events_odd WHERE ctid IN (SELECT ctid FROM events_odd WHERE time < $1 LIMIT $2)`, before, retainBatch)
		if err != nil {
			return done, err
		}
		done.Events += uint64(res.RowsAffected()) //nolint:gosec // a number of rows
		if res.RowsAffected() < retainBatch {
			break
		}
	}
	_, err = e.writer.Exec(ctx, `DELETE FROM event_spans WHERE last_time < $1`, before)
	return done, err
}

// partitions are the names of those of events.
func (e *postgresEngine) partitions(ctx context.Context) ([]string, error) {
	rows, err := e.reader.Query(ctx, `
		SELECT c.relname::text FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
		WHERE i.inhparent = to_regclass('events') ORDER BY 1`)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}

// drop removes a partition and returns how many events it had. Queries that run
// are waited for, but not long, as everybody who asks after us waits too.
func (e *postgresEngine) drop(ctx context.Context, name string) (n uint64, err error) {
	err = e.transact(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, lockClass, lockPartitions); err != nil {
			return err
		}
		table := pgx.Identifier{name}.Sanitize()
		var there bool
		if err := tx.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&there); err != nil || !there {
			return err // another process was faster
		}
		if err := tx.QueryRow(ctx, `SELECT count(*) FROM `+table).Scan(&n); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, `SET LOCAL lock_timeout = '5s'`); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `DROP TABLE `+table)
		return err
	})
	return n, err
}
