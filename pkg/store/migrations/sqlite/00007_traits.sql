-- +goose Up

-- By what attackers are known again: who has a trait, in the order in which they were found to.
CREATE TABLE traits (
  num      INTEGER PRIMARY KEY AUTOINCREMENT,
  kind     TEXT    NOT NULL,
  value    TEXT    NOT NULL,
  attacker TEXT    NOT NULL,
  time     INTEGER NOT NULL,
  event    TEXT    NOT NULL, -- no reference: the trait outlives the event
  UNIQUE (attacker, kind, value)
) STRICT;
CREATE INDEX traits_by_value ON traits (kind, value, num);

-- +goose Down
DROP TABLE traits;
