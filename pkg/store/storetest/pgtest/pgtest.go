// Package pgtest runs PostgreSQL servers for tests: a test asks, and gets the URL
// of an empty database of a server that is private to its process.
package pgtest

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/jackc/pgx/v5"
)

// shared is the cluster of this test binary, started by the first test that needs
// it. It goes when the process does.
var shared = sync.OnceValues(func() (*cluster, error) {
	// Tests of what survives a crash start their own.
	return startCluster("-c fsync=off -c max_connections=300")
})

var databases atomic.Int64

// Database returns the URL of an empty PostgreSQL database that lasts as long as
// the test. The server is private to the test binary and listens on a socket in
// a temporary folder. Where PostgreSQL is not installed the test is skipped,
// except in CI, where it fails.
func Database(t testing.TB) string {
	t.Helper()
	c, err := shared()
	checkCluster(t, err)
	return c.database(t)
}

// Installed reports whether Database will not skip the test.
func Installed() bool { return postgresBin() != "" || os.Getenv("CI") != "" }

// checkCluster ends the test if the cluster did not start.
func checkCluster(t testing.TB, err error) {
	t.Helper()
	switch {
	case err == nil:
	case os.Getenv("CI") == "" && postgresBin() == "":
		t.Skip("PostgreSQL is not installed: apt-get install postgresql")
	default:
		t.Fatalf("PostgreSQL: %v", err)
	}
}

// url is that of a database of the cluster.
func (c *cluster) url(name string) string {
	return "postgres:///" + name + "?" + url.Values{"host": {c.dir}, "user": {"postgres"}}.Encode()
}

func (c *cluster) database(t testing.TB) string {
	t.Helper()
	name := fmt.Sprintf("test%d", databases.Add(1))
	c.exec(t, "postgres", "CREATE DATABASE "+name)
	t.Cleanup(func() {
		// With force, because a test may have lost a connection on purpose.
		c.exec(t, "postgres", "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	return c.url(name)
}

// exec runs a statement in a database of the cluster.
func (c *cluster) exec(t testing.TB, database, statement string) {
	t.Helper()
	ctx := context.Background() // it may be a cleanup, where t's has ended
	conn, err := pgx.Connect(ctx, c.url(database))
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(ctx) //nolint:errcheck // nothing is left to lose
	if _, err := conn.Exec(ctx, statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// Server is a PostgreSQL server of one test, which may do to it what it likes.
type Server struct {
	t testing.TB
	c *cluster
}

// Start starts a server with further options, such as
// "-c max_connections=5". Unlike that of Database it keeps what it acknowledged.
func Start(t testing.TB, options string) *Server {
	t.Helper()
	c, err := startCluster(options)
	checkCluster(t, err)
	t.Cleanup(c.end)
	return &Server{t, c}
}

// Database returns the URL of a new database.
func (s *Server) Database() string {
	s.t.Helper()
	name := fmt.Sprintf("test%d", databases.Add(1))
	s.c.exec(s.t, "postgres", "CREATE DATABASE "+name)
	return s.c.url(name)
}

// Exec runs a statement as the superuser in the database of a URL that Database
// returned.
func (s *Server) Exec(databaseURL, statement string) {
	s.t.Helper()
	u, err := url.Parse(databaseURL)
	if err != nil {
		s.t.Fatal(err)
	}
	s.c.exec(s.t, strings.Trim(u.Path, "/"), statement)
}

// Kill ends the server with SIGKILL.
func (s *Server) Kill() {
	s.t.Helper()
	if err := s.c.tell("kill"); err != nil {
		s.t.Fatal(err)
	}
}

// Stop ends the server as an administrator would in a hurry.
func (s *Server) Stop() {
	s.t.Helper()
	if err := s.c.tell("stop"); err != nil {
		s.t.Fatal(err)
	}
}

// Start starts the server again and returns when it answers.
func (s *Server) Start() {
	s.t.Helper()
	if err := s.c.tell("start"); err != nil {
		s.t.Fatal(err)
	}
}

// postgresBin is the folder of PostgreSQL's programs, the newest there is; "" if
// there is none.
func postgresBin() string {
	found, _ := filepath.Glob("/usr/lib/postgresql/*/bin/initdb")
	for _, dir := range filepath.SplitList(os.Getenv("PATH")) {
		if path, err := filepath.EvalSymlinks(filepath.Join(dir, "initdb")); err == nil {
			found = append(found, path)
		}
	}
	if len(found) == 0 {
		return ""
	}
	newest := found[0]
	for _, path := range found {
		// Version numbers have two digits, so they sort as text.
		if strings.HasPrefix(path, "/usr/lib/postgresql/") && path > newest {
			newest = path
		}
	}
	return filepath.Dir(newest)
}
