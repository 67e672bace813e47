package store

import (
	"cmp"
	"errors"
	"fmt"
	"net/url"
	"runtime"
	"strings"

	"github.com/jackc/pgx/v5/pgxpool"
)

const wantURL = "want postgres://user:password@host:port/database, where %XX stands for special characters of the password"

// checkURL reports why text is no URL of a PostgreSQL database. It repeats
// nothing of what may be a password, so the parsers' own errors are not shown.
func checkURL(text string) error {
	u, err := url.Parse(text)
	switch {
	case strings.ContainsRune(text, 0):
		return errors.New("store.url contains NUL: " + wantURL)
	case err != nil && strings.HasPrefix(text, "postgres"):
		return errors.New("store.url cannot be read: " + wantURL)
	case err != nil || u.Scheme == "":
		return errors.New("store.url is not a URL: " + wantURL)
	case u.Scheme == "mysql" || u.Scheme == "mariadb" || strings.HasPrefix(u.Scheme, "mysql+"):
		return errors.New("store.url is of MySQL, which is not supported: " + wantURL)
	case u.Scheme != "postgres" && u.Scheme != "postgresql":
		return fmt.Errorf("store.url begins with %.20q: %s", u.Scheme+":", wantURL)
	case strings.Trim(u.Path, "/") == "" && u.Query().Get("dbname") == "":
		return errors.New("store.url names no database: " + wantURL)
	case strings.Contains(strings.Trim(u.Path, "/"), "/"):
		return errors.New("store.url has more than a name after the host: " + wantURL)
	}
	if _, err := pgxpool.ParseConfig(text); err != nil {
		return errors.New("store.url has a part that PostgreSQL does not know, after the \"?\" or in the port: " + wantURL)
	}
	return nil
}

// location is a valid URL without user, password and parameters.
func location(text string) string {
	u, err := url.Parse(text)
	if err != nil {
		return "PostgreSQL"
	}
	host := u.Host
	if host == "" {
		host = u.Query().Get("host")
	}
	return "postgres://" + host + u.Path
}

// defaultClient is how PostgreSQL shows the connections of a Store.
const defaultClient = "decnet"

// poolConfig is how to connect: to read, or to write as well.
func poolConfig(text, client string, readOnly bool) (*pgxpool.Config, error) {
	cfg, err := pgxpool.ParseConfig(text)
	if err != nil {
		return nil, checkURL(text) // which refuses it too, and shows less
	}
	set := func(parameter, value string) {
		if _, ok := cfg.ConnConfig.RuntimeParams[parameter]; !ok {
			cfg.ConnConfig.RuntimeParams[parameter] = value
		}
	}
	cfg.ConnConfig.RuntimeParams["application_name"] = cmp.Or(client, defaultClient)
	// Plans are made for the values asked for: how common a word or a service is
	// decides which index is best. Compiling plans costs more than it saves in
	// queries that end after a page.
	set("plan_cache_mode", "force_custom_plan")
	set("jit", "off")
	if readOnly {
		set("default_transaction_read_only", "on")
		if !strings.Contains(text, "pool_max_conns") {
			cfg.MaxConns = int32(min(runtime.GOMAXPROCS(0)+3, 32)) //nolint:gosec // small
		}
	} else if !strings.Contains(text, "pool_max_conns") {
		cfg.MaxConns = 4
	}
	return cfg, nil
}
