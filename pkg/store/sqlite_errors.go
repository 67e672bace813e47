package store

import (
	"errors"
	"fmt"
	"syscall"

	"github.com/decnet/decnet/pkg/decnet"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// code returns SQLite's extended result code of err, or 0.
func code(err error) int {
	if e, ok := errors.AsType[*sqlite.Error](err); ok {
		return e.Code()
	}
	return codes.SQLITE_OK
}

// sqliteTrouble is trouble of SQLite.
func sqliteTrouble(err error) string {
	switch code(err) & 0xff { // the low byte is the primary code
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED, codes.SQLITE_PROTOCOL:
		return "it is locked by another process"
	case codes.SQLITE_FULL:
		return "the disk is full"
	case codes.SQLITE_IOERR:
		return "reading or writing the disk failed"
	case codes.SQLITE_READONLY, codes.SQLITE_PERM:
		return "it cannot be written; check the permissions of the file and its folder"
	case codes.SQLITE_CANTOPEN:
		return "its files cannot be opened"
	case codes.SQLITE_NOMEM:
		return "there is no memory left"
	case codes.SQLITE_CORRUPT, codes.SQLITE_NOTADB:
		return "the file is damaged; restore it from a backup"
	}
	return ""
}

func duplicate(err error) bool {
	c := code(err)
	return sqlState(err) == uniqueViolation || c == codes.SQLITE_CONSTRAINT_UNIQUE || c == codes.SQLITE_CONSTRAINT_PRIMARYKEY
}

func missingReference(err error) bool {
	return sqlState(err) == foreignKeyViolation || code(err) == codes.SQLITE_CONSTRAINT_FOREIGNKEY
}

// sqliteOpenError is openError of SQLite.
func sqliteOpenError(path string, err error) error {
	switch code(err) & 0xff {
	case codes.SQLITE_NOTADB:
		return invalid("store %s: file is not a database", path)
	case codes.SQLITE_BUSY, codes.SQLITE_LOCKED:
		return &decnet.Error{
			Code:    decnet.CodeUnavailable,
			Message: fmt.Sprintf("store %s: is locked by another process", path),
		}
	case codes.SQLITE_CANTOPEN, codes.SQLITE_READONLY, codes.SQLITE_PERM:
		return invalid("store %s: %s", path, accessReason(path, err))
	}
	if why := sqliteTrouble(err); why != "" {
		return &decnet.Error{Code: decnet.CodeUnavailable, Message: fmt.Sprintf("store %s: %s", path, why), Err: err}
	}
	return fmt.Errorf("store %s: %w", path, err)
}

// accessReason finds out what SQLite does not tell: why path cannot be opened. It
// only asks, because opening and closing the file would drop the locks of another
// Store of this process on it.
func accessReason(path string, err error) string {
	const readWrite = 4 | 2
	if why := syscall.Access(path, readWrite); why != nil {
		return "cannot be read and written: " + why.Error()
	}
	return sqliteTrouble(err)
}
