package profiler_test

import (
	"context"
	"fmt"
	"net/netip"
	"reflect"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/profiler"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var address = netip.MustParseAddr("203.0.113.7")

// rig is a store with a bus and as many profilers as a test wants.
type rig struct {
	*testing.T
	bus   *bus.Bus
	store *store.Store
	n     int
}

func newRig(t *testing.T) *rig {
	t.Helper()
	return &rig{T: t, bus: bustest.New(t), store: storetest.Open(t)}
}

func (r *rig) start() {
	env := workertest.Env(r.T, "profiler", r.bus)
	p, err := profiler.New(profiler.Config{}, env, r.store.Events, r.store.Attackers, r.store.Credentials)
	if err != nil {
		r.Fatal(err)
	}
	workertest.Start(r.T, env, p.Run)
}

// happen stores an event and returns its sighting.
func (r *rig) happen(kind, service string, fields map[string]string) decnet.Sighting {
	r.Helper()
	return r.ingest(r.event(kind, service, fields))
}

// event makes the next event of the attacker, not yet stored.
func (r *rig) event(kind, service string, fields map[string]string) decnet.Event {
	r.n++
	return decnet.Event{
		ID: decnet.EventID("h1", "seg", int64(r.n)), Time: time.Date(2026, 11, 23, 6, 0, r.n, 0, time.UTC), Host: "h1", Decky: "web-01",
		Service: service, Kind: kind, Attacker: decnet.AttackerIDOf(address), Source: address, Fields: fields,
	}
}

// ingest stores events in one transaction and returns the attacker's sighting.
func (r *rig) ingest(events ...decnet.Event) decnet.Sighting {
	r.Helper()
	done, err := r.store.Ingest(r.Context(), events)
	if err != nil {
		r.Fatal(err)
	}
	return done.Sightings[0]
}

// see publishes a sighting; each call is a message of its own.
func (r *rig) see(s decnet.Sighting) {
	r.Helper()
	id := fmt.Sprint(time.Now().UnixNano())
	one := decnet.Sightings{Sightings: []decnet.Sighting{s}}
	if err := r.bus.Publish(r.Context(), bus.AttackersSeen.New(r.Context(), id, one, one.Lane(bus.AttackersSeen.Lane))); err != nil {
		r.Fatal(err)
	}
}

func (r *rig) profile(through uint64) decnet.Profile {
	r.Helper()
	var p decnet.Profile
	workertest.Eventually(r.T, fmt.Sprint("the profile covers event ", through), func() bool {
		var err error
		p, err = r.store.Attackers.Profile(r.Context(), decnet.AttackerIDOf(address))
		return err == nil && p.Through >= through
	})
	return p
}

func attempt(password string, accepted string) map[string]string {
	return map[string]string{
		decnet.FieldPrincipal: "root", decnet.FieldSecret: password, decnet.FieldSecretB64: "eA==",
		decnet.FieldSecretKind: "plaintext", decnet.FieldAccepted: accepted,
	}
}

func TestProfileTellsWhatTheAttackerDid(t *testing.T) {
	r := newRig(t)
	r.start()
	r.happen(decnet.KindConnect, "ssh", nil)
	r.happen(decnet.KindAuthAttempt, "ssh", attempt("toor", "false"))
	r.happen(decnet.KindAuthAttempt, "ssh", attempt("admin", "false"))
	r.happen(decnet.KindAuthAttempt, "ssh", attempt("toor", "true"))
	r.happen(decnet.KindCommand, "ssh", map[string]string{decnet.FieldCommand: "id"})
	r.happen(decnet.KindCommand, "ssh", map[string]string{decnet.FieldCommand: "uname -a"})
	r.see(r.happen(decnet.KindRequest, "http", nil))
	p := r.profile(7)

	if p.Address != address || p.Events != 7 || p.Sessions != 1 || p.LastSeen.Sub(p.FirstSeen) != 6*time.Second {
		t.Errorf("have %+v", p)
	}
	if want := map[string]uint64{"ssh": 6, "http": 1}; !reflect.DeepEqual(p.Services, want) {
		t.Errorf("services are %v, want %v", p.Services, want)
	}
	if len(p.Credentials) != 2 || p.Credentials[0].Secret != "toor" || p.Credentials[0].Attempts != 2 || !p.Credentials[0].Accepted || p.Credentials[1].Accepted {
		t.Errorf("credentials are %+v", p.Credentials)
	}
	if len(p.Commands) != 2 || p.Commands[0].Command != "id" || p.Commands[1].Command != "uname -a" || p.CommandCount != 2 {
		t.Errorf("commands are %+v", p.Commands)
	}
	workertest.Eventually(t, "the profile is published", func() bool {
		ms, _, err := bus.AttackersProfiled.Newest(t.Context(), r.bus, 1)
		return err == nil && len(ms) == 1 && ms[0].Body.Through == 7
	})
}

func TestRepeatedAndLateSightingsChangeNothing(t *testing.T) {
	r := newRig(t)
	first := r.happen(decnet.KindConnect, "ssh", nil)
	second := r.happen(decnet.KindDisconnect, "ssh", nil)
	for _, s := range []decnet.Sighting{second, first, second, first, first} {
		r.see(s)
	}
	r.start()
	if p := r.profile(2); p.Events != 2 || p.Sessions != 1 {
		t.Errorf("have %d events and %d sessions, want 2 and 1", p.Events, p.Sessions)
	}
}

func TestSeveralProfilersCountEveryEventOnce(t *testing.T) {
	r := newRig(t)
	for range 3 {
		r.start()
	}
	const n = 1200 // more than a page of events
	for range n / 10 {
		var ten []decnet.Event
		for range 10 {
			ten = append(ten, r.event(decnet.KindConnect, "ssh", nil))
		}
		r.see(r.ingest(ten...))
	}
	if p := r.profile(n); p.Events != n || p.Sessions != n {
		t.Errorf("have %d events and %d sessions, want %d of each", p.Events, p.Sessions, n)
	}
}

func TestProfileIsBounded(t *testing.T) {
	r := newRig(t)
	r.start()
	var events []decnet.Event
	for i := range 400 {
		events = append(events, r.event(decnet.KindCommand, "ssh", map[string]string{decnet.FieldCommand: fmt.Sprint("echo ", i)}),
			r.event(fmt.Sprint("kind-", i), "ssh", attempt(fmt.Sprint("pw", i), "false")))
	}
	r.see(r.ingest(events...))
	p := r.profile(800)
	if len(p.Commands) != decnet.MaxProfileCommands || p.CommandCount != 400 || p.Commands[len(p.Commands)-1].Command != "echo 399" {
		t.Errorf("have %d of %d commands, the last is %q", len(p.Commands), p.CommandCount, p.Commands[len(p.Commands)-1].Command)
	}
	if len(p.Credentials) != decnet.MaxProfileCredentials || p.CredentialCount < 400 || len(p.Kinds) > decnet.MaxProfileKeys {
		t.Errorf("have %d of %d credentials and %d kinds", len(p.Credentials), p.CredentialCount, len(p.Kinds))
	}
}

func TestASightingOfNobodyIsADeadLetter(t *testing.T) {
	r := newRig(t)
	r.start()
	wrong := decnet.Sightings{Sightings: []decnet.Sighting{{Attacker: "nobody", Through: 1}}}
	if err := r.bus.Publish(context.Background(), bus.AttackersSeen.New(t.Context(), "x", wrong, "00")); err != nil {
		t.Fatal(err)
	}
	workertest.Eventually(t, "it is a dead letter", func() bool {
		_, n, err := bus.DeadLetters.Newest(t.Context(), r.bus, 1)
		return err == nil && n == 1
	})
}
