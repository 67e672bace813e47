package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"
)

// retainBatch is how many events are deleted in a transaction, which ingest
// waits for.
const retainBatch = 2000

func (e *sqliteEngine) retain(ctx context.Context, t time.Time) (Retained, error) {
	var done Retained
	before := nanosOf(t)
	blocks, err := queryAll(ctx, e.reader, func(row scanner) (block int64, err error) { return block, row.Scan(&block) },
		`SELECT block FROM event_spans WHERE first_time < $1 ORDER BY block`, before)
	if err != nil {
		return done, err
	}
	for _, block := range blocks {
		for {
			var n int64
			err := transact(ctx, e.writer, func(tx *sql.Tx) (err error) {
				n, err = retainSome(ctx, tx, block, before)
				return err
			})
			if err != nil {
				return done, err
			}
			done.Events += uint64(n) //nolint:gosec // a number of rows
			if n < retainBatch {
				break
			}
		}
	}
	return done, nil
}

// retainSome deletes events of one block of numbers, and once there are no more
// says anew between which times the rest is.
func retainSome(ctx context.Context, tx *sql.Tx, block, before int64) (int64, error) {
	const from = ` FROM events WHERE num >= $1 AND num < $2`
	some := fmt.Sprintf(`(SELECT num`+from+` AND time < $3 LIMIT %d)`, retainBatch)
	low, high := block*spanSize, (block+1)*spanSize
	if _, err := tx.ExecContext(ctx, `DELETE FROM events_search WHERE rowid IN `+some, low, high, before); err != nil { //nolint:gosec // some is a constant
		return 0, err
	}
	res, err := tx.ExecContext(ctx, `DELETE FROM events WHERE num IN `+some, low, high, before) //nolint:gosec // likewise
	if err != nil {
		return 0, err
	}
	n, err := res.RowsAffected()
	if err != nil || n == retainBatch {
		return n, err
	}
	if _, err := tx.ExecContext(ctx, `DELETE FROM event_spans WHERE block = $1`, block); err != nil {
		return n, err
	}
	_, err = tx.ExecContext(ctx, `INSERT INTO event_spans SELECT $3, min(time), max(time)`+from+` HAVING count(*) > 0`, low, high, block)
	return n, err
}
