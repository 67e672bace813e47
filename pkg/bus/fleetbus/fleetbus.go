// Package fleetbus reads and changes the desired fleet on the bus. Plans of
// package fleet go in; the fleet bucket as the plan wants it and the deployers'
// answers come out. The command line, the API and the mutator all change fleets
// through here, so that of two who do it at once one wins and the other knows.
package fleetbus

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// seedKey is where the installation's seed is kept.
const seedKey = "seed"

// Reading is the desired fleet at one moment; what is planned from it can be
// applied as long as nobody else changed it.
type Reading struct {
	fleet.World
	position  uint64
	revisions map[string]uint64 // by host and name
}

// Read returns the desired fleet now. services are those that fleets can name.
func Read(ctx context.Context, b *bus.Bus, services []decnet.ServiceSpec) (*Reading, error) {
	seed, err := installation(ctx, b)
	if err != nil {
		return nil, err
	}
	entries, position, err := bus.Fleet.Snapshot(ctx, b)
	if err != nil {
		return nil, err
	}
	r := &Reading{World: fleet.World{Services: services, Installation: seed, Now: time.Now().UTC()}, position: position, revisions: make(map[string]uint64)}
	for _, e := range entries {
		r.Deckies = append(r.Deckies, e.Value)
		r.revisions[key(&e.Value)] = e.Revision
	}
	slices.SortFunc(r.Deckies, func(x, y decnet.Decky) int { return strings.Compare(x.Name, y.Name) })
	return r, nil
}

func key(d *decnet.Decky) string { return d.Host + "." + d.Name }

// installation returns the secret of this installation, made at its first use.
func installation(ctx context.Context, b *bus.Bus) (string, error) {
	for range 3 {
		have, err := bus.Installation.List(ctx, b)
		if err != nil {
			return "", err
		}
		if i := slices.IndexFunc(have, func(e bus.Entry[decnet.Installation]) bool { return e.Keys[0] == seedKey }); i >= 0 {
			return have[i].Value.Seed, nil
		}
		var seed [32]byte
		_, _ = rand.Read(seed[:]) // never fails, see crypto/rand
		fresh := decnet.Installation{Seed: hex.EncodeToString(seed[:]), Created: time.Now().UTC()}
		if _, err := bus.Installation.Put(ctx, b, fresh, 0, seedKey); err != nil && decnet.ErrorCode(err) != decnet.CodeConflict {
			return "", err
		}
	}
	return "", fmt.Errorf("the installation's seed can neither be read nor made")
}

// Apply makes the plan the desired fleet. If somebody changed any fleet since the
// reading, the error has CodeConflict and nothing is done.
func (r *Reading) Apply(ctx context.Context, b *bus.Bus, plan *fleet.Plan) (*Applied, error) {
	a := &Applied{}
	var err error
	if a.after, err = b.LastSequence(ctx, bus.DeckiesState.Stream); err != nil {
		return nil, err
	}
	steps := plan.Changes()
	// What goes makes room for what comes.
	slices.SortStableFunc(steps, func(x, y fleet.Step) int { return rank(x.Action) - rank(y.Action) })
	writes := make([]bus.Write[decnet.Decky], len(steps))
	for i, s := range steps {
		writes[i] = bus.Write[decnet.Decky]{Keys: []string{s.Decky.Host, s.Decky.Name}, Value: s.Decky, Delete: s.Action == fleet.Remove}
	}
	revisions, err := bus.Fleet.Apply(ctx, b, r.position, writes)
	for i, revision := range revisions {
		a.items = append(a.items, item{Step: steps[i], revision: revision})
	}
	for _, s := range plan.Steps {
		if s.Action == fleet.Keep {
			a.items = append(a.items, item{Step: s, revision: r.revisions[key(&s.Decky)]})
		}
	}
	return a, err
}

func rank(a fleet.Action) int {
	if a == fleet.Remove {
		return 0
	}
	return 1
}

// Deploy plans the request and applies it. show sees the plan before anything is
// done and may stop it with an error. Changes of other fleets in between are
// taken into account; a change of the same fleet ends it with CodeConflict, and
// nothing is done.
func Deploy(ctx context.Context, b *bus.Bus, services []decnet.ServiceSpec, request *fleet.Request, show func(*fleet.Plan) error) (*Applied, error) {
	first, err := Read(ctx, b, services)
	if err != nil {
		return nil, err
	}
	reading := first
	for try := 0; ; try++ {
		plan, err := fleet.Make(request, &reading.World)
		if err != nil {
			return nil, err
		}
		if try == 0 {
			if err := show(plan); err != nil {
				return nil, err
			}
		}
		applied, err := reading.Apply(ctx, b, plan)
		if decnet.ErrorCode(err) != decnet.CodeConflict || len(applied.items) > plan.Count(fleet.Keep) {
			return applied, err
		}
		if reading, err = Read(ctx, b, services); err != nil {
			return nil, err
		}
		if try >= maxTries || !same(first, reading, request.Fleet) {
			return nil, &decnet.Error{Code: decnet.CodeConflict, Message: fmt.Sprintf(
				"fleet %s was changed by somebody else at the same moment: nothing of this was done; look at it with \"decnet status\" and try again", request.Fleet)}
		}
	}
}

// maxTries bounds how often changes of other fleets are given way to.
const maxTries = 20

// same reports whether the fleet is alike in both readings.
func same(a, b *Reading, name string) bool {
	of := func(r *Reading) []decnet.Decky {
		return slices.DeleteFunc(slices.Clone(r.Deckies), func(d decnet.Decky) bool { return d.Fleet != name })
	}
	return slices.EqualFunc(of(a), of(b), func(x, y decnet.Decky) bool { return reflect.DeepEqual(x, y) })
}

// Remove plans the end of the deckies of fleet (of every fleet if it is "") that
// match, and applies it, over whatever others change meanwhile.
func Remove(ctx context.Context, b *bus.Bus, services []decnet.ServiceSpec, name string, match func(*decnet.Decky) bool) (*Applied, error) {
	for try := 0; ; try++ {
		reading, err := Read(ctx, b, services)
		if err != nil {
			return nil, err
		}
		applied, err := reading.Apply(ctx, b, fleet.Removal(&reading.World, name, match))
		if decnet.ErrorCode(err) != decnet.CodeConflict || try >= maxTries {
			return applied, err
		}
	}
}

// Touch writes the deckies that match anew, as they are, so that their deployers
// take them off the wire and put them on again.
func Touch(ctx context.Context, b *bus.Bus, services []decnet.ServiceSpec, match func(*decnet.Decky) bool) (*Applied, error) {
	for try := 0; ; try++ {
		reading, err := Read(ctx, b, services)
		if err != nil {
			return nil, err
		}
		plan := &fleet.Plan{}
		for i := range reading.Deckies {
			if d := &reading.Deckies[i]; match(d) {
				plan.Steps = append(plan.Steps, fleet.Step{Action: fleet.Change, Decky: *d, Old: d})
			}
		}
		applied, err := reading.Apply(ctx, b, plan)
		if decnet.ErrorCode(err) != decnet.CodeConflict || try >= maxTries {
			return applied, err
		}
	}
}
