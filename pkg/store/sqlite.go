package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"sync"
	"time"

	"github.com/decnet/decnet/pkg/decnet"

	"modernc.org/sqlite"
	codes "modernc.org/sqlite/lib"
)

// applicationID marks a file as ours in SQLite's header ("dcnt" in ASCII), so
// that a wrong path never adds our tables to another program's database.
const applicationID = 0x64636e74

// inList is a list of values given as one parameter, a JSON array: one prepared
// statement then serves batches of any size.
const inList = `(SELECT value FROM json_each($1))`

// openSQLite makes the pools of a file, which it creates if it is missing.
func openSQLite(cfg Config) (*Store, error) {
	path, err := filepath.Abs(cfg.Path)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", cfg.Path, err)
	}
	if err := createFile(path); err != nil {
		return nil, err
	}
	writer, err := connect(path, cfg, false)
	if err != nil {
		return nil, fmt.Errorf("store %s: %w", path, err)
	}
	// A single connection, so that transactions of this process wait for each
	// other here, in order and until their context ends, rather than poll for
	// SQLite's lock.
	writer.SetMaxOpenConns(1)
	reader, err := connect(path, cfg, true)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("store %s: %w", path, err), writer.Close())
	}
	// Readers do not wait for each other; more of them than processors (and a
	// few that wait for the disk) would only hold memory.
	readers := runtime.GOMAXPROCS(0) + 3
	reader.SetMaxOpenConns(readers)
	reader.SetMaxIdleConns(readers)
	return &Store{writer: writer, reader: reader, dialect: &sqliteDialect, engine: &sqliteEngine{writer, reader, cfg.BusyTimeout}}, nil
}

// sqliteEngine is what is SQLite's own.
type sqliteEngine struct {
	writer, reader *sql.DB
	patience       time.Duration // with locks of other processes
}

func (e *sqliteEngine) ingest(ctx context.Context, b *batch) error {
	return transact(ctx, e.writer, func(tx *sql.Tx) error { return b.runSQLite(ctx, tx) })
}

func (e *sqliteEngine) size(ctx context.Context) (bytes int64, err error) {
	err = e.reader.QueryRowContext(ctx, `SELECT page_count * page_size FROM pragma_page_count, pragma_page_size`).Scan(&bytes)
	return bytes, err
}

// prepare relies on migrate to get along with others who migrate: SQLite has no
// lock for longer than a transaction.
func (e *sqliteEngine) prepare(ctx context.Context, migrate func(context.Context) error) error {
	return unlocked(ctx, e.patience, func() error { return migrate(ctx) })
}

// unlocked calls do again while the database is locked, for as long as a caller waits
// for locks: SQLite itself does not wait for one to change the journal mode, which
// several processes do at the same time on a new file.
func unlocked(ctx context.Context, patience time.Duration, do func() error) error {
	for begin := time.Now(); ; {
		err := do()
		if err == nil || code(err)&0xff != codes.SQLITE_BUSY || time.Since(begin) >= patience {
			return err
		}
		select {
		case <-ctx.Done():
			return err
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func (e *sqliteEngine) close() {}

// connect returns a pool of connections to path. It does not open one yet.
func connect(path string, cfg Config, readOnly bool) (*sql.DB, error) {
	q := url.Values{
		// Acknowledged is durable: every commit waits for the disk.
		"_synchronous":  {"FULL"},
		"_journal_mode": {"WAL"},
		"_busy_timeout": {strconv.FormatInt(cfg.BusyTimeout.Milliseconds(), 10)},
		"_foreign_keys": {"1"},
		// The schema of a database file can carry code. Ours has none, and one
		// that somebody planted shall not run.
		"_defensive": {"1"}, "_dqs": {"0"},
		"_pragma": {"trusted_schema(0)"},
	}
	if readOnly {
		q.Set("_query_only", "1")
	} else {
		// A transaction that reads first and writes later would fail instead of
		// wait when another process wrote in between.
		q.Set("_txlock", "immediate")
		// Ids are hashes, so inserts touch the index of ids all over. A cache of
		// 32 MiB keeps it in memory longer, and folding the log into the
		// database every 4000 pages (16 MiB) rather than every 1000 writes a
		// page once that changed many times. A log that a slow reader made
		// large is cut back to 64 MiB.
		q.Add("_pragma", "cache_size(-32768)")
		// The journal that a statement of several rows could be undone with is
		// written often and read never.
		q.Add("_pragma", "temp_store(2)") // memory
		q.Add("_pragma", "wal_autocheckpoint(4000)")
		q.Add("_pragma", "journal_size_limit(67108864)")
	}
	dsn := url.URL{Scheme: "file", Path: path, RawQuery: q.Encode()}
	connector, err := sqlite.NewConnector(dsn.String())
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(connector), nil
}

// creating makes createFile safe in one process: closing any descriptor of a
// file drops every lock this process has on it, SQLite's too. While the mutex is
// held nobody else here can have opened a file that did not exist.
var creating sync.Mutex

// createFile creates the database file for its owner only, because SQLite would
// ask for what the umask leaves, and reports a path that cannot be one. SQLite
// gives its log and shared memory files the mode of the database file.
func createFile(path string) error {
	creating.Lock()
	defer creating.Unlock()
	switch info, err := os.Stat(path); {
	case err == nil && info.IsDir():
		return invalid("store %s: is a directory; name a file in it, such as %s", path, filepath.Join(path, "decnet.db"))
	case err == nil && !info.Mode().IsRegular():
		return invalid("store %s: is not a regular file", path)
	case err == nil:
		return nil
	case !errors.Is(err, fs.ErrNotExist):
		return invalid("store %s: %s", path, reason(err))
	}
	if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
		return invalid("store %s: folder %s does not exist; create it or name another path", path, filepath.Dir(path))
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
	switch {
	case errors.Is(err, fs.ErrExist): // another process was faster
		return nil
	case err != nil:
		return invalid("store %s: cannot be created: %s", path, reason(err))
	}
	return f.Close()
}

// reason is what the operating system said, without the path that every message
// starts with anyway.
func reason(err error) string {
	if pe, ok := errors.AsType[*fs.PathError](err); ok {
		err = pe.Err
	}
	return err.Error()
}

func invalid(format string, args ...any) error {
	return &decnet.Error{Code: decnet.CodeInvalid, Message: fmt.Sprintf(format, args...)}
}
