-- +goose Up

-- What is worth keeping of attackers beyond their events, counted in the
-- transaction that stores these.
CREATE TABLE bounties (
  num         INTEGER PRIMARY KEY AUTOINCREMENT,
  id          TEXT    NOT NULL UNIQUE, -- decnet.Bounty.ID: of attacker, decky, service, type, name and value
  attacker    TEXT    NOT NULL,
  type        TEXT    NOT NULL,
  name        TEXT    NOT NULL,
  value       TEXT    NOT NULL,
  decky       TEXT    NOT NULL,
  service     TEXT    NOT NULL,
  count       INTEGER NOT NULL, -- of events that had it
  first_seen  INTEGER NOT NULL,
  last_seen   INTEGER NOT NULL,
  first_event TEXT    NOT NULL -- no reference: the bounty outlives the event
) STRICT;

CREATE INDEX bounties_by_type ON bounties (type);
CREATE INDEX bounties_by_name ON bounties (name);
CREATE INDEX bounties_by_attacker ON bounties (attacker);

-- +goose Down
DROP TABLE bounties;
