package store

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// Known says through which event something of an attacker is known; 0 is nothing.
type Known struct {
	Attacker decnet.AttackerID
	Through  uint64
}

// attackersGiven are the attackers of pairs, as a table of columns who and past.
func (d *dialect) attackersGiven() string { return d.given("$1", "who", "past::bigint") }

// pairs is the parameter that attackersGiven reads.
func pairs(known []Known) (string, error) {
	rows := make([][2]any, len(known))
	for i, k := range known {
		rows[i] = [2]any{k.Attacker, min(k.Through, math.MaxInt64/2)}
	}
	return toJSON(rows)
}

// timelinesSQL reads a stretch of the timelines of the attackers given. The first table
// leads, so each stretch is found through the index of timelines.
func (d *dialect) timelinesSQL() string {
	return `SELECT ` + eventColumns + ` FROM ` + d.attackersGiven() + ` CROSS JOIN events
		WHERE attacker = who AND seq > past AND seq <= past + $2`
}

// Timelines is Timeline for many attackers, each from the event on that follows the one
// it is known through: of each those of the next limit numbers (1 to MaxLimit), in the
// order of Seq. Unlike Timeline it does not look beyond numbers whose events were
// removed by Retain. The attackers must be distinct; one without events is not in the map.
func (r *Events) Timelines(ctx context.Context, known []Known, limit int) (map[decnet.AttackerID][]decnet.Event, error) {
	limit, err := checkLimit(limit)
	if err != nil || len(known) == 0 {
		return nil, err
	}
	doing := fmt.Sprintf("read timelines of %d attackers", len(known))
	given, err := pairs(known)
	if err != nil {
		return nil, wrap(err, doing)
	}
	rows, err := queryAll(ctx, r.db, scanEvent, r.d.timelinesSQL(), given, limit)
	if err != nil {
		return nil, wrap(err, doing)
	}
	out := make(map[decnet.AttackerID][]decnet.Event, len(known))
	for i := range rows {
		out[rows[i].Attacker] = append(out[rows[i].Attacker], rows[i].Event)
	}
	for _, events := range out {
		slices.SortFunc(events, func(a, b decnet.Event) int { return cmp.Compare(a.Seq, b.Seq) })
	}
	return out, nil
}

func (d *dialect) profilesSQL() string {
	return `SELECT body FROM ` + d.attackersGiven() + ` CROSS JOIN profiles WHERE attacker = who AND through <> past`
}

// Profiles returns the stored profiles of attackers of which another one is known, or
// none. Who has no profile, or the one that is known, is not in the map.
func (r *Attackers) Profiles(ctx context.Context, known []Known) (map[decnet.AttackerID]decnet.Profile, error) {
	if len(known) == 0 {
		return nil, nil
	}
	doing := fmt.Sprintf("read profiles of %d attackers", len(known))
	given, err := pairs(known)
	if err != nil {
		return nil, wrap(err, doing)
	}
	all, err := queryAll(ctx, r.reader, func(row scanner) (p decnet.Profile, err error) {
		var body string
		if err := row.Scan(&body); err != nil {
			return p, err
		}
		return fromJSON[decnet.Profile](body)
	}, r.d.profilesSQL(), given)
	if err != nil {
		return nil, wrap(err, doing)
	}
	out := make(map[decnet.AttackerID]decnet.Profile, len(all))
	for _, p := range all {
		out[p.Attacker] = p
	}
	return out, nil
}

// behindSQL looks at a page of attackers, however few of them are behind.
const behindSQL = `
SELECT a.id, a.events, a.last_time, COALESCE(p.through, 0)
FROM (SELECT id, events, last_time FROM attackers WHERE id > $1 ORDER BY id LIMIT $2) a
LEFT JOIN profiles p ON p.attacker = a.id ORDER BY a.id`

// Behind looks at up to limit attackers (1 to MaxLimit) whose ids follow after, which is
// empty at first, and returns sightings of those whose profiles do not cover all their
// events. It goes on after next, which is empty when there are no more attackers.
func (r *Attackers) Behind(ctx context.Context, after decnet.AttackerID, limit int) (behind []decnet.Sighting, next decnet.AttackerID, err error) {
	if limit, err = checkLimit(limit); err != nil {
		return nil, "", err
	}
	type row struct {
		decnet.Sighting
		profiled uint64
	}
	rows, err := queryAll(ctx, r.reader, func(s scanner) (r row, err error) {
		var ns int64
		err = s.Scan(&r.Attacker, &r.Through, &ns, &r.profiled)
		r.Address, r.Time = r.Attacker.Addr(), fromNanos(ns)
		return r, err
	}, behindSQL, after, limit)
	if err != nil {
		return nil, "", wrap(err, "look for attackers without a current profile")
	}
	for _, r := range rows {
		if r.profiled < r.Through {
			behind = append(behind, r.Sighting)
		}
	}
	if len(rows) == limit {
		next = rows[limit-1].Attacker
	}
	return behind, next, nil
}
