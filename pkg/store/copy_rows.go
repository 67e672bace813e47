package store

import (
	"context"
	"crypto/sha256"
	"database/sql"
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	"github.com/jackc/pgx/v5"
)

// copyBatch is how many rows are copied in one transaction.
const copyBatch = 5000

// copyTables says how the rows of a table other than events are read in order:
// their columns, and of these the key, which comes first.
var copyTables = map[string][]string{
	"attackers": {"id", "first_seen", "last_seen", "events", "last_time"},
	"events": {
		"num", "id", "attacker", "seq", "time", "host", "decky", "service", "kind",
		"source", "source_port", "session", "fields", "message",
	},
	"credentials": {
		"num", "attacker", "decky", "service", "kind", "secret_hash", "principal", "secret", "secret_b64",
		"attempts", "accepted", "first_seen", "last_seen", "first_event",
	},
	"bounties": {
		"num", "id", "attacker", "type", "name", "value", "decky", "service", "count", "first_seen", "last_seen", "first_event",
	},
	"traits":   {"num", "kind", "value", "attacker", "time", "event"},
	"profiles": {"attacker", "through", "sessions", "credentials", "commands", "services", "deckies", "body"},
	"users":    {"name", "role", "password_hash", "created"},
	"sessions": {"token_hash", "user_name", "created", "expires"},
}

// events copies those after the number last, with their numbers. Each batch is
// committed with how far it goes, so none is copied twice.
func (c *copier) events(ctx context.Context, last int64, total uint64) error {
	done := uint64(0)
	err := c.source.reader.QueryRowContext(ctx, `SELECT count(*) FROM events WHERE num <= $1`, last).Scan(&done)
	if err != nil {
		return err
	}
	for {
		c.report(CopyProgress{"events", "copy", done, total})
		rows, err := queryAll(ctx, c.source.reader, scanEvent,
			fmt.Sprintf(`SELECT %s FROM events WHERE num > $1 ORDER BY num LIMIT %d`, eventColumns, copyBatch), last)
		if err != nil || len(rows) == 0 {
			return err
		}
		b := &batch{}
		nums, seqs := make([]int64, len(rows)), make([]int64, len(rows))
		for i := range rows {
			b.events = append(b.events, rows[i].Event)
			nums[i], seqs[i] = rows[i].num, int64(rows[i].Seq) //nolint:gosec // it was read from an int64
		}
		last = nums[len(nums)-1]
		if err := c.e.makeWeeksOf(ctx, b); err != nil {
			return err
		}
		err = c.e.transact(ctx, func(tx pgx.Tx) error {
			if err := b.copyIn(ctx, tx); err != nil {
				return err
			}
			if _, err := tx.Exec(ctx, copyEventsSQL, nums, seqs, int64(spanSize)); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, `UPDATE copy_state SET last_num = $1`, last)
			return err
		})
		if err != nil {
			return err
		}
		done += uint64(len(rows))
	}
}

var copyEventsSQL = strings.NewReplacer(
	"INSERT INTO events (", "INSERT INTO events (num, ", "SELECT i.id,", "SELECT n.num, i.id,",
	"unnest($1::int[], $2::bigint[]) AS n (pos, seq)",
	"(SELECT ordinality::int - 1 AS pos, num, seq FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY AS u (num, seq, ordinality)) AS n",
).Replace(putEventsSQL)

// table copies a table that is not events. Rows that an earlier copy brought are
// left as they are.
func (c *copier) table(ctx context.Context, table string, total uint64) error {
	columns := copyTables[table]
	key, list := columns[0], strings.Join(columns, ", ")
	insert := fmt.Sprintf(`INSERT INTO %s (%s) SELECT %s FROM copied ON CONFLICT DO NOTHING`, table, list, list)
	if table == "credentials" {
		insert = fmt.Sprintf(`INSERT INTO credentials (%s, principal_hash) SELECT %s, sha256(convert_to(principal, 'UTF8')) FROM copied ON CONFLICT DO NOTHING`, list, list)
	}
	var after any = ""
	switch key {
	case "num":
		after = int64(math.MinInt64)
	case "token_hash":
		after = []byte{}
	}
	for done := uint64(0); ; {
		c.report(CopyProgress{table, "copy", done, total})
		rows, err := queryAll(ctx, c.source.reader, func(row scanner) ([]any, error) { return scanValues(row, len(columns)) },
			fmt.Sprintf(`SELECT %s FROM %s WHERE %s > $1 ORDER BY %s LIMIT %d`, list, table, key, key, copyBatch), after)
		if err != nil || len(rows) == 0 {
			return err
		}
		after = rows[len(rows)-1][0]
		err = c.e.transact(ctx, func(tx pgx.Tx) error {
			create := fmt.Sprintf(`CREATE TEMPORARY TABLE copied ON COMMIT DROP AS SELECT %s FROM %s LIMIT 0`, list, table)
			if _, err := tx.Exec(ctx, create); err != nil {
				return err
			}
			if _, err := tx.CopyFrom(ctx, pgx.Identifier{"copied"}, columns, pgx.CopyFromRows(rows)); err != nil {
				return err
			}
			_, err := tx.Exec(ctx, insert)
			return err
		})
		if err != nil {
			return err
		}
		done += uint64(len(rows))
	}
}

func scanValues(row scanner, n int) ([]any, error) {
	values, into := make([]any, n), make([]any, n)
	for i := range values {
		into[i] = &values[i]
	}
	return values, row.Scan(into...)
}

// sum reads a whole table. Its checksum is the sum of those of the rows, so that
// rows may come in any order; both databases have the same types for the same
// column.
func (c *copier) sum(ctx context.Context, s *Store, table string, total uint64) (CopiedTable, error) {
	columns := copyTables[table]
	rows, err := s.reader.QueryContext(ctx, fmt.Sprintf(`SELECT %s FROM %s`, strings.Join(columns, ", "), table))
	if err != nil {
		return CopiedTable{}, err
	}
	defer rows.Close() //nolint:errcheck // Err has what went wrong
	var n, high, low uint64
	var text []byte
	for rows.Next() {
		values, err := scanValues(rows, len(columns))
		if err != nil {
			return CopiedTable{}, err
		}
		text = text[:0]
		for _, v := range values {
			text = appendValue(text, v)
		}
		sum := sha256.Sum256(text)
		high += binary.BigEndian.Uint64(sum[:])
		low += binary.BigEndian.Uint64(sum[8:])
		if n++; n%(20*copyBatch) == 0 {
			c.report(CopyProgress{table, "verify", n, total})
		}
	}
	return CopiedTable{table, n, fmt.Sprintf("%016x%016x", high, low)}, rows.Err()
}

// appendValue appends v with its length, so that no two rows look alike.
func appendValue(text []byte, v any) []byte {
	switch v := v.(type) {
	case nil:
		return append(text, '-')
	case sql.RawBytes:
		return fmt.Appendf(text, "%d:%s", len(v), v)
	case []byte:
		return fmt.Appendf(text, "%d:%s", len(v), v)
	case string:
		return fmt.Appendf(text, "%d:%s", len(v), v)
	}
	return fmt.Appendf(text, "i%d;", v)
}
