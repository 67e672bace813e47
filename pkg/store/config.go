package store

import (
	"errors"
	"fmt"
	"net"
	"net/url"
	"path/filepath"
	"strings"
	"time"
)

// Config says where the database is and how long it keeps what.
type Config struct {
	// URL names a PostgreSQL database as postgres://user:password@host:port/name.
	// It is never shown with its password. Empty is SQLite, unless Type says
	// otherwise.
	URL string `mapstructure:"url" env:"DECNET_DB_URL" doc:"PostgreSQL database as postgres://user:password@host:port/name; empty is the SQLite file of store.path"`
	// Type, Address, Name, User and Password say the same as a URL in pieces.
	Type     string `mapstructure:"type" env:"DECNET_DB_TYPE" doc:"sqlite, or postgres without a URL: the database of store.address, store.name, store.user and store.password; empty goes by store.url"`
	Address  string `mapstructure:"address" env_host:"DECNET_DB_HOST" env_port:"DECNET_DB_PORT" doc:"host:port of PostgreSQL, where store.type is postgres"`
	Name     string `mapstructure:"name" env:"DECNET_DB_NAME" doc:"name of the PostgreSQL database, where store.type is postgres"`
	User     string `mapstructure:"user" env:"DECNET_DB_USER" doc:"user of PostgreSQL, where store.type is postgres"`
	Password string `mapstructure:"password" env:"DECNET_DB_PASSWORD" secret:"true" doc:"password of that user"`
	// Path is the SQLite file. It is created, readable by its owner only, if it
	// is missing; its folder must exist.
	Path string `mapstructure:"path" env:"DECNET_DB_PATH" doc:"SQLite database file; its folder must exist"`
	// BusyTimeout is how long to wait for another process that has the SQLite
	// file locked before the store is called unavailable; 0 does not wait.
	BusyTimeout time.Duration `mapstructure:"busy_timeout" env:"DECNET_DB_BUSY_TIMEOUT" doc:"how long to wait for a lock that another process holds on the SQLite file"`
	// Retention is how long events are kept, at least a day; 0 keeps them.
	Retention time.Duration `mapstructure:"retention" doc:"how long events are kept, such as 2160h; 0 is for ever. Attackers, profiles, credentials and bounties stay"`

	// client is how PostgreSQL shows our connections; "" is defaultClient.
	client string
}

// Default is decnet.db in the working directory, waiting five seconds for locks,
// and keeps events for ever.
func Default() Config {
	return Config{Path: "decnet.db", BusyTimeout: 5 * time.Second, Address: "localhost:5432", Name: "decnet", User: "decnet"}
}

const (
	// maxBusyTimeout keeps a stuck process from making every caller wait for ever.
	maxBusyTimeout = time.Hour
	// minRetention is far longer than the bus keeps what may come again: an event
	// that was removed and then delivered once more would be new.
	minRetention = 5 * 24 * time.Hour
)

// Validate reports the first setting that cannot work, without touching disk or
// network. No error has a password in it.
func (c Config) Validate() error {
	if c.Retention < 0 || c.Retention > 0 && c.Retention < minRetention {
		return fmt.Errorf("store.retention %s: want 0s, which is for ever, or at least %s", c.Retention, minRetention)
	}
	switch c.Type {
	case "", "sqlite":
	case "postgres", "postgresql":
		if c.URL == "" {
			return c.validatePieces()
		}
	default:
		return fmt.Errorf("store.type %q: want sqlite or postgres", c.Type)
	}
	switch {
	case c.Type == "sqlite" && c.URL != "":
		return errors.New("store.type is sqlite, but store.url names a PostgreSQL database: set one of them only")
	case c.postgres():
		return checkURL(c.URL)
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

func (c Config) validatePieces() error {
	host, port, err := net.SplitHostPort(c.Address)
	switch {
	case err != nil || host == "" || port == "":
		return fmt.Errorf("store.address %q: want host:port, such as localhost:5432", c.Address)
	case c.Name == "":
		return errors.New("store.name is empty: name a database of PostgreSQL")
	case c.User == "":
		return errors.New("store.user is empty: name a user of PostgreSQL")
	}
	return checkURL(c.postgresURL())
}

// postgres reports whether the database is PostgreSQL.
func (c Config) postgres() bool {
	return c.URL != "" || c.Type == "postgres" || c.Type == "postgresql"
}

// postgresURL is the URL, put together from its pieces if it is not given.
func (c Config) postgresURL() string {
	if c.URL != "" {
		return c.URL
	}
	u := url.URL{Scheme: "postgres", Host: c.Address, Path: "/" + c.Name, User: url.User(c.User)}
	if c.Password != "" {
		u.User = url.UserPassword(c.User, c.Password)
	}
	return u.String()
}

// Location names the database for people: a path, or a URL without its user and
// password.
func (c Config) Location() string {
	if c.postgres() {
		return location(c.postgresURL())
	}
	if path, err := filepath.Abs(c.Path); err == nil {
		return path
	}
	return c.Path
}
