package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// Bounties reads what was learned of attackers. They are written by Store.Ingest.
type Bounties struct{ db *sql.DB }

// BountyQuery selects bounties. Empty fields select everything; the filters all
// have to match, exactly.
type BountyQuery struct {
	Attacker decnet.AttackerID
	Type     decnet.BountyType
	Name     string
	Decky    string
	Service  string
	// Search is a text that has to be in the value, of at most 256 bytes; the
	// case of ASCII letters does not matter. There is no index of it: other filters
	// keep it fast.
	Search string
	// Limit is 1 to MaxLimit; 0 is DefaultLimit.
	Limit int
	// Cursor continues after the page that returned it, with the same filters.
	Cursor string
}

// maxBountySearch bounds the text of a search, in bytes.
const maxBountySearch = 256

const bountyColumns = `num, attacker, type, name, value, decky, service, count, first_seen, last_seen, first_event`

type bountyRow struct {
	decnet.Bounty
	num int64
}

// List returns a page of bounties, the most recently discovered first, and the
// cursor of the next one, which is empty after the last. Every bounty known when
// the first page was read is on exactly one page.
func (r *Bounties) List(ctx context.Context, q BountyQuery) (page []decnet.Bounty, next string, err error) {
	limit, err := checkLimit(q.Limit)
	if err != nil {
		return nil, "", err
	}
	list := fmt.Sprintf("bounties %q %q %q %q %q %q", q.Attacker, q.Type, q.Name, q.Decky, q.Service, q.Search)
	from, ok, err := decodeCursor(list, q.Cursor)
	if err != nil {
		return nil, "", err
	}
	var w where
	if err := q.filter(&w); err != nil {
		return nil, "", err
	}
	if ok {
		w.add("num < ", from.key)
	}
	rows, err := queryAll(ctx, r.db, scanBounty, q.statement(&w, limit+1), w.args...)
	if err != nil {
		return nil, "", wrap(err, "list bounties")
	}
	rows, next = paginate(rows, limit, list, func(b *bountyRow) cursor { return cursor{key: b.num} })
	page = make([]decnet.Bounty, len(rows))
	for i := range rows {
		page[i] = rows[i].Bounty
	}
	return page, next, nil
}

func (q *BountyQuery) statement(w *where, limit int) string {
	return fmt.Sprintf("SELECT %s FROM bounties%s ORDER BY num DESC LIMIT %d", bountyColumns, w, limit)
}

// Count returns how many distinct bounties the filters of q select.
func (r *Bounties) Count(ctx context.Context, q BountyQuery) (uint64, error) {
	var w where
	if err := q.filter(&w); err != nil {
		return 0, err
	}
	var n uint64
	err := r.db.QueryRowContext(ctx, `SELECT count(*) FROM bounties`+w.String(), w.args...).Scan(&n)
	return n, wrap(err, "count bounties")
}

func (q *BountyQuery) filter(w *where) error {
	if len(q.Search) > maxBountySearch {
		return invalid("search has %d bytes: want at most %d", len(q.Search), maxBountySearch)
	}
	w.match("type", string(q.Type))
	w.match("name", q.Name)
	w.match("attacker", string(q.Attacker))
	w.match("decky", q.Decky)
	w.match("service", q.Service)
	if q.Search != "" {
		w.add(`lower(value) LIKE `, "%"+likeEscaper.Replace(asciiLower(clean(q.Search)))+"%")
		w.conditions[len(w.conditions)-1] += ` ESCAPE '!'`
	}
	return nil
}

var likeEscaper = strings.NewReplacer("!", "!!", "%", "!%", "_", "!_")

// asciiLower is what lower makes of text in both databases: their columns have no
// language.
func asciiLower(s string) string {
	return strings.Map(func(r rune) rune {
		if 'A' <= r && r <= 'Z' {
			r += 'a' - 'A'
		}
		return r
	}, s)
}

func scanBounty(row scanner) (bountyRow, error) {
	var b bountyRow
	var first, last int64
	err := row.Scan(&b.num, &b.Attacker, &b.Type, &b.Name, &b.Value, &b.Decky, &b.Service, &b.Count, &first, &last, &b.Event)
	if err != nil {
		return bountyRow{}, fmt.Errorf("read bounty: %w", err)
	}
	b.FirstSeen, b.LastSeen = fromNanos(first), fromNanos(last)
	return b, nil
}
