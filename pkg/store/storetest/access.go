package storetest

import (
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

func testUsers(t *testing.T, s *store.Store) {
	if n := count(t, s.Users.Count); n != 0 {
		t.Errorf("Count of none = %d", n)
	}
	made, err := s.Users.Create(t.Context(), "adm'in", "admin", "$argon2id$...")
	if err != nil {
		t.Fatal(err)
	}
	if age := time.Since(made.Created); age < 0 || age > time.Minute || made.Created.Location() != time.UTC {
		t.Errorf("created at %s", made.Created)
	}
	got, err := s.Users.ByName(t.Context(), "adm'in")
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "user", got, made)
	wantEqual(t, "count", count(t, s.Users.Count), 1)

	_, err = s.Users.Create(t.Context(), "adm'in", "viewer", "x")
	wantCode(t, "name taken", err, decnet.CodeConflict)
	_, err = s.Users.ByName(t.Context(), "ADM'IN")
	wantCode(t, "another name", err, decnet.CodeNotFound)
	for what, args := range map[string][3]string{
		"no name":      {"", "admin", "x"},
		"long name":    {strings.Repeat("x", 129), "admin", "x"},
		"no text":      {"\xff", "admin", "x"},
		"control":      {"a\x00b", "admin", "x"},
		"escape":       {"\x1b[2J", "admin", "x"},
		"no role":      {"x", "", "x"},
		"no passwords": {"x", "admin", ""},
	} {
		_, err := s.Users.Create(t.Context(), args[0], args[1], args[2])
		wantCode(t, what, err, decnet.CodeInvalid)
	}
}

func testSessions(t *testing.T, s *store.Store) {
	user, err := s.Users.Create(t.Context(), "admin", "admin", "x")
	if err != nil {
		t.Fatal(err)
	}
	live, dead, other := [32]byte{1}, [32]byte{2, 0, 3}, [32]byte{4}
	expires := time.Now().Add(time.Hour).UTC().Round(0)
	for token, until := range map[[32]byte]time.Time{live: expires, dead: time.Now().Add(-time.Nanosecond)} {
		if err := s.Sessions.Create(t.Context(), token, "admin", until); err != nil {
			t.Fatal(err)
		}
	}
	wantCode(t, "token twice", s.Sessions.Create(t.Context(), live, "admin", expires), decnet.CodeConflict)
	wantCode(t, "unknown user", s.Sessions.Create(t.Context(), other, "nobody", expires), decnet.CodeNotFound)
	wantCode(t, "no expiry", s.Sessions.Create(t.Context(), other, "admin", time.Time{}), decnet.CodeInvalid)

	got, err := s.Sessions.Lookup(t.Context(), live)
	if err != nil {
		t.Fatal(err)
	}
	wantEqual(t, "user", got.User, user)
	wantEqual(t, "expires", got.Expires, expires)
	for what, token := range map[string][32]byte{"expired": dead, "unknown": other} {
		_, err := s.Sessions.Lookup(t.Context(), token)
		wantCode(t, what, err, decnet.CodeUnauthorized)
	}
	for _, want := range []uint64{1, 0} {
		n, err := s.Sessions.DeleteExpired(t.Context())
		if err != nil || n != want {
			t.Errorf("DeleteExpired = %d, %v, want %d", n, err, want)
		}
	}
	for range 2 { // deleting what is gone is no error
		if err := s.Sessions.Delete(t.Context(), live); err != nil {
			t.Errorf("Delete: %v", err)
		}
	}
	_, err = s.Sessions.Lookup(t.Context(), live)
	wantCode(t, "deleted", err, decnet.CodeUnauthorized)
}
