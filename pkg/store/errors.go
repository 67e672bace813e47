package store

import (
	"fmt"

	"github.com/decnet/decnet/pkg/decnet"
)

// Unavailable reports that err is the database's trouble and not the caller's:
// it is locked, full, damaged, read-only or cannot reach its disk. The call had
// no effect and is worth repeating, however long it takes; what it was given
// must not be dropped. The end of the caller's own context is not that.
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

func notFound(format string, args ...any) error {
	return &decnet.Error{Code: decnet.CodeNotFound, Message: fmt.Sprintf(format, args...)}
}

func conflict(format string, args ...any) error {
	return &decnet.Error{Code: decnet.CodeConflict, Message: fmt.Sprintf(format, args...)}
}
