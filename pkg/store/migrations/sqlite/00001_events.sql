-- +goose Up

-- "dcnt": marks the file as ours, see applicationID in sqlite.go.
PRAGMA application_id = 1684237940;

-- One row per address that did anything. The ingester alone writes it, in the
-- transaction that stores the events, so it is never behind them. What takes
-- understanding (sessions, commands, ...) comes from profiles instead.
CREATE TABLE attackers (
  id         TEXT    NOT NULL PRIMARY KEY, -- lower-case hex of the address
  first_seen INTEGER NOT NULL,             -- nanoseconds since 1970, UTC, like all times
  last_seen  INTEGER NOT NULL,
  events     INTEGER NOT NULL CHECK (events > 0) -- how many, and the seq of the last
) STRICT, WITHOUT ROWID;

-- The two orders in which attackers are listed; the id makes them total.
CREATE INDEX attackers_by_last_seen ON attackers (last_seen, id);
CREATE INDEX attackers_by_events ON attackers (events, id);

CREATE TABLE events (
  -- AUTOINCREMENT, because without it SQLite gives the number of a deleted last
  -- row to the next one, and a reader that pages by it would miss that one.
  num         INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT    NOT NULL UNIQUE,             -- decnet.EventID; makes redelivery harmless
  attacker    TEXT    REFERENCES attackers (id),   -- NULL: no peer caused it
  seq         INTEGER NOT NULL,                    -- 1, 2, 3 ... per attacker; 0 without one
  time        INTEGER NOT NULL,
  host        TEXT    NOT NULL,
  decky       TEXT    NOT NULL,
  service     TEXT    NOT NULL,
  kind        TEXT    NOT NULL,
  source      TEXT    NOT NULL,                    -- an address, or empty
  source_port INTEGER NOT NULL,
  session     TEXT,                                -- NULL: belongs to none
  fields      TEXT    NOT NULL,                    -- a JSON object of strings
  message     TEXT    NOT NULL
) STRICT;

-- An attacker's timeline. Within an attacker seq and num give the same order, so
-- this also serves lists by attacker.
CREATE UNIQUE INDEX events_by_attacker ON events (attacker, seq) WHERE attacker IS NOT NULL;

-- One filter each; SQLite appends the row number to an index, so each is already
-- in the order of the list. New entries go to the end of a few runs, which keeps
-- them cheap to maintain. Of several that fit, SQLite takes the one created last,
-- so the most selective comes last.
CREATE INDEX events_by_service ON events (service);
CREATE INDEX events_by_kind ON events (kind);
CREATE INDEX events_by_decky ON events (decky);
CREATE INDEX events_by_session ON events (session) WHERE session IS NOT NULL;

-- +goose Down
DROP TABLE events;
DROP TABLE attackers;
