package store

import (
	"context"
	"crypto/sha256"
	"fmt"
	"hash/fnv"
	"slices"

	"github.com/jackc/pgx/v5"

	"github.com/decnet/decnet/pkg/decnet"
)

// makeIncoming makes the table of a connection that batches are copied into. It
// is nobody else's, so it has neither a log nor indexes.
func makeIncoming(ctx context.Context, conn *pgx.Conn) error {
	_, err := conn.Exec(ctx, `
		CREATE TEMPORARY TABLE IF NOT EXISTS incoming (
		  pos INTEGER, id TEXT, attacker TEXT, time BIGINT, host TEXT, decky TEXT, service TEXT, kind TEXT,
		  source TEXT, source_port INTEGER, session TEXT, fields TEXT, message TEXT, words TEXT[]
		) ON COMMIT DELETE ROWS`)
	return err
}

// ingest stores the batch. What takes long and nobody waits for, copying the
// batch, comes first; then it waits until no other transaction has events of its
// attackers in hand, and only then looks up what is stored and numbers the rest.
func (e *postgresEngine) ingest(ctx context.Context, b *batch) error {
	if err := e.makeWeeksOf(ctx, b); err != nil {
		return err
	}
	given := slices.Clone(b.events)
	for {
		err := e.transact(ctx, func(tx pgx.Tx) error { return b.runPostgres(ctx, tx) })
		if sqlState(err) != uniqueViolation {
			return err
		}
		// Another transaction has stored one of the ids for another attacker, so
		// the locks did not keep the two apart. Now that it is there, this batch
		// finds it; each turn needs another such event.
		*b = batch{events: slices.Clone(given)}
	}
}

func (b *batch) runPostgres(ctx context.Context, tx pgx.Tx) error {
	if err := b.copyIn(ctx, tx); err != nil {
		if ctx.Err() != nil {
			err = ctx.Err() // COPY reports the connection that was closed for it
		}
		return fmt.Errorf("copy events: %w", err)
	}
	if _, err := tx.Exec(ctx, `SELECT pg_advisory_xact_lock($1, k) FROM unnest($2::int[]) AS k`, lockClass, b.locks()); err != nil {
		return fmt.Errorf("wait for other writers: %w", err)
	}
	stored, err := b.storedPostgres(ctx, tx)
	if err != nil {
		return fmt.Errorf("look up ids: %w", err)
	}
	rows, err := tx.Query(ctx, `SELECT id, events, last_time FROM attackers WHERE id = ANY($1)`, b.prepareHeads(stored))
	if err == nil {
		_, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (*head, error) { return b.scanHead(row) })
	}
	if err != nil {
		return fmt.Errorf("look up attackers: %w", err)
	}
	b.number(stored)
	b.findBounties()
	var put pgx.Batch
	if len(b.fresh) > 0 {
		b.queueEvents(&put)
		b.queueAttackers(&put)
		b.queueCredentials(&put)
	}
	b.queueBounties(&put)
	if put.Len() == 0 {
		return nil
	}
	return tx.SendBatch(ctx, &put).Close()
}

// locks are what keeps transactions apart that have an attacker in common, in one
// order, so that none waits for another in a circle. Attackers share a bounded
// number of locks, since one who is new has no row to lock yet. What belongs to
// nobody has one too.
func (b *batch) locks() []int32 {
	var locks []int32
	for i := range b.events {
		h := fnv.New32a()
		_, _ = h.Write([]byte(b.events[i].Attacker))
		locks = append(locks, int32(h.Sum32()%attackerLocks))
	}
	slices.Sort(locks)
	return slices.Compact(locks)
}

func (b *batch) copyIn(ctx context.Context, tx pgx.Tx) error {
	columns := []string{
		"pos", "id", "attacker", "time", "host", "decky", "service", "kind",
		"source", "source_port", "session", "fields", "message", "words",
	}
	_, err := tx.CopyFrom(ctx, pgx.Identifier{"incoming"}, columns, pgx.CopyFromSlice(len(b.events), func(i int) ([]any, error) {
		ev := &b.events[i]
		fields, err := fieldsJSON(ev.Fields)
		if err != nil {
			return nil, fmt.Errorf("encode fields of event %s: %w", ev.ID, err)
		}
		found := wordsOf(ev)
		if found == nil {
			found = []string{} // nil is NULL
		}
		return []any{
			int32(i), ev.ID, string(ev.Attacker), ev.Time.UnixNano(), ev.Host, ev.Decky, ev.Service, ev.Kind, //nolint:gosec // a batch is small
			sourceText(ev.Source), int32(ev.SourcePort), ev.Session, fields, ev.Message, found,
		}, nil
	}))
	return err
}

