package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// inserter inserts rows of one table, several with a statement: most of what an
// insert costs here is calling SQLite.
type inserter struct {
	tx      *sql.Tx
	head    string // INSERT ... VALUES
	row     string // the placeholders of one row
	tail    string // what follows the rows
	columns int
	full    *sql.Stmt // of a full statement; prepared at the first
	args    []any
}

// rowsPerInsert is how many rows a statement has; more gains little.
const rowsPerInsert = 40

func newInserter(tx *sql.Tx, into string, row string) *inserter {
	return &inserter{tx: tx, head: "INSERT INTO " + into + " VALUES ", row: row, columns: strings.Count(row, "?")}
}

func (i *inserter) add(ctx context.Context, args ...any) error {
	i.args = append(i.args, args...)
	if len(i.args) < rowsPerInsert*i.columns {
		return nil
	}
	if i.full == nil {
		stmt, err := i.tx.PrepareContext(ctx, i.statement(rowsPerInsert))
		if err != nil {
			return err
		}
		i.full = stmt
	}
	_, err := i.full.ExecContext(ctx, i.args...)
	i.args = i.args[:0]
	return err
}

// words adds the words of an event to the search index.
func (i *inserter) words(ctx context.Context, num int64, e *decnet.Event) error {
	found := wordsOf(e)
	if len(found) == 0 {
		return nil
	}
	if err := i.add(ctx, num, strings.Join(found, " ")); err != nil {
		return fmt.Errorf("insert words of event %s: %w", e.ID, err)
	}
	return nil
}

// flush inserts what is left and ends the use of i.
func (i *inserter) flush(ctx context.Context) error {
	if i.full != nil {
		defer i.full.Close() //nolint:errcheck // it ends with the transaction anyway
	}
	if len(i.args) == 0 {
		return nil
	}
	_, err := i.tx.ExecContext(ctx, i.statement(len(i.args)/i.columns), i.args...)
	return err
}

func (i *inserter) statement(rows int) string {
	return i.head + strings.TrimSuffix(strings.Repeat(i.row+", ", rows), ", ") + i.tail
}

// putEvents inserts the new events in the order given, so that row numbers and
// sequence numbers of one attacker agree; and what they are found by.
func (b *batch) putEvents(ctx context.Context, tx *sql.Tx) error {
	// Transactions that write are one after the other, so nobody takes a number
	// meanwhile. A row for every number there ever was is AUTOINCREMENT's.
	var num int64
	err := tx.QueryRowContext(ctx, `SELECT COALESCE((SELECT seq FROM sqlite_sequence WHERE name = 'events'), 0)`).Scan(&num)
	if err != nil {
		return fmt.Errorf("look up the last number: %w", err)
	}
	events := newInserter(tx, `events (num, id, attacker, seq, time, host, decky, service, kind, source, source_port, session, fields, message)`,
		`(?, ?, NULLIF(?, ''), ?, ?, ?, ?, ?, ?, ?, ?, NULLIF(?, ''), ?, ?)`)
	search := newInserter(tx, `events_search (rowid, words)`, `(?, ?)`)
	spans := map[int64]span{}
	for _, i := range b.fresh {
		e := &b.events[i]
		fields, err := fieldsJSON(e.Fields)
		if err != nil {
			return fmt.Errorf("encode fields of event %s: %w", e.ID, err)
		}
		num++
		spans[num/spanSize] = spans[num/spanSize].with(e.Time.UnixNano())
		err = events.add(ctx, num, e.ID, string(e.Attacker), int64(e.Seq), e.Time.UnixNano(), e.Host, e.Decky, e.Service, //nolint:gosec // it counts rows
			e.Kind, sourceText(e.Source), int64(e.SourcePort), e.Session, fields, e.Message)
		if err != nil {
			return fmt.Errorf("insert events: %w", err)
		}
		if err := search.words(ctx, num, e); err != nil {
			return err
		}
	}
	if err := events.flush(ctx); err != nil {
		return fmt.Errorf("insert events: %w", err)
	}
	if err := search.flush(ctx); err != nil {
		return fmt.Errorf("insert words: %w", err)
	}
	return putSpans(ctx, tx, spans)
}

// putCredentials counts the credentials of the new events.
func (b *batch) putCredentials(ctx context.Context, tx *sql.Tx) error {
	counted := b.credentials()
	if len(counted) == 0 {
		return nil
	}
	stmt, err := tx.PrepareContext(ctx, `
		INSERT INTO credentials (attacker, decky, service, kind, secret_hash, principal, secret, secret_b64,
		  attempts, accepted, first_seen, last_seen, first_event)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`+countCredential)
	if err != nil {
		return fmt.Errorf("prepare credentials: %w", err)
	}
	defer stmt.Close() //nolint:errcheck // it ends with the transaction anyway
	for _, c := range counted {
		_, err := stmt.ExecContext(ctx, c.Attacker, c.Decky, c.Service, string(c.Kind), c.Hash, c.Principal, c.Secret, c.SecretB64,
			c.Attempts, number(c.Accepted), c.FirstSeen.UnixNano(), c.LastSeen.UnixNano(), c.Event)
		if err != nil {
			return fmt.Errorf("count credential of event %s: %w", c.Event, err)
		}
	}
	return nil
}
