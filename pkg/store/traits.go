package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// AttackerTraits are traits that one attacker was found to have.
type AttackerTraits struct {
	Attacker decnet.AttackerID
	Traits   []decnet.Trait
}

const (
	// maxHolders bounds how many others a trait links an attacker to: the first that had it. Among
	// more than these it says little.
	maxHolders = 16
	// maxCounted bounds how many holders of a trait, or uses of a credential, are counted.
	maxCounted = 4096
)

// AddTraits stores traits, all in one transaction, and returns the links to those who had them
// before, each with the first few. Whoever repeats it gets the same links, or more of them.
func (r *Attackers) AddTraits(ctx context.Context, found []AttackerTraits) (links []decnet.AttackerLink, err error) {
	err = transact(ctx, r.writer, func(tx *sql.Tx) error {
		links = nil
		for i := range found {
			for j := range found[i].Traits {
				some, err := addTrait(ctx, tx, found[i].Attacker, &found[i].Traits[j])
				if err != nil {
					return err
				}
				links = append(links, some...)
			}
		}
		return nil
	})
	return links, wrap(err, "store traits of attackers")
}

func addTrait(ctx context.Context, tx *sql.Tx, attacker decnet.AttackerID, t *decnet.Trait) ([]decnet.AttackerLink, error) {
	_, err := tx.ExecContext(ctx, `INSERT INTO traits (kind, value, attacker, time, event) VALUES ($1, $2, $3, $4, $5)
		ON CONFLICT (kind, value, attacker) DO NOTHING`, string(t.Kind), t.Value, string(attacker), nanosOf(t.Time), t.Event)
	if err != nil {
		return nil, err
	}
	var holders uint64
	err = tx.QueryRowContext(ctx, fmt.Sprintf(`SELECT count(*) FROM (SELECT 1 FROM traits WHERE kind = $1 AND value = $2 LIMIT %d) AS holders`, maxCounted),
		string(t.Kind), t.Value).Scan(&holders)
	if err != nil || holders < 2 {
		return nil, err
	}
	rows, err := tx.QueryContext(ctx, fmt.Sprintf(`SELECT attacker, event FROM traits WHERE kind = $1 AND value = $2 AND attacker <> $3
		ORDER BY num LIMIT %d`, maxHolders), string(t.Kind), t.Value, string(attacker))
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }() // Err tells
	var links []decnet.AttackerLink
	for rows.Next() {
		l := decnet.AttackerLink{
			Attacker: attacker, Kind: t.Kind, Value: t.Value, Event: t.Event, Time: t.Time,
			Holders: holders, Weight: decnet.TraitWeight(t.Kind, holders),
		}
		if err := rows.Scan(&l.Other, &l.OtherEvent); err != nil {
			return nil, err
		}
		links = append(links, l)
	}
	return links, rows.Err()
}

// Links returns with whom an attacker shares traits, those that few have first, at most limit
// (1 to MaxLimit; 0 is DefaultLimit).
func (r *Attackers) Links(ctx context.Context, attacker decnet.AttackerID, limit int) ([]decnet.AttackerLink, error) {
	limit, err := checkLimit(limit)
	if err != nil {
		return nil, err
	}
	links, err := queryAll(ctx, r.reader, scanLink, linksSQL, string(attacker), limit)
	return links, wrap(err, fmt.Sprintf("list links of attacker %s", attacker))
}

const linksSQL = `
SELECT mine.attacker, other.attacker, mine.kind, mine.value, mine.event, other.event, mine.time, mine.holders
FROM (
  SELECT t.*, (SELECT count(*) FROM (SELECT 1 FROM traits h WHERE h.kind = t.kind AND h.value = t.value LIMIT 4096) AS few) AS holders
  FROM traits t WHERE t.attacker = $1
) AS mine JOIN traits other ON other.kind = mine.kind AND other.value = mine.value AND other.attacker <> mine.attacker
WHERE mine.holders <= 256
ORDER BY mine.holders, other.num LIMIT $2`

func scanLink(row scanner) (l decnet.AttackerLink, err error) {
	var at int64
	if err = row.Scan(&l.Attacker, &l.Other, &l.Kind, &l.Value, &l.Event, &l.OtherEvent, &at, &l.Holders); err != nil {
		return l, fmt.Errorf("read link: %w", err)
	}
	l.Time, l.Weight = fromNanos(at), decnet.TraitWeight(l.Kind, l.Holders)
	return l, nil
}
