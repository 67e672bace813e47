package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// Users keeps who may use the API.
type Users struct{ reader, writer *sql.DB }

// User is somebody who may use the API.
type User struct {
	Name string `json:"name"`
	// Role is the API's word for what the user may do; the store does not read
	// it.
	Role string `json:"role"`
	// PasswordHash is whatever the API verifies passwords with. It is never
	// shown.
	PasswordHash string    `json:"-"`
	Created      time.Time `json:"created"`
}

// maxUserName bounds a name, in bytes.
const maxUserName = 128

// Create adds a user. The name has 1 to 128 bytes of valid UTF-8 without control
// characters, and role and passwordHash are not empty (CodeInvalid); a name that
// is taken is CodeConflict. Upper and lower case are different names.
func (r *Users) Create(ctx context.Context, name, role, passwordHash string) (User, error) {
	isControl := func(c rune) bool { return c < ' ' || c == 0x7f }
	switch {
	case name == "" || len(name) > maxUserName || !utf8.ValidString(name) || strings.ContainsFunc(name, isControl):
		return User{}, invalid("user name %.128q: want 1 to %d bytes of text", name, maxUserName)
	case role == "" || passwordHash == "":
		return User{}, invalid("user %q needs a role and a password", name)
	}
	u := User{Name: name, Role: role, PasswordHash: passwordHash, Created: now()}
	_, err := r.writer.ExecContext(ctx,
		`INSERT INTO users (name, role, password_hash, created) VALUES ($1, $2, $3, $4)`,
		u.Name, u.Role, u.PasswordHash, u.Created.UnixNano())
	if duplicate(err) {
		return User{}, conflict("user %q exists already", name)
	}
	if err != nil {
		return User{}, wrap(err, fmt.Sprintf("create user %q", name))
	}
	return u, nil
}

// ByName returns a user; CodeNotFound if there is none of that name.
func (r *Users) ByName(ctx context.Context, name string) (User, error) {
	u := User{Name: name}
	var created int64
	err := r.reader.QueryRowContext(ctx,
		`SELECT role, password_hash, created FROM users WHERE name = $1`, name).Scan(&u.Role, &u.PasswordHash, &created)
	if errors.Is(err, sql.ErrNoRows) {
		return User{}, notFound("there is no user %.128q", name)
	}
	if err != nil {
		return User{}, wrap(err, fmt.Sprintf("read user %.128q", name))
	}
	u.Created = fromNanos(created)
	return u, nil
}

// Count returns how many users there are; none means that this is the first run.
func (r *Users) Count(ctx context.Context) (uint64, error) {
	var n uint64
	err := r.reader.QueryRowContext(ctx, `SELECT count(*) FROM users`).Scan(&n)
	return n, wrap(err, "count users")
}

// now is the wall clock without the monotonic reading, as it will be read back.
func now() time.Time { return fromNanos(time.Now().UnixNano()) }
