package store_test

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest/pgtest"
)

// No error of a wrong URL shows the password, whichever part is wrong.
func TestValidateURL(t *testing.T) {
	const want = "want postgres://user:password@host:port/database, where %XX stands for special characters of the password"
	for _, test := range []struct{ url, want string }{
		{"postgres://u:hunter2@h/db", ""},
		{"postgresql://u:hunter2@h:5433/db?sslmode=require", ""},
		{"postgres:///db?host=/run/postgresql", ""},
		{"hunter2", "store.url is not a URL: " + want},
		{"u:hunter2@h/db", "store.url begins with \"u:\": " + want},
		{"postgres//u:hunter2@h/db", "store.url is not a URL: " + want},
		{"postgres://u:hunter2", "store.url cannot be read: " + want},
		{"postgres://u:hunter2@h", "store.url names no database: " + want},
		{"postgres://u:hunter2@h/", "store.url names no database: " + want},
		{"postgres://u:hunter2@h/a/b", "store.url has more than a name after the host: " + want},
		{"postgres://u:hun/ter2@h/db", "store.url cannot be read: " + want},
		{"postgres://u:hunter%zz2@h/db", "store.url cannot be read: " + want},
		{"postgres://u:hunter2@h:port/db", "store.url cannot be read: " + want},
		{"postgres://u:hunter2@h:99999/db", "store.url has a part that PostgreSQL does not know, after the \"?\" or in the port: " + want},
		{"postgres://u:hunter2@h/db?sslmode=hunter2", "store.url has a part that PostgreSQL does not know, after the \"?\" or in the port: " + want},
		{"postgres://u:hunter2@h/db\x00", "store.url contains NUL: " + want},
		{"mysql://u:hunter2@h/db", "store.url is of MySQL, which is not supported: " + want},
		{"mysql+asyncmy://u:hunter2@h/db", "store.url is of MySQL, which is not supported: " + want},
		{"http://u:hunter2@h/db", "store.url begins with \"http:\": " + want},
	} {
		err := store.Config{URL: test.url}.Validate()
		got := ""
		if err != nil {
			got = err.Error()
		}
		if got != test.want {
			t.Errorf("%s:\n got %s\nwant %s", test.url, got, test.want)
		}
		if strings.Contains(got, "hunter") {
			t.Errorf("%s: the error shows the password: %s", test.url, got)
		}
	}
}

func TestValidatePieces(t *testing.T) {
	pieces := store.Default()
	pieces.Type, pieces.Password = "postgres", "hun/ter2@:%"
	if err := pieces.Validate(); err != nil || pieces.Location() != "postgres://localhost:5432/decnet" {
		t.Errorf("%s: %v", pieces.Location(), err)
	}
	for want, change := range map[string]func(*store.Config){
		`store.type "mysql": want sqlite or postgres`:                                           func(c *store.Config) { c.Type = "mysql" },
		`store.address "h": want host:port, such as localhost:5432`:                             func(c *store.Config) { c.Address = "h" },
		"store.name is empty: name a database of PostgreSQL":                                    func(c *store.Config) { c.Name = "" },
		"store.user is empty: name a user of PostgreSQL":                                        func(c *store.Config) { c.User = "" },
		"store.type is sqlite, but store.url names a PostgreSQL database: set one of them only": func(c *store.Config) { c.Type, c.URL = "sqlite", "postgres://h/d" },
		"store.retention 1h0m0s: want 0s, which is for ever, or at least 120h0m0s":              func(c *store.Config) { c.Retention = 3600e9 },
		"store.retention -1ns: want 0s, which is for ever, or at least 120h0m0s":                func(c *store.Config) { c.Retention = -1 },
	} {
		cfg := pieces
		change(&cfg)
		if err := cfg.Validate(); err == nil || err.Error() != want {
			t.Errorf("error %v, want %s", err, want)
		}
	}
}

func TestOpenPostgresRefuses(t *testing.T) {
	server := pgtest.Start(t, "-c fsync=off")
	url := server.Database()
	server.Exec(url, "CREATE ROLE reader LOGIN")
	_, parameters, _ := strings.Cut(url, "?")
	host := "?" + parameters
	foreign, newer, latin := server.Database(), server.Database(), "latin"
	server.Exec(foreign, "CREATE TABLE bookmarks (a int)")
	openConfig(t, store.Config{URL: newer})
	server.Exec(newer, "INSERT INTO schema_versions (version_id, is_applied) VALUES (4711, true)")
	server.Exec(url, "CREATE DATABASE latin ENCODING 'LATIN1' LC_COLLATE 'C' LC_CTYPE 'C' TEMPLATE template0")
	for _, test := range []struct {
		name, url, want string // STORE stands for the name of the database
		code            decnet.Code
	}{
		{"none", "postgres:///nothing" + host, `STORE: PostgreSQL does not know it: database "nothing" does not exist; create it, as with "createdb"`, decnet.CodeInvalid},
		{"another program's", foreign, "STORE: is the database of another program; name another database", decnet.CodeInvalid},
		{"newer", newer, "STORE: was made by a newer version (schema 4711, this one knows up to 5); run that version or name another database", decnet.CodeInvalid},
		{"encoding", "postgres:///" + latin + host, "STORE: the database is encoded in LATIN1: make one with ENCODING 'UTF8' TEMPLATE template0", decnet.CodeInvalid},
		{"no role", strings.Replace(url, "user=postgres", "user=nobody", 1), `STORE: PostgreSQL does not let us in: role "nobody" does not exist`, decnet.CodeInvalid},
		{
			"no rights", strings.Replace(url, "user=postgres", "user=reader", 1),
			`STORE: user "reader" may not make tables there: GRANT CREATE ON SCHEMA public TO it, or make it the owner`, decnet.CodeInvalid,
		},
		{"no server", "postgres://u:hunter2@127.0.0.1:1/db?connect_timeout=5", "STORE: PostgreSQL cannot be reached: connection refused", decnet.CodeUnavailable},
		{"no socket", "postgres:///db?host=/tmp/decnet-no-such-folder", "STORE: PostgreSQL cannot be reached: no such file or directory", decnet.CodeUnavailable},
	} {
		t.Run(test.name, func(t *testing.T) {
			cfg := store.Config{URL: test.url}
			s, err := store.Open(t.Context(), cfg)
			if err == nil {
				t.Fatal("opened", s.Close())
			}
			if want := strings.ReplaceAll(test.want, "STORE", "store "+cfg.Location()); err.Error() != want {
				t.Errorf("error\n %s\nwant\n %s", err, want)
			}
			if decnet.ErrorCode(err) != test.code || store.Unavailable(err) != (test.code == decnet.CodeUnavailable) {
				t.Errorf("code %s, Unavailable %v, want %s", decnet.ErrorCode(err), store.Unavailable(err), test.code)
			}
		})
	}
}

// databaseOf is the name of the database of a URL of pgtest.
func databaseOf(url string) string {
	name, _, _ := strings.Cut(strings.TrimPrefix(url, "postgres:///"), "?")
	return name
}

// asUser is a URL of pgtest for another user.
func asUser(url, user string) string { return strings.Replace(url, "user=postgres", "user="+user, 1) }
