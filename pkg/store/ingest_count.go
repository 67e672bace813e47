package store

import (
	"net/netip"

	"github.com/decnet/decnet/pkg/decnet"
)

// countCredential adds what a batch has of a credential to what is known of it.
const countCredential = ` ON CONFLICT (attacker, decky, service, kind, secret_hash, principal)` + addCredential

// countPostgresCredential is countCredential where the principal is in the unique
// index by its hash.
const countPostgresCredential = ` ON CONFLICT (attacker, decky, service, kind, secret_hash, principal_hash)` + addCredential

const addCredential = ` DO UPDATE SET
	  attempts   = credentials.attempts + excluded.attempts,
	  accepted   = credentials.accepted | excluded.accepted,
	  first_seen = CASE WHEN excluded.first_seen < credentials.first_seen THEN excluded.first_seen ELSE credentials.first_seen END,
	  last_seen  = CASE WHEN excluded.last_seen  > credentials.last_seen  THEN excluded.last_seen  ELSE credentials.last_seen  END`

// countAttacker does so of an attacker.
const countAttacker = `
	ON CONFLICT (id) DO UPDATE SET
	  first_seen = CASE WHEN excluded.first_seen < attackers.first_seen THEN excluded.first_seen ELSE attackers.first_seen END,
	  last_seen  = CASE WHEN excluded.last_seen  > attackers.last_seen  THEN excluded.last_seen  ELSE attackers.last_seen  END,
	  events     = excluded.events,
	  last_time  = excluded.last_time`

// credentials are the distinct ones of the new events, counted, in the order in
// which they came.
func (b *batch) credentials() []*CredentialRecord {
	type key struct{ attacker, decky, service, kind, hash, principal string }
	var list []*CredentialRecord
	known := make(map[key]*CredentialRecord)
	for _, i := range b.fresh {
		c, ok := decnet.CredentialOf(&b.events[i])
		if !ok {
			continue
		}
		kind, hash, principal := clean(string(c.Kind)), c.Hash(), clean(c.Principal)
		k := key{string(c.Attacker), c.Decky, c.Service, kind, hash, principal}
		if r := known[k]; r != nil {
			r.Attempts++
			r.Accepted = r.Accepted || c.Accepted
			if c.Time.Before(r.FirstSeen) {
				r.FirstSeen = c.Time
			}
			if c.Time.After(r.LastSeen) {
				r.LastSeen = c.Time
			}
			continue
		}
		r := &CredentialRecord{
			Attacker: c.Attacker, Decky: c.Decky, Service: c.Service, Kind: decnet.SecretKind(kind), Hash: hash, Principal: principal,
			Secret: clean(c.Secret), SecretB64: clean(c.SecretB64), Attempts: 1, Accepted: c.Accepted,
			FirstSeen: c.Time, LastSeen: c.Time, Event: c.Event,
		}
		known[k] = r
		list = append(list, r)
	}
	return list
}

// span is between which times events are; the zero span has none.
type span struct {
	first, last int64
	any         bool
}

func (s span) with(t int64) span {
	if !s.any {
		return span{t, t, true}
	}
	return span{min(s.first, t), max(s.last, t), true}
}

// number is how flags are stored, in a type that every database has.
func number(b bool) int {
	if b {
		return 1
	}
	return 0
}

func sourceText(a netip.Addr) string {
	if !a.IsValid() {
		return ""
	}
	return a.String()
}
