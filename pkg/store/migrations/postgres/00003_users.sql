-- +goose Up

CREATE TABLE users (
  name          TEXT COLLATE "C" NOT NULL PRIMARY KEY,
  role          TEXT   NOT NULL,
  password_hash TEXT   NOT NULL,
  created       BIGINT NOT NULL
);

-- Only a hash of the token is kept, so that a copy of the database lets nobody in.
CREATE TABLE sessions (
  token_hash BYTEA  NOT NULL PRIMARY KEY,
  user_name  TEXT COLLATE "C" NOT NULL REFERENCES users (name) ON DELETE CASCADE ON UPDATE CASCADE,
  created    BIGINT NOT NULL,
  expires    BIGINT NOT NULL
);
CREATE INDEX sessions_by_expiry ON sessions (expires);
CREATE INDEX sessions_by_user ON sessions (user_name);

-- +goose Down
DROP TABLE sessions;
DROP TABLE users;
