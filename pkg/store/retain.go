package store

import (
	"context"
	"fmt"
	"time"
)

// Retained is what was removed.
type Retained struct {
	Events uint64 `json:"events"`
	// Partitions is how many partitions those were, on PostgreSQL.
	Partitions int `json:"partitions"`
}

// Retain removes events that happened before t by the decoys' clocks; what is
// known of attackers, their profiles, credentials and bounties stays, and their numbering
// goes on. PostgreSQL drops whole weeks, so it keeps what is up to a week older;
// SQLite deletes a few thousand at a time, so that nobody waits long, and the file
// does not shrink but is filled again. It ends with ctx; what is removed by then
// stays removed.
func (s *Store) Retain(ctx context.Context, t time.Time) (Retained, error) {
	done, err := s.engine.retain(ctx, t)
	return done, wrap(err, fmt.Sprintf("remove events before %s", t.UTC().Format(time.DateOnly)))
}

// RunRetention removes what is older than Config.Retention, now and then every
// interval, until ctx ends, and tells report of each time. Any number of processes
// may run it on one database. It returns at once if events are kept for ever.
func (s *Store) RunRetention(ctx context.Context, every time.Duration, report func(Retained, error)) {
	if s.retention <= 0 {
		return
	}
	tick := time.NewTicker(every)
	defer tick.Stop()
	for {
		done, err := s.Retain(ctx, time.Now().Add(-s.retention))
		if ctx.Err() != nil {
			return
		}
		report(done, err)
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
	}
}
