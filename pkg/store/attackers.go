package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Attackers reads what is known of attackers and stores their profiles.
type Attackers struct {
	reader, writer *sql.DB
	d              *dialect
}

// AttackerSummary is an attacker as one line of a list. It exists from the
// attacker's first event on.
type AttackerSummary struct {
	ID      decnet.AttackerID `json:"id"`
	Address netip.Addr        `json:"address"`
	// FirstSeen, LastSeen and Events cover every stored event. The times are the
	// earliest and the latest by the decoys' clocks.
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	Events    uint64    `json:"events"`
	// Profiled is how many of the events the profile covers. What follows comes
	// from the profile: while Profiled is less than Events it lags behind, and
	// while it is 0 all of it is zero and the maps are empty.
	Profiled    uint64            `json:"profiled"`
	Sessions    uint64            `json:"sessions"`
	Credentials uint64            `json:"credentials"`
	Commands    uint64            `json:"commands"`
	Services    map[string]uint64 `json:"services"`
	Deckies     map[string]uint64 `json:"deckies"`
}

// AttackerSort is what attackers are listed by, the largest first.
type AttackerSort string

// The sort keys. The empty AttackerSort is SortLastSeen.
const (
	SortLastSeen AttackerSort = "last_seen"
	SortEvents   AttackerSort = "events"
)

// AttackerQuery selects a page of attackers.
type AttackerQuery struct {
	Sort AttackerSort
	// Limit is 1 to MaxLimit; 0 is DefaultLimit.
	Limit int
	// Cursor continues after the page that returned it, with the same Sort.
	Cursor string
}

const summaryColumns = `
  a.id, a.first_seen, a.last_seen, a.events, COALESCE(p.through, 0), COALESCE(p.sessions, 0),
  COALESCE(p.credentials, 0), COALESCE(p.commands, 0), COALESCE(p.services, '{}'), COALESCE(p.deckies, '{}')
FROM attackers a LEFT JOIN profiles p ON p.attacker = a.id`

// List returns a page of attackers and the cursor of the next one, which is
// empty after the last. No attacker is on two pages. One that becomes active
// while the pages are read moves to the front of the list, where a reader who is
// past it finds it by starting again. A bad sort, limit or cursor is CodeInvalid.
func (r *Attackers) List(ctx context.Context, q AttackerQuery) (page []AttackerSummary, next string, err error) {
	limit, err := checkLimit(q.Limit)
	if err != nil {
		return nil, "", err
	}
	var keyOf func(*AttackerSummary) cursor
	switch q.Sort {
	case SortLastSeen, "":
		q.Sort = SortLastSeen
		keyOf = func(a *AttackerSummary) cursor { return cursor{a.LastSeen.UnixNano(), string(a.ID)} }
	case SortEvents:
		keyOf = func(a *AttackerSummary) cursor { return cursor{int64(a.Events), string(a.ID)} } //nolint:gosec // it was read from an int64
	default:
		return nil, "", invalid("sort %q: want %s or %s", q.Sort, SortLastSeen, SortEvents)
	}
	list := "attackers " + string(q.Sort)
	from, ok, err := decodeCursor(list, q.Cursor)
	if err != nil {
		return nil, "", err
	}
	var w where
	if ok {
		w.add(fmt.Sprintf("(a.%s, a.id) < ", q.Sort), from.key, from.id)
	}
	rows, err := queryAll(ctx, r.reader, scanSummary, q.statement(&w, limit+1), w.args...)
	if err != nil {
		return nil, "", wrap(err, "list attackers")
	}
	page, next = paginate(rows, limit, list, keyOf)
	return page, next, nil
}

func (q *AttackerQuery) statement(w *where, limit int) string {
	return fmt.Sprintf("SELECT %s%s ORDER BY a.%s DESC, a.id DESC LIMIT %d", summaryColumns, w, q.Sort, limit)
}

// Summary returns one attacker's line of the list; CodeNotFound if no event of
// it is stored.
func (r *Attackers) Summary(ctx context.Context, id decnet.AttackerID) (AttackerSummary, error) {
	a, err := scanSummary(r.reader.QueryRowContext(ctx, `SELECT `+summaryColumns+` WHERE a.id = $1`, id))
	if errors.Is(err, sql.ErrNoRows) {
		return AttackerSummary{}, notFound("attacker %q is not known", id)
	}
	return a, wrap(err, fmt.Sprintf("read attacker %s", id))
}

// Count returns how many attackers there are.
func (r *Attackers) Count(ctx context.Context) (uint64, error) {
	var n uint64
	err := r.reader.QueryRowContext(ctx, `SELECT count(*) FROM attackers`).Scan(&n)
	return n, wrap(err, "count attackers")
}

func scanSummary(row scanner) (AttackerSummary, error) {
	var (
		a                 AttackerSummary
		first, last       int64
		services, deckies string
	)
	err := row.Scan(&a.ID, &first, &last, &a.Events, &a.Profiled, &a.Sessions,
		&a.Credentials, &a.Commands, &services, &deckies)
	if err != nil {
		return AttackerSummary{}, err
	}
	a.Address, a.FirstSeen, a.LastSeen = a.ID.Addr(), fromNanos(first), fromNanos(last)
	if a.Services, err = countsFromJSON(services); err != nil {
		return AttackerSummary{}, fmt.Errorf("read services of attacker %s: %w", a.ID, err)
	}
	if a.Deckies, err = countsFromJSON(deckies); err != nil {
		return AttackerSummary{}, fmt.Errorf("read deckies of attacker %s: %w", a.ID, err)
	}
	return a, nil
}
