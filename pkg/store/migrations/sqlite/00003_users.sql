-- +goose Up

CREATE TABLE users (
  name          TEXT    NOT NULL PRIMARY KEY,
  role          TEXT    NOT NULL,
  password_hash TEXT    NOT NULL,
  created       INTEGER NOT NULL
) STRICT;

-- Only a hash of the token is kept, so that a copy of the database lets nobody in.
CREATE TABLE sessions (
  token_hash BLOB    NOT NULL PRIMARY KEY,
  user_name  TEXT    NOT NULL REFERENCES users (name) ON DELETE CASCADE ON UPDATE CASCADE,
  created    INTEGER NOT NULL,
  expires    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- For deleting expired ones, and those of a deleted user.
CREATE INDEX sessions_by_expiry ON sessions (expires);
CREATE INDEX sessions_by_user ON sessions (user_name);

-- +goose Down
DROP TABLE sessions;
DROP TABLE users;
