package store

import (
	"cmp"
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// AttackerTraits are traits that one attacker was found to have.
type AttackerTraits struct {
	Attacker decnet.AttackerID
	Traits   []decnet.Trait
}

const (
	// maxHolders bounds how many others a trait links an attacker to: the first that had it.
	maxHolders = 16
	// maxShared is among how many a trait is of interest. One that more have links an attacker to the first
	// of them only, so that all of them still hang together.
	maxShared = 256
	// maxCounted bounds how many holders of a trait, or uses of a credential, are counted.
	maxCounted = 4096
)

// traitRow is a row of given: attacker, kind, value, time, event.
type traitRow [5]any

func appendTraits(rows []traitRow, attacker decnet.AttackerID, traits []decnet.Trait) []traitRow {
	for i := range traits {
		t := &traits[i]
		rows = append(rows, traitRow{attacker, t.Kind, clean(t.Value), nanosOf(t.Time), clean(t.Event)})
	}
	return rows
}

func (d *dialect) putTraitsSQL() string {
	return `INSERT INTO traits (attacker, kind, value, time, event)
		SELECT attacker, kind, value, time, event FROM ` + d.given("$1", "attacker", "kind", "value", "time::bigint", "event") + `
		WHERE true ON CONFLICT (attacker, kind, value) DO NOTHING`
}

func (r *Attackers) putTraits(ctx context.Context, tx *sql.Tx, rows []traitRow) error {
	if len(rows) == 0 {
		return nil
	}
	given, err := toJSON(rows)
	if err != nil {
		return err
	}
	_, err = tx.ExecContext(ctx, r.d.putTraitsSQL(), given)
	return err
}

// holdersSQL finds the first that have each trait, one more than anybody is linked to.
func (d *dialect) holdersSQL() string {
	return fmt.Sprintf(`SELECT given.kind, given.value,
		(SELECT count(*) FROM (SELECT 1 FROM traits t WHERE t.kind = given.kind AND t.value = given.value LIMIT %d) AS few),
		COALESCE((SELECT %s FROM (SELECT num, attacker, event FROM traits t WHERE t.kind = given.kind AND t.value = given.value
			ORDER BY num LIMIT %d) AS first), '[]')
		FROM %s`, maxCounted, d.list("num, attacker, event"), maxHolders+1, d.given("$1", "kind", "value"))
}

// traitKey is what makes two traits the same.
type traitKey [2]string

// holders are who has a trait.
type holders struct {
	key   traitKey
	count uint64
	first []holder
}

type holder struct {
	num      int64
	attacker decnet.AttackerID
	event    string
}

func (h *holder) UnmarshalJSON(b []byte) error {
	return json.Unmarshal(b, &[]any{&h.num, &h.attacker, &h.event})
}

func scanHolders(row scanner) (h holders, err error) {
	var first string
	if err = row.Scan(&h.key[0], &h.key[1], &h.count, &first); err != nil {
		return h, err
	}
	h.first, err = fromJSON[[]holder](first)
	slices.SortFunc(h.first, func(a, b holder) int { return cmp.Compare(a.num, b.num) })
	return h, err
}

// LinksBy returns the links of attackers, by traits that were stored with their profiles, to those who had
// them before, each with the first few. Whoever repeats it gets the same links.
func (r *Attackers) LinksBy(ctx context.Context, found []AttackerTraits) ([]decnet.AttackerLink, error) {
	var asked []traitKey
	for i := range found {
		for _, t := range found[i].Traits {
			asked = append(asked, traitKey{string(t.Kind), clean(t.Value)})
		}
	}
	if len(asked) == 0 {
		return nil, nil
	}
	slices.SortFunc(asked, func(a, b traitKey) int { return slices.Compare(a[:], b[:]) })
	given, err := toJSON(slices.Compact(asked))
	if err != nil {
		return nil, wrap(err, "look for who else has a trait")
	}
	all, err := queryAll(ctx, r.reader, scanHolders, r.d.holdersSQL(), given)
	if err != nil {
		return nil, wrap(err, "look for who else has a trait")
	}
	by := make(map[traitKey]*holders, len(all))
	for i := range all {
		by[all[i].key] = &all[i]
	}
	var links []decnet.AttackerLink
	for i := range found {
		for j := range found[i].Traits {
			t := &found[i].Traits[j]
			if h := by[traitKey{string(t.Kind), clean(t.Value)}]; h != nil {
				links = append(links, h.links(found[i].Attacker, t)...)
			}
		}
	}
	return links, nil
}

// links are those of an attacker to the ones before it.
func (h *holders) links(attacker decnet.AttackerID, t *decnet.Trait) (links []decnet.AttackerLink) {
	before := h.first
	if i := slices.IndexFunc(before, func(o holder) bool { return o.attacker == attacker }); i >= 0 {
		before = before[:i]
	}
	limit := maxHolders
	if h.count > maxShared {
		limit = 1
	}
	for _, o := range before[:min(limit, len(before))] {
		links = append(links, decnet.AttackerLink{
			Attacker: attacker, Other: o.attacker, Kind: t.Kind, Value: h.key[1], Event: t.Event, OtherEvent: o.event,
			Time: t.Time, Holders: h.count, Weight: decnet.TraitWeight(t.Kind, h.count),
		})
	}
	return links
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

var linksSQL = fmt.Sprintf(`
SELECT mine.attacker, other.attacker, mine.kind, mine.value, mine.event, other.event, mine.time, mine.holders
FROM (
  SELECT t.*, (SELECT count(*) FROM (SELECT 1 FROM traits h WHERE h.kind = t.kind AND h.value = t.value LIMIT %d) AS few) AS holders
  FROM traits t WHERE t.attacker = $1
) AS mine JOIN traits other ON other.kind = mine.kind AND other.value = mine.value AND other.attacker <> mine.attacker
WHERE mine.holders <= %d
ORDER BY mine.holders, other.num LIMIT $2`, maxShared+1, maxShared)

func scanLink(row scanner) (l decnet.AttackerLink, err error) {
	var at int64
	if err = row.Scan(&l.Attacker, &l.Other, &l.Kind, &l.Value, &l.Event, &l.OtherEvent, &at, &l.Holders); err != nil {
		return l, fmt.Errorf("read link: %w", err)
	}
	l.Time, l.Weight = fromNanos(at), decnet.TraitWeight(l.Kind, l.Holders)
	return l, nil
}
