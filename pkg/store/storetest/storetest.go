// Package storetest holds every database behind pkg/store to the same behaviour:
// in go empty stores, out come failures of the test.
//
// It also makes traffic: events as a brute-force attacker and a fleet under scan
// would cause them, for tests and benchmarks of whatever reads the store.
package storetest

import (
	"context"
	"reflect"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
)

// Run runs the conformance suite. Each test calls open once and expects an empty
// store, which open closes with t.Cleanup.
func Run(t *testing.T, open func(t *testing.T) *store.Store) {
	t.Helper()
	for name, test := range map[string]func(*testing.T, *store.Store){
		"ingest numbers events per attacker":      testNumbers,
		"ingest stores an event once":             testOnce,
		"ingest gives the same messages again":    testSameMessages,
		"ingest keeps the stored event":           testKeepsStored,
		"ingest refuses what cannot be stored":    testRefused,
		"ingest from many callers":                testConcurrent,
		"ingest is all or nothing when cancelled": testCancelled,
		"events keep every value":                 testValues,
		"events keep hostile strings":             testHostile,
		"events are filtered":                     testFilters,
		"events are paged":                        testEventPages,
		"events are paged while more come":        testEventPagesGrowing,
		"events refuse bad queries":               testBadQueries,
		"events are found by word":                testSearch,
		"events are found by time":                testTimes,
		"events are counted up to a number":       testCountUpTo,
		"old events are removed":                  testRetain,
		"many old events are removed":             testRetainMany,
		"timeline":                                testTimeline,
		"credentials count once":                  testCredentialsOnce,
		"credentials are told apart":              testCredentialsDistinct,
		"credentials are listed":                  testCredentialPages,
		"bounties count once":                     testBountiesOnce,
		"bounties are told apart":                 testBountiesDistinct,
		"bounties are listed":                     testBountyPages,
		"traits link attackers":                   testTraits,
		"traits go with profiles":                 testTraitsWithProfiles,
		"credentials are reused":                  testReuse,
		"attackers exist before their profile":    testSummaryLag,
		"attackers are paged":                     testAttackerPages,
		"attackers are paged while active":        testAttackerPagesActive,
		"timelines of many":                       testTimelines,
		"profiles of many":                        testProfiles,
		"attackers behind are found":              testBehind,
		"profile is compared and set":             testProfileCAS,
		"profile has one winner":                  testProfileRace,
		"users":                                   testUsers,
		"sessions":                                testSessions,
	} {
		t.Run(name, func(t *testing.T) { test(t, open(t)) })
	}
}

// ingest stores a batch that has to be storable.
func ingest(t *testing.T, s *store.Store, events ...decnet.Event) store.Ingested {
	t.Helper()
	done, err := s.Ingest(t.Context(), events)
	if err != nil {
		t.Fatalf("Ingest of %d events: %v", len(events), err)
	}
	return done
}

// timeline returns an attacker's whole timeline.
func timeline(t *testing.T, s *store.Store, id decnet.AttackerID) []decnet.Event {
	t.Helper()
	var all []decnet.Event
	for {
		var after uint64
		if len(all) > 0 {
			after = all[len(all)-1].Seq
		}
		page, err := s.Events.Timeline(t.Context(), id, after, store.MaxLimit)
		if err != nil {
			t.Fatalf("Timeline: %v", err)
		}
		if len(page) == 0 {
			return all
		}
		all = append(all, page...)
	}
}

// checkGapless fails unless the attacker's events are numbered 1, 2, 3 ... n.
func checkGapless(t *testing.T, s *store.Store, id decnet.AttackerID, n int) {
	t.Helper()
	events := timeline(t, s, id)
	if len(events) != n {
		t.Errorf("attacker %s: %d events, want %d", id, len(events), n)
	}
	for i := range events {
		if events[i].Seq != uint64(i)+1 {
			t.Fatalf("attacker %s: event %d has seq %d", id, i+1, events[i].Seq)
		}
	}
}

// drain reads every page of a list, between being called after each.
func drain[T any](t *testing.T, list func(cursor string) ([]T, string, error), between func()) []T {
	t.Helper()
	var all []T
	cursor := ""
	for range 10_000 {
		page, next, err := list(cursor)
		if err != nil {
			t.Fatalf("List: %v", err)
		}
		all = append(all, page...)
		if next == "" {
			return all
		}
		cursor = next
		between()
	}
	t.Fatal("List: no end")
	return nil
}

func count(t *testing.T, n func(context.Context) (uint64, error)) uint64 {
	t.Helper()
	got, err := n(t.Context())
	if err != nil {
		t.Fatalf("Count: %v", err)
	}
	return got
}

func eventCount(t *testing.T, s *store.Store) uint64 {
	t.Helper()
	return count(t, func(ctx context.Context) (uint64, error) { return s.Events.Count(ctx, store.EventQuery{}) })
}

func wantCode(t *testing.T, what string, err error, code decnet.Code) {
	t.Helper()
	if err == nil || decnet.ErrorCode(err) != code {
		t.Errorf("%s: error %v, want code %s", what, err, code)
	}
}

func wantEqual[T any](t *testing.T, what string, got, want T) {
	t.Helper()
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%s:\n got %+v\nwant %+v", what, got, want)
	}
}
