package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Credentials reads the credentials attackers tried. They are written by
// Store.Ingest.
type Credentials struct {
	db *sql.DB
	d  *dialect
}

// CredentialRecord is one distinct credential: what an attacker tried on one
// service of one decky, with how often and when.
type CredentialRecord struct {
	Attacker  decnet.AttackerID `json:"attacker"`
	Decky     string            `json:"decky"`
	Service   string            `json:"service"`
	Kind      decnet.SecretKind `json:"kind"`
	Principal string            `json:"principal"`
	// Secret is the printable form, SecretB64 the exact one, and Hash the hex
	// SHA-256 of the exact one.
	Secret    string `json:"secret"`
	SecretB64 string `json:"secret_b64"`
	Hash      string `json:"hash"`
	// Attempts counts events, at least 1.
	Attempts uint64 `json:"attempts"`
	// Accepted says that a decky let the attacker in with it at least once.
	Accepted  bool      `json:"accepted"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	// Event is the id of the first stored event that carried it.
	Event string `json:"event"`
}

// CredentialQuery selects credentials. Empty fields select everything; the
// filters all have to match, exactly.
type CredentialQuery struct {
	Attacker decnet.AttackerID
	Decky    string
	Service  string
	// Hash is the hex SHA-256 of a secret, by which reuse is found.
	Hash string
	// Limit is 1 to MaxLimit; 0 is DefaultLimit.
	Limit int
	// Cursor continues after the page that returned it, with the same filters.
	Cursor string
}

const credentialColumns = `num, attacker, decky, service, kind, principal, secret, secret_b64, secret_hash, attempts, accepted, first_seen, last_seen, first_event`

type credentialRow struct {
	CredentialRecord
	num int64
}

// List returns a page of credentials, the most recently discovered first, and
// the cursor of the next one, which is empty after the last. Every credential
// known when the first page was read is on exactly one page.
func (r *Credentials) List(ctx context.Context, q CredentialQuery) (page []CredentialRecord, next string, err error) {
	limit, err := checkLimit(q.Limit)
	if err != nil {
		return nil, "", err
	}
	list := fmt.Sprintf("credentials %q %q %q %q", q.Attacker, q.Decky, q.Service, q.Hash)
	from, ok, err := decodeCursor(list, q.Cursor)
	if err != nil {
		return nil, "", err
	}
	var w where
	q.filter(&w)
	if ok {
		w.add("num < ", from.key)
	}
	rows, err := queryAll(ctx, r.db, scanCredential, q.statement(&w, limit+1), w.args...)
	if err != nil {
		return nil, "", wrap(err, "list credentials")
	}
	rows, next = paginate(rows, limit, list, func(c *credentialRow) cursor { return cursor{key: c.num} })
	page = make([]CredentialRecord, len(rows))
	for i := range rows {
		page[i] = rows[i].CredentialRecord
	}
	return page, next, nil
}

func (q *CredentialQuery) statement(w *where, limit int) string {
	return fmt.Sprintf("SELECT %s FROM credentials%s ORDER BY num DESC LIMIT %d", credentialColumns, w, limit)
}

// Count returns how many distinct credentials the filters of q select.
func (r *Credentials) Count(ctx context.Context, q CredentialQuery) (uint64, error) {
	var w where
	q.filter(&w)
	var n uint64
	err := r.db.QueryRowContext(ctx, `SELECT count(*) FROM credentials`+w.String(), w.args...).Scan(&n)
	return n, wrap(err, "count credentials")
}

func (q *CredentialQuery) filter(w *where) {
	w.match("attacker", string(q.Attacker))
	w.match("decky", q.Decky)
	w.match("service", q.Service)
	w.match("secret_hash", q.Hash)
}

func scanCredential(row scanner) (credentialRow, error) {
	var c credentialRow
	var first, last int64
	err := row.Scan(&c.num, &c.Attacker, &c.Decky, &c.Service, &c.Kind, &c.Principal, &c.Secret, &c.SecretB64,
		&c.Hash, &c.Attempts, &c.Accepted, &first, &last, &c.Event)
	if err != nil {
		return credentialRow{}, fmt.Errorf("read credential: %w", err)
	}
	c.FirstSeen, c.LastSeen = fromNanos(first), fromNanos(last)
	return c, nil
}
