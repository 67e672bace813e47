package store

import (
	"context"
	"fmt"
)

// Count is how many there are, or that there are at least so many.
type Count struct {
	N uint64 `json:"n"`
	// AtLeast says that counting ended at N, and there are more.
	AtLeast bool `json:"at_least"`
}

// MaxCount is where CountUpTo ends at the latest; so many are counted in a small
// part of a second.
const MaxCount = 20_000

// CountUpTo counts the events that the filters of q select, up to most of them (1
// to MaxCount; 0 is MaxCount). Its order, limit and cursor mean nothing here.
func (r *Events) CountUpTo(ctx context.Context, q EventQuery, most int) (Count, error) {
	switch {
	case most < 0 || most > MaxCount:
		return Count{}, invalid("count up to %d: want 1 to %d", most, MaxCount)
	case most == 0:
		most = MaxCount
	}
	n, err := r.count(ctx, &q, fmt.Sprintf(" LIMIT %d", most+1))
	if n > uint64(most) {
		return Count{N: uint64(most), AtLeast: true}, err
	}
	return Count{N: n}, err
}

// Count returns how many events the filters of q select; its order, limit and
// cursor mean nothing here. It reads an index entry per event counted, which
// takes seconds where there are millions: whoever shows the number to a person
// wants CountUpTo.
func (r *Events) Count(ctx context.Context, q EventQuery) (uint64, error) {
	return r.count(ctx, &q, "")
}

func (r *Events) count(ctx context.Context, q *EventQuery, limit string) (n uint64, err error) {
	sel, err := r.choose(ctx, q)
	if err != nil {
		return 0, wrap(err, "count events")
	}
	// A subquery, because a limit counts rows of the result.
	query := fmt.Sprintf("SELECT count(*) FROM (SELECT 1 FROM %s%s%s) AS selected", sel.from, &sel.w, limit) //nolint:gosec // its parts are ours; values are parameters
	err = r.db.QueryRowContext(ctx, query, sel.w.args...).Scan(&n)
	return n, wrap(err, "count events")
}
