-- +goose Up

-- Every distinct credential an attacker tried on a service of a decky, counted
-- in the transaction that stores its events.
CREATE TABLE credentials (
  num         INTEGER PRIMARY KEY AUTOINCREMENT,
  attacker    TEXT    NOT NULL, -- empty rather than NULL: NULLs are distinct in a unique index
  decky       TEXT    NOT NULL,
  service     TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  secret_hash TEXT    NOT NULL, -- hex SHA-256 of the exact secret
  principal   TEXT    NOT NULL,
  secret      TEXT    NOT NULL, -- printable form
  secret_b64  TEXT    NOT NULL, -- exact form
  attempts    INTEGER NOT NULL,
  accepted    INTEGER NOT NULL, -- 1 once a decky has let the attacker in with it
  first_seen  INTEGER NOT NULL,
  last_seen   INTEGER NOT NULL,
  first_event TEXT    NOT NULL, -- no reference: the credential outlives the event
  UNIQUE (attacker, decky, service, kind, secret_hash, principal)
) STRICT;

-- What one attacker tried, in the order of the first try; and who else tried the
-- same secret.
CREATE INDEX credentials_by_attacker ON credentials (attacker);
CREATE INDEX credentials_by_secret ON credentials (secret_hash);

-- A separate table, because attackers changes with every batch and a profile is
-- large: SQLite would write it again each time. The counts repeat what is in the
-- body, so that listing attackers need not decode it.
CREATE TABLE profiles (
  attacker    TEXT    NOT NULL PRIMARY KEY REFERENCES attackers (id),
  through     INTEGER NOT NULL CHECK (through > 0), -- seq of the last event it covers
  sessions    INTEGER NOT NULL,
  credentials INTEGER NOT NULL,
  commands    INTEGER NOT NULL,
  services    TEXT    NOT NULL, -- JSON object: events by service
  deckies     TEXT    NOT NULL, -- JSON object: events by decky
  body        TEXT    NOT NULL  -- the whole profile as JSON
) STRICT;

-- +goose Down
DROP TABLE profiles;
DROP TABLE credentials;
