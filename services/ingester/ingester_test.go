package ingester_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/ingester"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func start(t *testing.T, b *bus.Bus, s ingester.Store) (stop func()) {
	t.Helper()
	env := workertest.Env(t, "ingester", b)
	i, err := ingester.New(ingester.Default(), env, s)
	if err != nil {
		t.Fatal(err)
	}
	return workertest.Start(t, env, i.Run)
}

// attempt is the raw line of the n-th password an attacker tried.
func attempt(ctx context.Context, n int) bus.Outgoing {
	src := netip.AddrFrom4([4]byte{203, 0, 113, byte(n % 3)})
	line := eventlog.Append(nil, &decnet.Event{
		Time: time.Date(2026, 11, 23, 6, 0, 0, n, time.UTC), Decky: "web-01", Service: "ssh", Kind: decnet.KindAuthAttempt,
		Source: src, SourcePort: 50000, Session: "s1",
		Fields: map[string]string{decnet.FieldPrincipal: "root", decnet.FieldSecret: "toor", decnet.FieldSecretB64: "dG9vcg==", decnet.FieldSecretKind: "plaintext"},
	})
	return rawLine(ctx, n, line)
}

func rawLine(ctx context.Context, n int, line []byte) bus.Outgoing {
	raw := decnet.RawLog{ID: decnet.EventID("h1", "seg", int64(n)), Host: "h1", Source: "seg", Position: int64(n)}
	raw.SetBytes(line)
	return bus.LogsRaw.New(ctx, raw.ID, raw, "h1", "_", "_")
}

func publish(t *testing.T, b *bus.Bus, out ...bus.Outgoing) {
	t.Helper()
	if err := b.Publish(t.Context(), out...); err != nil {
		t.Fatal(err)
	}
}

func stored(t *testing.T, s *store.Store, n uint64) func() bool {
	return func() bool {
		have, err := s.Events.Count(t.Context(), store.EventQuery{})
		return err == nil && have == n
	}
}

