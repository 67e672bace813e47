package store

import (
	"errors"
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// Unavailable reports that err is the database's trouble and not the caller's:
// it is locked, full, damaged, read-only, down, overloaded or cannot reach its
// disk. The call is worth repeating, however long it takes; what it was given must
// not be dropped. It had no effect, unless the connection to PostgreSQL broke
// while it committed: then nobody can know, and repeating it is right all the
// same, since an event counts once and a profile is compared. The end of the
// caller's own context is not that.
func Unavailable(err error) bool {
	return err != nil && (decnet.ErrorCode(err) == decnet.CodeUnavailable || trouble(err) != "")
}

// wrap says what was tried when err happened, and makes the database's trouble
// a decnet.Error, so that the API can tell it from a fault.
func wrap(err error, doing string) error {
	if err == nil {
		return nil
	}
	err = fmt.Errorf("%s: %w", doing, err)
	if why := trouble(err); why != "" {
		return &decnet.Error{Code: decnet.CodeUnavailable, Message: "the store does not work now: " + why, Err: err}
	}
	return err
}

// trouble says why the database cannot work now, whatever is asked of it, or
// nothing if err is about what was asked.
func trouble(err error) string {
	if why := sqliteTrouble(err); why != "" {
		return why
	}
	return postgresTrouble(err)
}

// openError is what Open reports when the first use of the database failed.
func (s *Store) openError(err error) error {
	if _, ok := errors.AsType[*decnet.Error](err); ok {
		return err
	}
	if s.dialect == &postgresDialect {
		return postgresOpenError(s.name, err)
	}
	return sqliteOpenError(s.name, err)
}

func notFound(format string, args ...any) error {
	return &decnet.Error{Code: decnet.CodeNotFound, Message: fmt.Sprintf(format, args...)}
}

func conflict(format string, args ...any) error {
	return &decnet.Error{Code: decnet.CodeConflict, Message: fmt.Sprintf(format, args...)}
}
