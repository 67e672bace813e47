package store

import (
	"context"
	"database/sql"
	"fmt"
	"net/netip"

	"github.com/decnet/decnet/pkg/decnet"
)

// putEvents inserts the new events in the order given, so that row numbers and
// sequence numbers of one attacker agree.
func (b *batch) putEvents(ctx context.Context, tx *sql.Tx) error {
	stmt, err := tx.PrepareContext(ctx, `
		INSERT INTO events (id, attacker, seq, time, host, decky, service, kind,
		  source, source_port, session, fields, message)
		VALUES ($1, NULLIF($2, ''), $3, $4, $5, $6, $7, $8, $9, $10, NULLIF($11, ''), $12, $13)`)
	if err != nil {
		return fmt.Errorf("prepare events: %w", err)
	}
	defer stmt.Close() //nolint:errcheck // it ends with the transaction anyway
	for _, i := range b.fresh {
		e := &b.events[i]
		fields, err := fieldsJSON(e.Fields)
		if err != nil {
			return fmt.Errorf("encode fields of event %s: %w", e.ID, err)
		}
		_, err = stmt.ExecContext(ctx, e.ID, e.Attacker, e.Seq, e.Time.UnixNano(), e.Host, e.Decky, e.Service,
			e.Kind, sourceText(e.Source), e.SourcePort, e.Session, fields, e.Message)
		if err != nil {
			return fmt.Errorf("insert event %s: %w", e.ID, err)
		}
	}
	return nil
}

// putCredentials counts the credentials of the new events.
func (b *batch) putCredentials(ctx context.Context, tx *sql.Tx) error {
	var creds []decnet.Credential
	for _, i := range b.fresh {
		if c, ok := decnet.CredentialOf(&b.events[i]); ok {
			creds = append(creds, c)
		}
	}
	if len(creds) == 0 {
		return nil
	}
	stmt, err := tx.PrepareContext(ctx, `
		INSERT INTO credentials (attacker, decky, service, kind, secret_hash, principal, secret, secret_b64,
		  attempts, accepted, first_seen, last_seen, first_event)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 1, $9, $10, $10, $11)
		ON CONFLICT (attacker, decky, service, kind, secret_hash, principal) DO UPDATE SET
		  attempts   = credentials.attempts + 1,
		  accepted   = credentials.accepted | excluded.accepted,
		  first_seen = CASE WHEN excluded.first_seen < credentials.first_seen THEN excluded.first_seen ELSE credentials.first_seen END,
		  last_seen  = CASE WHEN excluded.last_seen  > credentials.last_seen  THEN excluded.last_seen  ELSE credentials.last_seen  END`)
	if err != nil {
		return fmt.Errorf("prepare credentials: %w", err)
	}
	defer stmt.Close() //nolint:errcheck // it ends with the transaction anyway
	for i := range creds {
		c := &creds[i]
		_, err := stmt.ExecContext(ctx, c.Attacker, c.Decky, c.Service, clean(string(c.Kind)), c.Hash(),
			clean(c.Principal), clean(c.Secret), clean(c.SecretB64), number(c.Accepted), c.Time.UnixNano(), c.Event)
		if err != nil {
			return fmt.Errorf("count credential of event %s: %w", c.Event, err)
		}
	}
	return nil
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