func TestEachLineIsOneEventAndEveryoneHears(t *testing.T) {
	b, s := bustest.New(t), storetest.Open(t)
	start(t, b, s)
	for i := range 300 {
		publish(t, b, attempt(t.Context(), i))
	}
	workertest.Eventually(t, "300 events are stored", stored(t, s, 300))
	workertest.Eventually(t, "300 events and credentials are announced", func() bool {
		_, parsed, err := bus.LogsParsed.Newest(t.Context(), b, 0)
		_, creds, err2 := bus.CredentialsCaptured.Newest(t.Context(), b, 0)
		return err == nil && err2 == nil && parsed == 300 && creds == 300
	})
	through := map[decnet.AttackerID]uint64{}
	latest, err := bus.AttackersSeen.Latest(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range latest {
		for _, s := range m.Body.Sightings {
			if want := bus.AttackersSeen.Lane(string(s.Attacker)); m.Keys[0] != want {
				t.Errorf("%s is seen in lane %s, want %s", s.Attacker, m.Keys[0], want)
			}
			through[s.Attacker] = s.Through
		}
	}
	if len(through) != 3 || through["cb007100"] != 100 {
		t.Errorf("have %v, want three attackers seen through event 100", through)
	}
}

func TestALineThatComesAgainCountsOnce(t *testing.T) {
	b, s := bustest.New(t), storetest.Open(t)
	var crashed atomic.Int64
	stop := start(t, b, failing{s, func(after bool) error {
		if after && crashed.Add(1) == 1 {
			return errors.New("killed after the commit")
		}
		return nil
	}})
	for i := range 20 {
		publish(t, b, attempt(t.Context(), i))
	}
	workertest.Eventually(t, "all is stored although the first commit was not acknowledged", stored(t, s, 20))
	stop()
	creds, _, err := s.Credentials.List(t.Context(), store.CredentialQuery{Limit: 10})
	if err != nil {
		t.Fatal(err)
	}
	total := uint64(0)
	for _, c := range creds {
		total += c.Attempts
	}
	if total != 20 {
		t.Errorf("credentials count %d attempts, want 20", total)
	}
}

func TestAStoreThatIsAwayIsWaitedFor(t *testing.T) {
	b, s := bustest.New(t), storetest.Open(t)
	var calls atomic.Int64
	start(t, b, failing{s, func(after bool) error {
		if !after && calls.Add(1) < 7 { // more often than any message may fail
			return &decnet.Error{Code: decnet.CodeUnavailable, Message: "away"}
		}
		return nil
	}})
	publish(t, b, attempt(t.Context(), 1))
	workertest.Eventually(t, "the event is stored", stored(t, s, 1))
	if _, dead, _ := bus.DeadLetters.Newest(t.Context(), b, 0); dead != 0 {
		t.Errorf("%d messages died of a store that was away", dead)
	}
}

func TestWhatIsNoEventIsADeadLetterAndHarmsNobody(t *testing.T) {
	b, s := bustest.New(t), storetest.Open(t)
	good, _ := strings.CutSuffix(string(eventlog.Append(nil, &decnet.Event{Time: time.Unix(1, 0), Decky: "d", Service: "ssh", Kind: "k"})), "]")
	bad := [][]byte{[]byte("hello"), []byte(good), []byte("\xff\xfe"), {}}
	for i, line := range bad {
		publish(t, b, attempt(t.Context(), 100+i), rawLine(t.Context(), i, line))
	}
	start(t, b, s)
	workertest.Eventually(t, "the good ones are stored", stored(t, s, uint64(len(bad))))
	workertest.Eventually(t, "the bad ones are dead letters with a reason", func() bool {
		letters, n, err := bus.DeadLetters.Newest(t.Context(), b, 10)
		for _, l := range letters {
			if !strings.Contains(l.Body.Reason, "RFC 5424") {
				t.Fatalf("reason is %q", l.Body.Reason)
			}
		}
		return err == nil && n == uint64(len(bad))
	})
}

// send publishes the lines of events of one attacker.
func send(t *testing.T, b *bus.Bus, from int, events ...decnet.Event) {
	t.Helper()
	for n, e := range events {
		e.Decky, e.Time, e.Source = "web-01", time.Unix(int64(from+n), 0), netip.MustParseAddr("203.0.113.7")
		publish(t, b, rawLine(t.Context(), from+n, eventlog.Append(nil, &e)))
	}
}

func client(fields map[string]string) decnet.Event {
	return decnet.Event{Service: "ssh", Kind: "client", Fields: fields}
}

func TestWhatIsNotAsDeclaredIsStoredAndCounted(t *testing.T) {
	b, s := bustest.New(t), storetest.Open(t)
	env := workertest.Env(t, "ingester", b)
	i, err := ingester.New(ingester.Default(), env, s)
	if err != nil {
		t.Fatal(err)
	}
	workertest.Start(t, env, i.Run)
	send(t, b, 0,
		client(map[string]string{"version": "SSH-2.0-a", "accepted": "true"}),
		client(map[string]string{"accepted": "perhaps"}),
		client(map[string]string{"colour": "red"}),
		decnet.Event{Service: "ssh", Kind: "odd"},
		decnet.Event{Service: "mine", Kind: "odd", Fields: map[string]string{"a": "b"}})
	workertest.Eventually(t, "all are stored", stored(t, s, 5))
	workertest.Eventually(t, "three are counted", func() bool { return env.Health.Snapshot().Counters["fields_mistyped"] == 3 })
	if _, dead, _ := bus.DeadLetters.Newest(t.Context(), b, 0); dead != 0 {
		t.Errorf("%d dead letters", dead)
	}
	page, _, err := s.Events.List(t.Context(), store.EventQuery{Search: "perhaps"})
	if err != nil || len(page) != 1 || page[0].Fields["accepted"] != "perhaps" {
		t.Errorf("stored %+v, %v", page, err)
	}
}

func TestABountyIsAnnouncedWhenItIsNew(t *testing.T) {
	b, s := bustest.New(t), storetest.Open(t)
	var crashed atomic.Int64
	start(t, b, failing{s, func(after bool) error {
		if after && crashed.Add(1) == 1 {
			return errors.New("killed after the commit")
		}
		return nil
	}})
	announced := func(n uint64) func() bool {
		return func() bool {
			_, have, err := bus.BountiesFound.Newest(t.Context(), b, 0)
			return err == nil && have == n
		}
	}
	send(t, b, 0, client(map[string]string{"version": "SSH-2.0-a"}))
	workertest.Eventually(t, "it is announced although the first commit was not", announced(1))
	send(t, b, 1, client(map[string]string{"version": "SSH-2.0-a"}), client(map[string]string{"version": "SSH-2.0-b"}))
	workertest.Eventually(t, "a second one is announced", announced(2))
	workertest.Eventually(t, "all are counted", func() bool {
		list, _, err := s.Bounties.List(t.Context(), store.BountyQuery{})
		return err == nil && len(list) == 2 && list[0].Count == 1 && list[1].Count == 2 && list[1].Value == "SSH-2.0-a"
	})
	found, n, err := bus.BountiesFound.Newest(t.Context(), b, 10)
	if err != nil || n != 2 {
		t.Fatalf("%d are announced, %v", n, err)
	}
	for _, m := range found {
		if m.Body.Attacker != "cb007107" || m.Body.Count != 1 || m.Body.Name != "ssh_client_version" || m.Body.Event == "" {
			t.Errorf("announced %+v", m.Body)
		}
	}
}

// failing is a store that fails before or after it did its work.
type failing struct {
	*store.Store
	fail func(after bool) error
}

func (f failing) Ingest(ctx context.Context, events []decnet.Event) (store.Ingested, error) {
	if err := f.fail(false); err != nil {
		return store.Ingested{}, fmt.Errorf("ingest: %w", err)
	}
	done, err := f.Store.Ingest(ctx, events)
	if err == nil {
		err = f.fail(true)
	}
	return done, err
}
