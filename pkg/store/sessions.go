package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Sessions keeps who is logged in to the API. It knows tokens by their SHA-256
// only, so that a copy of the database lets nobody in.
type Sessions struct{ reader, writer *sql.DB }

// Session is a login of a user.
type Session struct {
	User    User
	Created time.Time
	Expires time.Time
}

// Create adds a session of the named user until expires. An unknown user is
// CodeNotFound, a token hash that exists CodeConflict.
func (r *Sessions) Create(ctx context.Context, tokenHash [32]byte, user string, expires time.Time) error {
	if year := expires.UTC().Year(); year < 1678 || year > 2261 {
		return invalid("session of user %q: expiry %s is outside the years 1678 to 2261", user, expires.UTC().Format(time.RFC3339))
	}
	_, err := r.writer.ExecContext(ctx,
		`INSERT INTO sessions (token_hash, user_name, created, expires) VALUES ($1, $2, $3, $4)`,
		tokenHash[:], user, now().UnixNano(), expires.UnixNano())
	switch {
	case missingReference(err):
		return notFound("there is no user %.128q", user)
	case duplicate(err):
		return conflict("this session exists already")
	}
	return wrap(err, fmt.Sprintf("create session of user %.128q", user))
}

// Lookup returns the session of a token, with its user as of now. A token that
// is unknown or expired is CodeUnauthorized, and nothing tells the two apart.
func (r *Sessions) Lookup(ctx context.Context, tokenHash [32]byte) (Session, error) {
	var s Session
	var userCreated, created, expires int64
	err := r.reader.QueryRowContext(ctx, `
		SELECT u.name, u.role, u.password_hash, u.created, s.created, s.expires
		FROM sessions s JOIN users u ON u.name = s.user_name
		WHERE s.token_hash = $1 AND s.expires > $2`, tokenHash[:], now().UnixNano()).
		Scan(&s.User.Name, &s.User.Role, &s.User.PasswordHash, &userCreated, &created, &expires)
	if errors.Is(err, sql.ErrNoRows) {
		return Session{}, &decnet.Error{Code: decnet.CodeUnauthorized, Message: "the session has ended; log in again"}
	}
	if err != nil {
		return Session{}, wrap(err, "look up session")
	}
	s.User.Created, s.Created, s.Expires = fromNanos(userCreated), fromNanos(created), fromNanos(expires)
	return s, nil
}

// Delete ends a session. It is no error if there is none.
func (r *Sessions) Delete(ctx context.Context, tokenHash [32]byte) error {
	_, err := r.writer.ExecContext(ctx, `DELETE FROM sessions WHERE token_hash = $1`, tokenHash[:])
	return wrap(err, "delete session")
}

// DeleteExpired removes sessions that have expired and returns how many.
func (r *Sessions) DeleteExpired(ctx context.Context) (uint64, error) {
	const doing = "delete expired sessions"
	res, err := r.writer.ExecContext(ctx, `DELETE FROM sessions WHERE expires <= $1`, now().UnixNano())
	if err != nil {
		return 0, wrap(err, doing)
	}
	n, err := res.RowsAffected()
	return uint64(max(n, 0)), wrap(err, doing)
}
