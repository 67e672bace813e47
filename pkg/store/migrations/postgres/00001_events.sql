-- +goose Up

-- See migrations/sqlite for what is alike. Text compares byte by byte, as in Go
-- and SQLite: ids have no language, and it is the fastest.
CREATE TABLE attackers (
  id         TEXT COLLATE "C" NOT NULL PRIMARY KEY, -- lower-case hex of the address
  first_seen BIGINT NOT NULL,                       -- nanoseconds since 1970, UTC, like all times
  last_seen  BIGINT NOT NULL,
  events     BIGINT NOT NULL CHECK (events > 0),    -- how many there ever were, and the seq of the last
  last_time  BIGINT NOT NULL                        -- of the last event by seq
) WITH (autovacuum_vacuum_scale_factor = 0.05);     -- every batch changes some
CREATE INDEX attackers_by_last_seen ON attackers (last_seen, id);
CREATE INDEX attackers_by_events ON attackers (events, id);

CREATE SEQUENCE events_num;

-- Partitioned by week, so that old events are dropped rather than deleted; the
-- program makes the partitions. See docs/adr/0011.
CREATE TABLE events (
  num         BIGINT  NOT NULL DEFAULT nextval('events_num'), -- in the order stored, within an attacker
  id          TEXT COLLATE "C" NOT NULL,
  attacker    TEXT COLLATE "C", -- no reference: a check per row, of what one transaction writes together
  seq         BIGINT  NOT NULL,
  time        BIGINT  NOT NULL,
  host        TEXT COLLATE "C" NOT NULL,
  decky       TEXT COLLATE "C" NOT NULL,
  service     TEXT COLLATE "C" NOT NULL,
  kind        TEXT COLLATE "C" NOT NULL,
  source      TEXT COLLATE "C" NOT NULL,
  source_port INTEGER NOT NULL,
  session     TEXT COLLATE "C",
  fields      TEXT COLLATE "C" NOT NULL, -- no JSON type: those refuse NUL in a string
  message     TEXT COLLATE "C" NOT NULL,
  words       TSVECTOR NOT NULL          -- what it is found by, without positions; see words.go
) PARTITION BY RANGE (time);
ALTER SEQUENCE events_num OWNED BY events.num;

-- A unique index of a partitioned table needs the column that divides it. The
-- time of an event is read from the line that its id stands for, so events with
-- one id have one time.
CREATE UNIQUE INDEX events_by_id ON events (id, time);

-- Lists are by number, newest first, through one of these.
CREATE INDEX events_by_num ON events (num);
CREATE INDEX events_by_attacker ON events (attacker, seq) WHERE attacker IS NOT NULL;
-- These three have what is asked for together, so that a count need not read events.
CREATE INDEX events_by_service ON events (service, num) INCLUDE (kind, decky);
CREATE INDEX events_by_kind ON events (kind, num) INCLUDE (service, decky);
CREATE INDEX events_by_decky ON events (decky, num) INCLUDE (service, kind);
CREATE INDEX events_by_session ON events (session, num) WHERE session IS NOT NULL;
-- A search reads all of what waits to be sorted into the index, so less of that
-- than the usual 4 MB may wait.
CREATE INDEX events_by_words ON events USING gin (words) WITH (gin_pending_list_limit = 512);

-- What a wrong clock dates far from now must not make a partition of its own.
CREATE TABLE events_odd PARTITION OF events DEFAULT;

-- As in SQLite, but with a row per writer, so that two ingesters need not wait
-- for each other's commit.
CREATE TABLE event_spans (
  block      BIGINT NOT NULL, -- of the numbers block * 4096 and following
  writer     INTEGER NOT NULL,
  first_time BIGINT NOT NULL,
  last_time  BIGINT NOT NULL,
  PRIMARY KEY (block, writer)
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0.05);

-- +goose Down
DROP TABLE event_spans;
DROP TABLE events;
DROP TABLE attackers;
