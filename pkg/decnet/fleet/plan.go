package fleet

import (
	"cmp"
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// World is what planning starts from.
type World struct {
	// Services are all that a fleet can name; see catalog.Services.
	Services []decnet.ServiceSpec
	// Deckies are all that are wanted now, of every fleet and host.
	Deckies []decnet.Decky
	// Installation is the secret that new deckies' seeds derive from.
	Installation string
	Now          time.Time
}

// Action is what a plan does with a decky.
type Action string

// The actions.
const (
	Add    Action = "add"
	Change Action = "change"
	Keep   Action = "keep"
	Remove Action = "remove"
)

// Step is one decky of a plan.
type Step struct {
	Action Action `json:"action"`
	// Decky is as it is to be; of one that is removed, as it is.
	Decky decnet.Decky `json:"decky"`
	// Old is as it is now, if it is there.
	Old *decnet.Decky `json:"-"`
	// What names what changes.
	What []string `json:"what,omitempty"`
}

// Plan is what a request comes to.
type Plan struct {
	Fleet string `json:"fleet"`
	// Steps are in the request's order, then what is to go, by name.
	Steps []Step `json:"steps"`
	// Notes are for people: what was understood differently than it was said.
	Notes []string `json:"notes,omitempty"`
}

// Make plans r. Everything that is wrong with it comes back at once, as Problems.
func Make(r *Request, w *World) (*Plan, error) {
	if err := decnet.CheckName(r.Fleet); err != nil {
		return nil, Problems{fmt.Sprintf("fleet: %v", err)}
	}
	request := *r
	request.Deckies = slices.Clone(r.Deckies)
	plan := &Plan{Fleet: r.Fleet, Notes: slices.Clone(r.Notes)}
	if toLoopback(&request) {
		plan.Notes = append(plan.Notes, fmt.Sprintf("driver loopback: the addresses are moved to 127.0.0.0/8, as in %s", request.Network.Subnet))
	}
	b, err := newBuilder(&request, w)
	if err != nil {
		return nil, err
	}
	deckies, err := b.build()
	if err != nil {
		return nil, err
	}
	plan.Steps = steps(r.Fleet, deckies, w.Deckies)
	return plan, nil
}

// Removal plans the end of the deckies that match; the names are those of
// fleet, or of every fleet if it is "".
func Removal(w *World, fleet string, match func(*decnet.Decky) bool) *Plan {
	plan := &Plan{Fleet: fleet}
	for i := range w.Deckies {
		if d := &w.Deckies[i]; (fleet == "" || d.Fleet == fleet) && match(d) {
			plan.Steps = append(plan.Steps, Step{Action: Remove, Decky: *d, Old: d})
		}
	}
	slices.SortFunc(plan.Steps, func(a, b Step) int { return cmp.Compare(a.Decky.Name, b.Decky.Name) })
	return plan
}

// Changes are the steps that do something.
func (p *Plan) Changes() []Step {
	return slices.DeleteFunc(slices.Clone(p.Steps), func(s Step) bool { return s.Action == Keep })
}

// Count returns how many steps have the action.
func (p *Plan) Count(a Action) int {
	n := 0
	for i := range p.Steps {
		if p.Steps[i].Action == a {
			n++
		}
	}
	return n
}

// steps compares what is wanted of a fleet with what is there.
func steps(fleet string, want, have []decnet.Decky) []Step {
	type key struct{ host, name string }
	old := make(map[key]*decnet.Decky)
	for i := range have {
		if d := &have[i]; d.Fleet == fleet {
			old[key{d.Host, d.Name}] = d
		}
	}
	out := make([]Step, 0, len(want))
	for _, d := range want {
		k := key{d.Host, d.Name}
		s := Step{Action: Add, Decky: d, Old: old[k]}
		if s.Old != nil {
			s.Action = Keep
			if s.What = differences(s.Old, &d); len(s.What) > 0 {
				s.Action = Change
			}
			delete(old, k)
		}
		out = append(out, s)
	}
	gone := slices.SortedFunc(maps.Keys(old), func(a, b key) int { return cmp.Or(strings.Compare(a.name, b.name), strings.Compare(a.host, b.host)) })
	for _, k := range gone {
		out = append(out, Step{Action: Remove, Decky: *old[k], Old: old[k]})
	}
	return out
}

// differences names what is not the same, in the words of the user.
func differences(a, b *decnet.Decky) []string {
	var out []string
	note := func(what string, same bool) {
		if !same {
			out = append(out, what)
		}
	}
	note("driver", a.Driver == b.Driver)
	note("address", a.Address == b.Address && a.Address6 == b.Address6)
	note("network", reflect.DeepEqual(a.Network, b.Network))
	note("archetype", a.Archetype == b.Archetype)
	note("operating system", a.OS == b.OS)
	note("nmap_os", a.Stack == b.Stack)
	note("services", slices.EqualFunc(a.Services, b.Services, func(x, y decnet.ServiceRequest) bool { return x.Slug == y.Slug }))
	note("settings", slices.EqualFunc(a.Services, b.Services, func(x, y decnet.ServiceRequest) bool {
		return x.Slug != y.Slug || maps.Equal(x.Settings, y.Settings) && reflect.DeepEqual(x.Custom, y.Custom)
	}) || len(a.Services) != len(b.Services))
	note("mutate interval", a.MutateMinutes == b.MutateMinutes)
	note("log target", a.LogTarget == b.LogTarget)
	note("identity", a.Seed == b.Seed)
	return out
}

// Adopt plans deckies that are given whole, as from an exported fleet: the fleets
// that they are of become just them.
func Adopt(deckies []decnet.Decky, w *World) (*Plan, error) {
	var problems Problems
	fleets := make(map[string][]decnet.Decky)
	names := make(map[string]bool, len(deckies))
	for i := range deckies {
		d := &deckies[i]
		if err := d.Validate(); err != nil {
			problems.Add("", err.Error())
		}
		if k := d.Host + "." + d.Name; names[k] {
			problems.Add("", fmt.Sprintf("there are two deckies called %s", d.Name))
		} else {
			names[k] = true
		}
		fleets[d.Fleet] = append(fleets[d.Fleet], *d)
	}
	for i := range w.Deckies {
		if d := &w.Deckies[i]; fleets[d.Fleet] == nil && names[d.Host+"."+d.Name] {
			problems.Add("", fmt.Sprintf("a decky of fleet %s is called %s", d.Fleet, d.Name))
		}
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	list := slices.Sorted(maps.Keys(fleets))
	plan := &Plan{Fleet: strings.Join(list, ", ")}
	for _, f := range list {
		plan.Steps = append(plan.Steps, steps(f, fleets[f], w.Deckies)...)
	}
	return plan, nil
}
