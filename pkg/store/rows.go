package store

import (
	"context"
	"database/sql"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// Pages are bounded, so that one request cannot take all memory.
const (
	// DefaultLimit is the page size where a query sets none.
	DefaultLimit = 100
	// MaxLimit is the largest page; asking for more is CodeInvalid.
	MaxLimit = 1000
)

func checkLimit(limit int) (int, error) {
	switch {
	case limit < 0 || limit > MaxLimit:
		return 0, invalid("limit %d: want 1 to %d", limit, MaxLimit)
	case limit == 0:
		return DefaultLimit, nil
	}
	return limit, nil
}

// querier is a database or a transaction.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// scanner is a row, alone or one of many.
type scanner interface{ Scan(dest ...any) error }

// queryAll returns every row of a query that is bounded by itself.
func queryAll[T any](ctx context.Context, db querier, scan func(scanner) (T, error), query string, args ...any) (all []T, err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	defer func() {
		if closeErr := rows.Close(); err == nil && closeErr != nil {
			all, err = nil, closeErr
		}
	}()
	for rows.Next() {
		one, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}

// changed reports whether a statement changed a row.
func changed(res sql.Result, err error) (bool, error) {
	if err != nil {
		return false, err
	}
	n, err := res.RowsAffected()
	return n > 0, err
}

// eventColumns are what scanEvent reads.
const eventColumns = `num, id, COALESCE(attacker, ''), seq, time, host, decky, service, kind, source, source_port, COALESCE(session, ''), fields, message`

// eventRow is a stored event with its number, by which lists are paged.
type eventRow struct {
	decnet.Event
	num int64
}

func scanEvent(rows scanner) (eventRow, error) {
	var (
		e              eventRow
		ns             int64
		source, fields string
	)
	err := rows.Scan(&e.num, &e.ID, &e.Attacker, &e.Seq, &ns, &e.Host, &e.Decky, &e.Service,
		&e.Kind, &source, &e.SourcePort, &e.Session, &fields, &e.Message)
	if err != nil {
		return eventRow{}, fmt.Errorf("read event: %w", err)
	}
	e.Time = fromNanos(ns)
	if err := e.Source.UnmarshalText([]byte(source)); err != nil {
		return eventRow{}, fmt.Errorf("read source of event %s: %w", e.ID, err)
	}
	if e.Fields, err = fromJSON[map[string]string](fields); err != nil {
		return eventRow{}, fmt.Errorf("read fields of event %s: %w", e.ID, err)
	}
	return e, nil
}
