package store

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"
)

// week is how long a partition of events is, in nanoseconds. A year has few
// enough that a list, which asks all of them, is fast; and a week is little
// beyond what retention asks for.
const week = int64(7 * 24 * time.Hour)

// firstMonday is the first nanosecond of some week.
var firstMonday = time.Date(2024, 1, 1, 0, 0, 0, 0, time.UTC).UnixNano()

// Weeks within these of now have partitions of their own; the rest is odd.
const (
	weeksBack  = 2 * 53
	weeksAhead = 5
)

// weekOf returns the first nanosecond of the week of t.
func weekOf(t int64) int64 {
	// The remainder of a negative number is negative.
	offset := (t - firstMonday) % week
	if t < firstMonday && offset != 0 {
		offset += week
	}
	return t - offset
}

func partitionName(start int64) string {
	return "events_" + time.Unix(0, start).UTC().Format("20060102")
}

// weekOfPartition is the inverse of partitionName; ok is false for the odd one.
func weekOfPartition(name string) (start int64, ok bool) {
	t, err := time.Parse("events_20060102", name)
	return t.UnixNano(), err == nil
}

// usual reports whether the week has a partition of its own.
func (e *postgresEngine) usual(start int64) bool {
	this := weekOf(e.now().UnixNano())
	return start >= this-weeksBack*week && start <= this+weeksAhead*week
}

// makeWeeksOf makes the partitions that the batch needs.
func (e *postgresEngine) makeWeeksOf(ctx context.Context, b *batch) error {
	var missing []int64
	for i := range b.events {
		t := b.events[i].Time.UnixNano()
		if t < firstMonday-weeksBack*week { // near the end of what an int64 can hold
			continue
		}
		start := weekOf(t)
		if _, known := e.weeks.Load(start); !known && e.usual(start) && !slices.Contains(missing, start) {
			missing = append(missing, start)
		}
	}
	if len(missing) == 0 {
		return nil
	}
	return e.makeWeeks(ctx, missing)
}

// makeWeeks makes partitions, as far as they are missing.
func (e *postgresEngine) makeWeeks(ctx context.Context, starts []int64) error {
	for _, start := range starts {
		err := e.transact(ctx, func(tx pgx.Tx) error { return makeWeek(ctx, tx, start) })
		if err != nil {
			return fmt.Errorf("make partition %s: %w", partitionName(start), err)
		}
		e.weeks.Store(start, nil)
	}
	return nil
}

func makeWeek(ctx context.Context, tx pgx.Tx, start int64) error {
	name := partitionName(start)
	var there bool
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, $2)`, lockClass, lockPartitions); err != nil {
		return err
	}
	if err := tx.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, name).Scan(&there); err != nil || there {
		return err
	}
	// Made beside the others and attached then, which lets everybody go on
	// reading and writing. Only the odd partition is locked: what was odd when it
	// was stored, such as an event dated next month, moves where it belongs.
	for _, statement := range []string{
		`CREATE TABLE ` + name + ` (LIKE events INCLUDING DEFAULTS)`,
		`LOCK TABLE events_odd IN ACCESS EXCLUSIVE MODE`,
		fmt.Sprintf(`WITH moved AS (DELETE FROM events_odd WHERE time >= %d AND time < %d RETURNING *) INSERT INTO %s SELECT * FROM moved`, start, start+week, name),
		fmt.Sprintf(`ALTER TABLE events ATTACH PARTITION %s FOR VALUES FROM (%d) TO (%d)`, name, start, start+week),
	} {
		if _, err := tx.Exec(ctx, statement); err != nil {
			return err
		}
	}
	return nil
}
