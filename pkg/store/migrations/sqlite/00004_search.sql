-- +goose Up

-- The time of an attacker's last event by number. It used to be read from the
-- event, which may be gone now that events are kept for a while only; and the
-- numbering goes on from attackers.events whatever is gone.
ALTER TABLE attackers ADD COLUMN last_time INTEGER NOT NULL DEFAULT 0;
UPDATE attackers SET last_time = COALESCE(
  (SELECT e.time FROM events e WHERE e.attacker = attackers.id AND e.seq = attackers.events), last_seen);

-- Between which times the events of 4096 numbers in a row are. Lists are by
-- number; this finds the numbers of a time without an index of times, of which a
-- hundredth of a percent is left to maintain.
CREATE TABLE event_spans (
  block      INTEGER PRIMARY KEY, -- of the numbers block * 4096 and following
  first_time INTEGER NOT NULL,
  last_time  INTEGER NOT NULL
) STRICT;
INSERT INTO event_spans SELECT num / 4096, min(time), max(time) FROM events GROUP BY 1;

-- The words of events by their number, see words.go: no text, as the event has
-- that, and no positions, as nobody asks for phrases. Words come lower-case and
-- with nothing between them but blanks, which is all this tokenizer need know.
CREATE VIRTUAL TABLE events_search USING fts5 (
  words, content = '', contentless_delete = 1, detail = none, tokenize = 'ascii');

-- +goose Down
DROP TABLE events_search;
DROP TABLE event_spans;
ALTER TABLE attackers DROP COLUMN last_time;
