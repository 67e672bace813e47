package store

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"time"
)

// selection is a query of events in SQL.
type selection struct {
	from string // what it reads
	key  string // the column a list is sorted and continued by
	w    where
	// narrow says that an index has all that the conditions are about, so that
	// numbers are looked for in it first and only the events of a page are read.
	narrow bool
}

// spanSize is how many numbers share a row of event_spans. Smaller ones bound a
// time more closely, larger ones are fewer to read.
const spanSize = 4096

// choose turns the filters of q into SQL.
func (r *Events) choose(ctx context.Context, q *EventQuery) (*selection, error) {
	found, err := checkSearch(q.Search)
	if err != nil {
		return nil, err
	}
	sel := &selection{from: "events", key: "num"}
	if len(found) > 0 {
		sel.from, sel.key = r.d.from, r.d.num
		sel.w.add(r.d.search, r.d.query(found))
	} else if q.Attacker != "" && q.Session == "" {
		// The events of one attacker have the same order by seq, and there is an
		// index by that; a session has fewer events, and an index by number.
		sel.key = "seq"
	}
	q.filter(&sel.w)
	sel.narrow = r.d.covers && q.named() > 1 && sel.key == "num" && q.Session == "" && q.Attacker == "" && q.Search == "" && q.Since.IsZero() && q.Until.IsZero()
	return sel, r.within(ctx, q, sel)
}

// within adds the bounds of time. Events are listed by number and there is no
// index of times: numbers grow with time nearly everywhere, so the spans say
// between which numbers all events of these times are, and any index that has
// the number can begin there.
func (r *Events) within(ctx context.Context, q *EventQuery, sel *selection) error {
	if q.Since.IsZero() && q.Until.IsZero() {
		return nil
	}
	since, until := int64(math.MinInt64), int64(math.MaxInt64)
	if !q.Since.IsZero() {
		since = nanosOf(q.Since)
		sel.w.add("time >= ", since)
	}
	if !q.Until.IsZero() {
		until = nanosOf(q.Until)
		sel.w.add("time < ", until)
	}
	var low, high sql.NullInt64
	err := r.db.QueryRowContext(ctx, `SELECT min(block), max(block) FROM event_spans WHERE last_time >= $1 AND first_time < $2`,
		since, until).Scan(&low, &high)
	if err != nil {
		return err
	}
	if !low.Valid {
		low.Int64, high.Int64 = 0, -1 // no event is in any span
	}
	num := r.d.num
	if sel.from == "events" {
		num = "num"
	}
	sel.w.add(num+" >= ", low.Int64*spanSize)
	sel.w.add(num+" < ", (high.Int64+1)*spanSize)
	return nil
}

// nanosOf is t as it is stored; what cannot be is before or after everything.
func nanosOf(t time.Time) int64 {
	switch year := t.UTC().Year(); {
	case year < 1678:
		return math.MinInt64
	case year > 2261:
		return math.MaxInt64
	}
	return t.UnixNano()
}

func (q *EventQuery) filter(w *where) {
	w.match("attacker", string(q.Attacker))
	w.match("decky", q.Decky)
	w.match("service", q.Service)
	w.match("kind", q.Kind)
	w.match("session", q.Session)
}

// named is how many of the names are given that PostgreSQL has together in an index.
func (q *EventQuery) named() (n int) {
	for _, name := range []string{q.Decky, q.Service, q.Kind} {
		if name != "" {
			n++
		}
	}
	return n
}

// name tells lists apart whose cursors must not be mixed.
func (q *EventQuery) name() string {
	return fmt.Sprintf("events %q %q %q %q %q %q %d %d %s", q.Attacker, q.Decky, q.Service, q.Kind, q.Session,
		q.Search, nanosOf(q.Since), nanosOf(q.Until), q.Order)
}

func (s *selection) list(order Order, limit int) string {
	if s.narrow {
		return fmt.Sprintf("SELECT %s FROM events WHERE num IN (SELECT num FROM events%s ORDER BY num %s LIMIT %d) ORDER BY num %s", eventColumns, &s.w, order, limit, order)
	}
	return fmt.Sprintf("SELECT %s FROM %s%s ORDER BY %s %s LIMIT %d", eventColumns, s.from, &s.w, s.key, order, limit)
}
