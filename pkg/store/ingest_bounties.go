package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/jackc/pgx/v5"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fields"
)

// countBounty adds what a batch has of a bounty to what is known of it.
const countBounty = ` ON CONFLICT (id) DO UPDATE SET
	  count      = bounties.count + excluded.count,
	  first_seen = CASE WHEN excluded.first_seen < bounties.first_seen THEN excluded.first_seen ELSE bounties.first_seen END,
	  last_seen  = CASE WHEN excluded.last_seen  > bounties.last_seen  THEN excluded.last_seen  ELSE bounties.last_seen  END`

// find is a bounty of one event.
type find struct {
	id string
	decnet.Bounty
}

// findBounties finds those of all distinct events of the batch, which has been
// numbered, and counts those of the new ones in the order in which they came.
func (b *batch) findBounties() {
	fresh := make(map[int]bool, len(b.fresh))
	for _, i := range b.fresh {
		fresh[i] = true
	}
	table := fields.Known()
	seen := make(map[string]bool)
	counted := make(map[string]*find)
	for i := range b.events {
		bounties := table.Bounties(&b.events[i])
		if len(bounties) == 0 || seen[b.events[i].ID] {
			continue
		}
		seen[b.events[i].ID] = true
		for _, one := range bounties {
			f := find{one.ID(), one}
			b.finds = append(b.finds, f)
			if !fresh[i] {
				continue
			}
			if known := counted[f.id]; known != nil {
				known.count(&f)
				continue
			}
			counted[f.id] = &f
			b.bounties = append(b.bounties, &f)
		}
	}
}

func (f *find) count(other *find) {
	f.Count += other.Count
	if other.FirstSeen.Before(f.FirstSeen) {
		f.FirstSeen = other.FirstSeen
	}
	if other.LastSeen.After(f.LastSeen) {
		f.LastSeen = other.LastSeen
	}
}

// found returns the bounties that an event of the batch was the first to have,
// whether it was stored now or earlier.
func (b *batch) found() []decnet.Bounty {
	var out []decnet.Bounty
	for i := range b.finds {
		if f := &b.finds[i]; b.first[f.id] == f.Event {
			out = append(out, f.Bounty)
		}
	}
	return out
}

// findIDs are the ids of all bounties of the batch.
func (b *batch) findIDs() []string {
	ids := make([]string, len(b.finds))
	for i := range b.finds {
		ids[i] = b.finds[i].id
	}
	return ids
}

const bountiesSQL = `SELECT id, first_event FROM bounties WHERE id IN ` + inList

// putBounties counts the bounties of the new events, and looks up which events had
// those of the batch first.
func (b *batch) putBounties(ctx context.Context, tx *sql.Tx) error {
	if len(b.finds) == 0 {
		return nil
	}
	rows := newInserter(tx, `bounties (id, attacker, type, name, value, decky, service, count, first_seen, last_seen, first_event)`,
		`(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	rows.tail = countBounty
	for _, f := range b.bounties {
		err := rows.add(ctx, f.id, string(f.Attacker), string(f.Type), f.Name, f.Value, f.Decky, f.Service,
			int64(f.Count), f.FirstSeen.UnixNano(), f.LastSeen.UnixNano(), f.Event) //nolint:gosec // it counts events
		if err != nil {
			return fmt.Errorf("count bounties: %w", err)
		}
	}
	if err := rows.flush(ctx); err != nil {
		return fmt.Errorf("count bounties: %w", err)
	}
	list, err := toJSON(b.findIDs())
	if err != nil {
		return fmt.Errorf("encode bounties: %w", err)
	}
	b.first = make(map[string]string, len(b.finds))
	if _, err := queryAll(ctx, tx, b.scanFirst, bountiesSQL, list); err != nil {
		return fmt.Errorf("look up bounties: %w", err)
	}
	return nil
}

func (b *batch) scanFirst(row scanner) (struct{}, error) {
	var id, event string
	err := row.Scan(&id, &event)
	b.first[id] = event
	return struct{}{}, err
}

// queueBounties does what putBounties does.
func (b *batch) queueBounties(put *pgx.Batch) {
	if len(b.finds) == 0 {
		return
	}
	if len(b.bounties) > 0 {
		var c columns
		for _, f := range b.bounties {
			c.add([]string{f.id, string(f.Attacker), string(f.Type), f.Name, f.Value, f.Decky, f.Service, f.Event},
				int64(f.Count), f.FirstSeen.UnixNano(), f.LastSeen.UnixNano()) //nolint:gosec // it counts events
		}
		put.Queue(`INSERT INTO bounties (id, attacker, type, name, value, decky, service, first_event, count, first_seen, last_seen)
			SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[],
			  $9::bigint[], $10::bigint[], $11::bigint[])`+countBounty,
			c.args()...)
	}
	b.first = make(map[string]string, len(b.finds))
	put.Queue(`SELECT id, first_event FROM bounties WHERE id = ANY($1)`, b.findIDs()).Query(func(rows pgx.Rows) error {
		_, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (struct{}, error) { return b.scanFirst(row) })
		return err
	})
}
