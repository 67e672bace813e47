package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// runSQLite stores the batch within tx. SQLite has a single writer, so nothing
// has to be locked.
func (b *batch) runSQLite(ctx context.Context, tx *sql.Tx) error {
	stored, err := b.stored(ctx, tx)
	if err != nil {
		return err
	}
	if err := b.loadHeads(ctx, tx, stored); err != nil {
		return err
	}
	b.number(stored)
	b.findBounties()
	if len(b.fresh) == 0 {
		return b.putBounties(ctx, tx)
	}
	if err := b.putAttackers(ctx, tx); err != nil {
		return err
	}
	if err := b.putEvents(ctx, tx); err != nil {
		return err
	}
	if err := b.putCredentials(ctx, tx); err != nil {
		return err
	}
	return b.putBounties(ctx, tx)
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

const headsSQL = `SELECT id, events, last_time FROM attackers WHERE id IN ` + inList

// loadHeads reads where the timelines of the batch's attackers end.
func (b *batch) loadHeads(ctx context.Context, tx *sql.Tx, stored map[string]decnet.Event) error {
	list, err := toJSON(b.prepareHeads(stored))
	if err != nil {
		return fmt.Errorf("encode attackers: %w", err)
	}
	if _, err := queryAll(ctx, tx, b.scanHead, headsSQL, list); err != nil {
		return fmt.Errorf("look up attackers: %w", err)
	}
	return nil
}

func (b *batch) putAttackers(ctx context.Context, tx *sql.Tx) error {
	stmt, err := tx.PrepareContext(ctx, `
		INSERT INTO attackers (id, first_seen, last_seen, events, last_time) VALUES ($1, $2, $3, $4, $5)`+countAttacker)
	if err != nil {
		return fmt.Errorf("prepare attackers: %w", err)
	}
	defer stmt.Close() //nolint:errcheck // it ends with the transaction anyway
	for id, h := range b.heads {
		if !h.added {
			continue
		}
		if _, err := stmt.ExecContext(ctx, id, h.first.UnixNano(), h.last.UnixNano(), h.seq, h.time.UnixNano()); err != nil {
			return fmt.Errorf("count events of attacker %s: %w", id, err)
		}
	}
	return nil
}

func putSpans(ctx context.Context, tx *sql.Tx, spans map[int64]span) error {
	for block, s := range spans {
		_, err := tx.ExecContext(ctx, `
			INSERT INTO event_spans (block, first_time, last_time) VALUES ($1, $2, $3)
			ON CONFLICT (block) DO UPDATE SET
			  first_time = min(first_time, excluded.first_time), last_time = max(last_time, excluded.last_time)`,
			block, s.first, s.last)
		if err != nil {
			return fmt.Errorf("note the times of numbers: %w", err)
		}
	}
	return nil
}
