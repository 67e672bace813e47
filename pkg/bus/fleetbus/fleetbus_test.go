package fleetbus_test

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/bus/fleetbus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var services = []decnet.ServiceSpec{{Slug: "ssh", Built: true}, {Slug: "http", Built: true}}

// request asks for n deckies of a fleet, all with a service.
func request(name, service string, n int) *fleet.Request {
	r := fleet.NewRequest("h1")
	r.Fleet = name
	for i := range n {
		r.Deckies = append(r.Deckies, fleet.DeckyRequest{Name: fmt.Sprintf("%s-%02d", name, i+1), Services: []string{service}, MutateMinutes: -1})
	}
	return r
}

func silent(*fleet.Plan) error { return nil }

func deploy(t *testing.T, b *bus.Bus, r *fleet.Request) *fleetbus.Applied {
	t.Helper()
	a, err := fleetbus.Deploy(t.Context(), b, services, r, silent)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// report says of every decky of the bucket that it is ready, as a deployer would.
func report(t *testing.T, b *bus.Bus) {
	t.Helper()
	entries, err := bus.Fleet.List(t.Context(), b)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		s := decnet.DeckyState{Name: e.Value.Name, Host: e.Value.Host, Phase: decnet.PhaseReady, Revision: e.Revision, Time: time.Now()}
		if err := b.Publish(t.Context(), bus.DeckiesState.New(t.Context(), "", s, s.Host, s.Name)); err != nil {
			t.Fatal(err)
		}
	}
}

// alive says that host h1 has a deployer.
func alive(t *testing.T, b *bus.Bus) {
	t.Helper()
	h := decnet.Health{Worker: "deployer", Instance: "h1", Host: "h1", Status: decnet.StatusReady}
	if err := bus.Workers.Set(t.Context(), b, h, "deployer", "h1"); err != nil {
		t.Fatal(err)
	}
}

func wait(t *testing.T, b *bus.Bus, a *fleetbus.Applied, within time.Duration) []fleetbus.Outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), within)
	defer cancel()
	var out []fleetbus.Outcome
	if err := a.Wait(ctx, b, func(o fleetbus.Outcome) { out = append(out, o) }, func(fleetbus.Outcome) {}); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestDeployIsToldOnceItsDeckiesAreReady(t *testing.T) {
	b := bustest.New(t)
	alive(t, b)
	a := deploy(t, b, request("web", "ssh", 3))
	if a.Changed() != 3 || a.Total() != 3 {
		t.Fatalf("changed %d of %d", a.Changed(), a.Total())
	}
	time.AfterFunc(50*time.Millisecond, func() { report(t, b) })
	for _, o := range wait(t, b, a, 20*time.Second) {
		if !o.OK() || o.Action != fleet.Add {
			t.Errorf("have %+v", o)
		}
	}
	// The second time nothing changes, and what is ready is known at once.
	again := deploy(t, b, request("web", "ssh", 3))
	if again.Changed() != 0 {
		t.Errorf("the second deploy changed %d", again.Changed())
	}
	if out := wait(t, b, again, 20*time.Second); len(out) != 3 || !out[0].OK() || out[0].Action != fleet.Keep {
		t.Errorf("have %+v", out)
	}
	// A change is not settled by what was reported before it.
	changed := deploy(t, b, request("web", "http", 3))
	if out := wait(t, b, changed, 200*time.Millisecond); len(out) != 3 || out[0].OK() || !strings.Contains(out[0].Reason, "has not reported") {
		t.Errorf("have %+v", out)
	}
}

func TestAHostWithoutADeployerIsToldAtOnce(t *testing.T) {
	b := bustest.New(t)
	begin := time.Now()
	out := wait(t, b, deploy(t, b, request("web", "ssh", 2)), time.Minute)
	if len(out) != 2 || out[0].OK() || !strings.Contains(out[0].Reason, "no deployer runs on host h1") {
		t.Errorf("have %+v", out)
	}
	if time.Since(begin) > 30*time.Second {
		t.Error("it waited for nobody")
	}
}

// Of two deploys of one fleet at once one wins and the other says so; whatever
// comes out is one of the two, whole.
func TestOfTwoDeploysAtOnceOneWins(t *testing.T) {
	b := bustest.New(t)
	for round := range 10 {
		name := fmt.Sprintf("f%d", round)
		var wg, planned sync.WaitGroup
		planned.Add(2)
		errs := make([]error, 2)
		for i, service := range []string{"ssh", "http"} {
			wg.Go(func() {
				meet := func(*fleet.Plan) error { // both have planned before one applies
					planned.Done()
					planned.Wait()
					return nil
				}
				_, errs[i] = fleetbus.Deploy(t.Context(), b, services, request(name, service, 20), meet)
			})
		}
		wg.Wait()
		winner, loser := "ssh", errs[1]
		if errs[0] != nil {
			winner, loser = "http", errs[0]
		}
		if errs[0] != nil && errs[1] != nil || decnet.ErrorCode(loser) != decnet.CodeConflict || !strings.Contains(loser.Error(), "nothing of this was done") {
			t.Fatalf("round %d: %v and %v", round, errs[0], errs[1])
		}
		entries, err := bus.Fleet.List(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		n := 0
		for _, e := range entries {
			if e.Value.Fleet == name {
				n++
				if e.Value.Services[0].Slug != winner {
					t.Errorf("round %d: %s has %s, the winner wanted %s", round, e.Value.Name, e.Value.Services[0].Slug, winner)
				}
			}
		}
		if n != 20 {
			t.Errorf("round %d: %d deckies", round, n)
		}
	}
}

// Different fleets do not get in each other's way, nor get the same addresses.
func TestFleetsSideBySide(t *testing.T) {
	b := bustest.New(t)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() {
			if _, err := fleetbus.Deploy(t.Context(), b, services, request(fmt.Sprintf("f%d", i), "ssh", 10), silent); err != nil {
				t.Errorf("fleet %d: %v", i, err)
			}
		})
	}
	wg.Wait()
	reading, err := fleetbus.Read(t.Context(), b, services)
	if err != nil || len(reading.Deckies) != 40 {
		t.Fatalf("%d deckies, %v", len(reading.Deckies), err)
	}
	addresses := map[string]bool{}
	for _, d := range reading.Deckies {
		addresses[d.Address.String()] = true
	}
	if len(addresses) != 40 {
		t.Errorf("40 deckies have %d addresses", len(addresses))
	}
	a, err := fleetbus.Remove(t.Context(), b, services, "f1", func(*decnet.Decky) bool { return true })
	if err != nil || a.Total() != 10 {
		t.Fatalf("removed %d, %v", a.Total(), err)
	}
	touched, err := fleetbus.Touch(t.Context(), b, services, func(d *decnet.Decky) bool { return d.Fleet == "f2" })
	if err != nil || touched.Total() != 10 {
		t.Fatalf("touched %d, %v", touched.Total(), err)
	}
	after, err := fleetbus.Read(t.Context(), b, services)
	if err != nil || len(after.Deckies) != 30 || after.Installation != reading.Installation {
		t.Errorf("%d deckies, %v", len(after.Deckies), err)
	}
}