// storedPostgres returns those events of the batch that are stored, by id.
func (b *batch) storedPostgres(ctx context.Context, tx pgx.Tx) (map[string]decnet.Event, error) {
	ids, times := make([]string, len(b.events)), make([]int64, len(b.events))
	for i := range b.events {
		ids[i], times[i] = b.events[i].ID, b.events[i].Time.UnixNano()
	}
	rows, err := tx.Query(ctx, storedPostgresSQL, ids, times)
	if err != nil {
		return nil, err
	}
	found, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (eventRow, error) { return scanEvent(row) })
	stored := make(map[string]decnet.Event, len(b.events))
	for i := range found {
		stored[found[i].ID] = found[i].Event
	}
	return stored, err
}

// The time finds the partition, where the index finds the id.
const storedPostgresSQL = `SELECT ` + eventColumns + ` FROM unnest($1::text[], $2::bigint[]) AS given (id, time) JOIN events USING (id, time)`

// queueEvents moves the new events out of incoming, each with its number, and
// notes between which times the numbers are.
func (b *batch) queueEvents(put *pgx.Batch) {
	pos, seq := make([]int32, len(b.fresh)), make([]int64, len(b.fresh))
	for n, i := range b.fresh {
		pos[n], seq[n] = int32(i), int64(b.events[i].Seq) //nolint:gosec // a batch is small, and it counts rows
	}
	put.Queue(putEventsSQL, pos, seq, int64(spanSize))
}

const putEventsSQL = `
		WITH put AS (
		  INSERT INTO events (id, attacker, seq, time, host, decky, service, kind, source, source_port, session, fields, message, words)
		  SELECT i.id, NULLIF(i.attacker, ''), n.seq, i.time, i.host, i.decky, i.service, i.kind, i.source, i.source_port,
		         NULLIF(i.session, ''), i.fields, i.message, array_to_tsvector(i.words)
		  FROM unnest($1::int[], $2::bigint[]) AS n (pos, seq) JOIN incoming i USING (pos) ORDER BY pos
		  RETURNING num, time)
		INSERT INTO event_spans (block, writer, first_time, last_time)
		SELECT num / $3, pg_backend_pid() % 16, min(time), max(time) FROM put GROUP BY 1 ORDER BY 1
		ON CONFLICT (block, writer) DO UPDATE SET
		  first_time = LEAST(event_spans.first_time, excluded.first_time), last_time = GREATEST(event_spans.last_time, excluded.last_time)`

func (b *batch) queueAttackers(put *pgx.Batch) {
	var ids []string
	var first, last, events, times []int64
	for id, h := range b.heads {
		if h.added {
			ids = append(ids, string(id))
			first, last = append(first, h.first.UnixNano()), append(last, h.last.UnixNano())
			events, times = append(events, int64(h.seq)), append(times, h.time.UnixNano()) //nolint:gosec // it counts rows
		}
	}
	if len(ids) > 0 {
		put.Queue(`INSERT INTO attackers (id, first_seen, last_seen, events, last_time)
			SELECT * FROM unnest($1::text[], $2::bigint[], $3::bigint[], $4::bigint[], $5::bigint[])`+countAttacker,
			ids, first, last, events, times)
	}
}

func (b *batch) queueCredentials(put *pgx.Batch) {
	counted := b.credentials()
	if len(counted) == 0 {
		return
	}
	var c columns
	var principals [][]byte
	for _, r := range counted {
		sum := sha256.Sum256([]byte(r.Principal))
		principals = append(principals, sum[:])
		c.add([]string{string(r.Attacker), r.Decky, r.Service, string(r.Kind), r.Hash, r.Principal, r.Secret, r.SecretB64, r.Event},
			int64(r.Attempts), int64(number(r.Accepted)), r.FirstSeen.UnixNano(), r.LastSeen.UnixNano()) //nolint:gosec // it counts events
	}
	put.Queue(`INSERT INTO credentials (attacker, decky, service, kind, secret_hash, principal, secret, secret_b64, first_event,
		  attempts, accepted, first_seen, last_seen, principal_hash)
		SELECT * FROM unnest($1::text[], $2::text[], $3::text[], $4::text[], $5::text[], $6::text[], $7::text[], $8::text[], $9::text[],
		  $10::bigint[], $11::int[], $12::bigint[], $13::bigint[], $14::bytea[])`+countPostgresCredential,
		append(c.args(), principals)...)
}

// columns are rows as unnest wants them: an array of each column, texts first.
type columns struct {
	text    [][]string
	numbers [][]int64
}

// add adds a row; all rows have the same columns.
func (c *columns) add(text []string, numbers ...int64) {
	if c.text == nil {
		c.text, c.numbers = make([][]string, len(text)), make([][]int64, len(numbers))
	}
	for i, s := range text {
		c.text[i] = append(c.text[i], s)
	}
	for i, n := range numbers {
		c.numbers[i] = append(c.numbers[i], n)
	}
}

func (c *columns) args() []any {
	args := make([]any, 0, len(c.text)+len(c.numbers)+1)
	for _, t := range c.text {
		args = append(args, t)
	}
	for _, n := range c.numbers {
		args = append(args, n)
	}
	return args
}
