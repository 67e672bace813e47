package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// run stores the batch within tx. The order matters: a database that lets
// several transactions write at once has to lock the attackers' rows before it
// looks up what is stored; SQLite has a single writer.
func (b *batch) run(ctx context.Context, tx *sql.Tx) error {
	stored, err := b.stored(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.loadHeads(ctx, tx, stored); err != nil {
		return err
	}
	b.number(stored)
	if len(b.fresh) == 0 {
		return nil
	}
	if err := b.putAttackers(ctx, tx); err != nil {
		return err
	}
	if err := b.putEvents(ctx, tx); err != nil {
		return err
	}
	return b.putCredentials(ctx, tx)
}

const storedSQL = `SELECT ` + eventColumns + ` FROM events WHERE id IN ` + inList

// stored returns those events of the batch that are already stored, by id.
func (b *batch) stored(ctx context.Context, tx *sql.Tx) (map[string]decnet.Event, error) {
	ids := make([]string, len(b.events))
	for i := range b.events {
		ids[i] = b.events[i].ID
	}
	list, err := toJSON(ids)
	if err != nil {
		return nil, fmt.Errorf("encode ids: %w", err)
	}
	rows, err := queryAll(ctx, tx, scanEvent, storedSQL, list)
	if err != nil {
		return nil, fmt.Errorf("look up ids: %w", err)
	}
	stored := make(map[string]decnet.Event, len(b.events))
	for i := range rows {
		stored[rows[i].ID] = rows[i].Event
	}
	return stored, nil
}

const headsSQL = `
	SELECT a.id, a.events, e.time
	FROM attackers a JOIN events e ON e.attacker = a.id AND e.seq = a.events
	WHERE a.id IN ` + inList

// loadHeads reads where the timelines of the batch's attackers end. An event
// that is stored counts for the attacker it was stored with.
func (b *batch) loadHeads(ctx context.Context, tx *sql.Tx, stored map[string]decnet.Event) error {
	b.heads = make(map[decnet.AttackerID]*head)
	for i := range b.events {
		e := b.events[i]
		if known, ok := stored[e.ID]; ok {
			e = known
		}
		if e.Attacker != "" {
			b.heads[e.Attacker] = &head{}
		}
	}
	ids := make([]decnet.AttackerID, 0, len(b.heads))
	for id := range b.heads {
		ids = append(ids, id)
	}
	list, err := toJSON(ids)
	if err != nil {
		return fmt.Errorf("encode attackers: %w", err)
	}
	_, err = queryAll(ctx, tx, func(row scanner) (*head, error) {
		var id decnet.AttackerID
		var seq uint64
		var ns int64
		if err := row.Scan(&id, &seq, &ns); err != nil {
			return nil, err
		}
		h := b.heads[id]
		h.seq, h.time = seq, fromNanos(ns)
		return h, nil
	}, headsSQL, list)
	if err != nil {
		return fmt.Errorf("look up attackers: %w", err)
	}
	return nil
}

func (b *batch) putAttackers(ctx context.Context, tx *sql.Tx) error {
	stmt, err := tx.PrepareContext(ctx, `
		INSERT INTO attackers (id, first_seen, last_seen, events) VALUES ($1, $2, $3, $4)
		ON CONFLICT (id) DO UPDATE SET
		  first_seen = CASE WHEN excluded.first_seen < attackers.first_seen THEN excluded.first_seen ELSE attackers.first_seen END,
		  last_seen  = CASE WHEN excluded.last_seen  > attackers.last_seen  THEN excluded.last_seen  ELSE attackers.last_seen  END,
		  events     = excluded.events`)
	if err != nil {
		return fmt.Errorf("prepare attackers: %w", err)
	}
	defer stmt.Close() //nolint:errcheck // it ends with the transaction anyway
	for id, h := range b.heads {
		if !h.added {
			continue
		}
		if _, err := stmt.ExecContext(ctx, id, h.first.UnixNano(), h.last.UnixNano(), h.seq); err != nil {
			return fmt.Errorf("count events of attacker %s: %w", id, err)
		}
	}
	return nil
}
