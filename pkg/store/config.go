package store

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// Config says where the database is.
type Config struct {
	// Path is the database file. It is created, readable by its owner only, if
	// it is missing; its folder must exist.
	Path string `mapstructure:"path" env:"DECNET_DB_PATH" doc:"SQLite database file; its folder must exist"`
	// BusyTimeout is how long to wait for another process that has the database
	// locked before the store is called unavailable; 0 does not wait.
	BusyTimeout time.Duration `mapstructure:"busy_timeout" env:"DECNET_DB_BUSY_TIMEOUT" doc:"how long to wait for a lock that another process holds"`
}

// Default is decnet.db in the working directory, waiting five seconds for locks.
func Default() Config {
	return Config{Path: "decnet.db", BusyTimeout: 5 * time.Second}
}

// maxBusyTimeout keeps a stuck process from making every caller wait for ever.
const maxBusyTimeout = time.Hour

// Validate reports the first setting that cannot work, without touching the disk.
func (c Config) Validate() error {
	switch {
	case c.Path == "":
		return errors.New("store.path is empty: name a database file, such as /var/lib/decnet/decnet.db")
	case strings.ContainsRune(c.Path, 0):
		return fmt.Errorf("store.path %q: a path cannot contain NUL", c.Path)
	case c.Path == ":memory:" || strings.HasPrefix(c.Path, "file:"):
		return fmt.Errorf("store.path %q: want the path of a file, not a database URI", c.Path)
	case c.BusyTimeout < 0 || c.BusyTimeout > maxBusyTimeout:
		return fmt.Errorf("store.busy_timeout %s: want 0s to %s", c.BusyTimeout, maxBusyTimeout)
	}
	return nil
}
