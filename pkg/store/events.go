package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"

	"github.com/decnet/decnet/pkg/decnet"
)

// Events reads stored events. They are written by Store.Ingest.
type Events struct{ db *sql.DB }

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
// ascending list and are not in a descending one. A bad limit, order or cursor is
// CodeInvalid.
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
	var w where
	q.filter(&w)
	if ok {
		w.add(q.key()+map[Order]string{Asc: " > ", Desc: " < "}[q.Order], from.key)
	}
	rows, err := queryAll(ctx, r.db, scanEvent, q.statement(&w, limit+1), w.args...)
	if err != nil {
		return nil, "", wrap(err, "list events")
	}
	rows, next = paginate(rows, limit, list, func(e *eventRow) cursor {
		if q.key() == "seq" {
			return cursor{key: int64(e.Seq)} //nolint:gosec // it was read from an int64
		}
		return cursor{key: e.num}
	})
	return plain(rows), next, nil
}

// key is the column a list is sorted and continued by. The events of one
// attacker have the same order by seq, and there is an index by that; a session
// has fewer events, and an index by number.
func (q *EventQuery) key() string {
	if q.Attacker != "" && q.Session == "" {
		return "seq"
	}
	return "num"
}

func (q *EventQuery) statement(w *where, limit int) string {
	return fmt.Sprintf("SELECT %s FROM events%s ORDER BY %s %s LIMIT %d", eventColumns, w, q.key(), q.Order, limit)
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

// Count returns how many events the filters of q select; its order, limit and
// cursor mean nothing here. It reads an index entry per event counted.
func (r *Events) Count(ctx context.Context, q EventQuery) (uint64, error) {
	var w where
	q.filter(&w)
	var n uint64
	err := r.db.QueryRowContext(ctx, `SELECT count(*) FROM events`+w.String(), w.args...).Scan(&n)
	return n, wrap(err, "count events")
}

func (q *EventQuery) filter(w *where) {
	w.match("attacker", string(q.Attacker))
	w.match("decky", q.Decky)
	w.match("service", q.Service)
	w.match("kind", q.Kind)
	w.match("session", q.Session)
}

// name tells lists apart whose cursors must not be mixed.
func (q *EventQuery) name() string {
	return fmt.Sprintf("events %q %q %q %q %q %s", q.Attacker, q.Decky, q.Service, q.Kind, q.Session, q.Order)
}

func plain(rows []eventRow) []decnet.Event {
	events := make([]decnet.Event, len(rows))
	for i := range rows {
		events[i] = rows[i].Event
	}
	return events
}
