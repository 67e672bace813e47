package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"

	"github.com/decnet/decnet/pkg/decnet"
)

// Conditions of PostgreSQL, by their codes.
const (
	uniqueViolation     = "23505"
	foreignKeyViolation = "23503"
)

// sqlState returns PostgreSQL's code of err, or "".
func sqlState(err error) string {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return e.Code
	}
	return ""
}

// postgresTrouble is trouble of PostgreSQL.
func postgresTrouble(err error) string {
	if state := sqlState(err); state != "" {
		return stateTrouble(state)
	}
	if errors.Is(err, context.Canceled) {
		return "" // the caller gave up
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return "PostgreSQL cannot be reached"
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return "" // likewise
	}
	if _, ok := errors.AsType[net.Error](err); ok || pgconn.SafeToRetry(err) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) || errors.Is(err, net.ErrClosed) {
		return "the connection to PostgreSQL broke"
	}
	return ""
}

func stateTrouble(state string) string {
	switch state {
	case "53100":
		return "the disk of PostgreSQL is full"
	case "53200":
		return "PostgreSQL has no memory left"
	case "53300":
		return "PostgreSQL has no connection left; raise its max_connections"
	case "25006":
		return "PostgreSQL takes no writes now, as a standby does"
	case "55P03", "40P01", "40001":
		return "other transactions are in the way"
	case "XX001", "XX002":
		return "the database is damaged; restore it from a backup"
	case "28000", "28P01", "3D000":
		return "PostgreSQL does not let us in any more"
	}
	switch state[:2] {
	case "08":
		return "the connection to PostgreSQL broke"
	case "53":
		return "PostgreSQL is out of something it needs"
	case "57":
		if state == "57014" { // a query was cancelled, by us or by a time limit
			return ""
		}
		return "PostgreSQL is stopping or starting"
	case "58":
		return "PostgreSQL has trouble with its disk"
	}
	return ""
}

// postgresOpenError is openError of PostgreSQL. Errors of pgx say which user and
// database were tried, and never the password; what is shown is only their cause.
func postgresOpenError(name string, err error) error {
	state := sqlState(err)
	var said string
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		said = e.Message
	}
	switch state {
	case "28P01", "28000":
		return invalid("store %s: PostgreSQL does not let us in: %s", name, said)
	case "3D000":
		return invalid("store %s: PostgreSQL does not know it: %s; create it, as with \"createdb\"", name, said)
	case "42501":
		return invalid("store %s: %s; the user has to own the database, or may need GRANT CREATE and TEMPORARY", name, said)
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok && state == "" && !errors.Is(err, context.Canceled) {
		return &decnet.Error{
			Code: decnet.CodeUnavailable, Message: fmt.Sprintf("store %s: PostgreSQL cannot be reached: %s", name, rootCause(err)),
		}
	}
	if why := postgresTrouble(err); why != "" {
		return &decnet.Error{Code: decnet.CodeUnavailable, Message: fmt.Sprintf("store %s: %s", name, why)}
	}
	return fmt.Errorf("store %s: %w", name, err)
}

// rootCause is the innermost of the errors in err, or of the last of several that
// were tried: the operating system's word for what is wrong.
func rootCause(err error) string {
	for {
		switch e := err.(type) { //nolint:errorlint // it walks the tree itself
		case interface{ Unwrap() error }:
			if inner := e.Unwrap(); inner != nil {
				err = inner
				continue
			}
		case interface{ Unwrap() []error }:
			if inner := e.Unwrap(); len(inner) > 0 {
				err = inner[len(inner)-1]
				continue
			}
		}
		return strings.ReplaceAll(err.Error(), "\n", " ")
	}
}
