package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Events reads stored events. They are written by Store.Ingest.
type Events struct {
	db *sql.DB
	d  *dialect
}

// Order is the direction of a list.
type Order string

// The orders. The empty Order is Desc.
const (
	Asc  Order = "asc"  // oldest stored first
	Desc Order = "desc" // newest stored first
)

// EventQuery selects events. Empty fields select everything; the filters all
// have to match, exactly.
type EventQuery struct {
	Attacker decnet.AttackerID
	Decky    string
	Service  string
	Kind     string
	Session  string
	// Since and Until bound the time by the decoys' clocks, the first inclusive,
	// the second exclusive; zero is no bound.
	Since, Until time.Time
	// Search is words that all have to be in the message or the values of the
	// fields, in any order and in upper or lower case. A word is a run of letters
	// and digits; what is between them does not matter. At most 16 words in 1024
	// bytes, and none longer than 48 bytes is told from another that begins alike.
	Search string
	// Order is by when the event was stored, newest first by default.
	Order Order
	// Limit is how many events a page has at most, 1 to MaxLimit; 0 is
	// DefaultLimit.
	Limit int
	// Cursor continues after the page that returned it. The filters and the
	// order must be the same; the limit may differ.
	Cursor string
}

// List returns a page of events and the cursor of the next one, which is empty
// after the last. Every event stored when the first page was read is on exactly
// one page, whatever is stored meanwhile; newer ones follow at the end of an
// ascending list and are not in a descending one. A bad limit, order, cursor or
// search is CodeInvalid. On PostgreSQL an event that another ingester is about to commit while
// an ascending list is read may be missing from it; Timeline misses none.
func (r *Events) List(ctx context.Context, q EventQuery) (page []decnet.Event, next string, err error) {
	limit, err := checkLimit(q.Limit)
	if err != nil {
		return nil, "", err
	}
	if q.Order == "" {
		q.Order = Desc
	}
	if q.Order != Asc && q.Order != Desc {
		return nil, "", invalid("order %q: want asc or desc", q.Order)
	}
	list := q.name()
	from, ok, err := decodeCursor(list, q.Cursor)
	if err != nil {
		return nil, "", err
	}
	sel, err := r.choose(ctx, &q)
	if err != nil {
		return nil, "", wrap(err, "list events")
	}
	if ok {
		sel.w.add(sel.key+map[Order]string{Asc: " > ", Desc: " < "}[q.Order], from.key)
	}
	rows, err := queryAll(ctx, r.db, scanEvent, sel.list(q.Order, limit+1), sel.w.args...)
	if err != nil {
		return nil, "", wrap(err, "list events")
	}
	rows, next = paginate(rows, limit, list, func(e *eventRow) cursor {
		if sel.key == "seq" {
			return cursor{key: int64(e.Seq)} //nolint:gosec // it was read from an int64
		}
		return cursor{key: e.num}
	})
	return plain(rows), next, nil
}

const timelineSQL = `SELECT ` + eventColumns + ` FROM events WHERE attacker = $1 AND seq > $2 ORDER BY seq LIMIT $3`

// Timeline returns the events of an attacker whose Seq is larger than after, in
// the order of Seq, at most limit of them (1 to MaxLimit; 0 is DefaultLimit).
func (r *Events) Timeline(ctx context.Context, attacker decnet.AttackerID, after uint64, limit int) ([]decnet.Event, error) {
	limit, err := checkLimit(limit)
	if err != nil {
		return nil, err
	}
	rows, err := queryAll(ctx, r.db, scanEvent,
		timelineSQL, attacker, min(after, math.MaxInt64), limit)
	if err != nil {
		return nil, wrap(err, fmt.Sprintf("read timeline of attacker %s", attacker))
	}
	return plain(rows), nil
}

func plain(rows []eventRow) []decnet.Event {
	events := make([]decnet.Event, len(rows))
	for i := range rows {
		events[i] = rows[i].Event
	}
	return events
}
