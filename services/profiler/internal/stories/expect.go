package stories

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// Expect is what a profile must say. What is not given may be anything, but for Tools, Intents and
// Checks: what they do not name must not be there.
type Expect struct {
	Behavior decnet.BehaviorClass `yaml:"behavior"`
	Actor    decnet.ActorKind     `yaml:"actor"`
	Sure     int                  `yaml:"sure"` // the least confidence in the actor
	Phase    decnet.AttackPhase   `yaml:"phase"`
	Phases   []string             `yaml:"phases"` // at least these
	Tools    []string             `yaml:"tools"`
	Intents  []string             `yaml:"intents"`
	Checks   []string             `yaml:"checks"`
	// Path is the deckies in the order of the stays, Risk the least and the most it may be.
	Path        []string `yaml:"path"`
	Risk        []int    `yaml:"risk"`
	Sessions    *uint64  `yaml:"sessions"`
	Credentials *uint64  `yaml:"credentials"` // distinct ones
	Accepted    uint64   `yaml:"accepted"`
	Commands    uint64   `yaml:"commands"`
	Artifacts   uint64   `yaml:"artifacts"`
	Implausible uint64   `yaml:"implausible"`
}

func (x *Expect) validate() error {
	if len(x.Risk) != 2 || x.Behavior == "" || x.Actor == "" {
		return errors.New("expect: want behavior, actor, and the least and the most risk")
	}
	return nil
}

// Check holds profiles to the story. Its error names every difference.
func (s *Story) Check(profiles map[decnet.AttackerID]decnet.Profile) error {
	counts := map[decnet.AttackerID]uint64{}
	for _, e := range Stored(s.Events()) {
		counts[e.Attacker]++
	}
	var all []error
	for i := range s.Attackers {
		a := &s.Attackers[i]
		p, there := profiles[a.ID()]
		if !there {
			all = append(all, fmt.Errorf("%s: %v: no profile", s.Name, a.Address))
			continue
		}
		d := differences{where: fmt.Sprintf("%s: %v", s.Name, a.Address)}
		same(&d, "events", p.Events, counts[a.ID()])
		same(&d, "through", p.Through, counts[a.ID()])
		same(&d, "attacker", p.Attacker, a.ID())
		same(&d, "address", p.Address, a.Address.Unmap().WithZone(""))
		a.Expect.check(&d, &p)
		all = append(all, d.all...)
	}
	return errors.Join(all...)
}

type differences struct {
	where string
	all   []error
}

func (d *differences) add(what string, got, want any, why string) {
	if why != "" {
		why = " (" + why + ")"
	}
	d.all = append(d.all, fmt.Errorf("%s: %s: got %v, want %v%s", d.where, what, got, want, why))
}

func same[T comparable](d *differences, what string, got, want T) {
	if got != want {
		d.add(what, got, want, "")
	}
}

func (x *Expect) check(d *differences, p *decnet.Profile) {
	if p.Behavior.Class != x.Behavior {
		d.add("behavior", p.Behavior.Class, x.Behavior, p.Behavior.Reason)
	}
	if p.Actor.Kind != x.Actor {
		d.add("actor", p.Actor.Kind, x.Actor, strings.Join(p.Actor.Reasons, "; "))
	}
	if p.Actor.Confidence < x.Sure {
		d.add("confidence in the actor", p.Actor.Confidence, x.Sure, strings.Join(p.Actor.Reasons, "; "))
	}
	same(d, "phase", p.Phase, x.Phase)
	exactly(d, "tools", p.Tools, x.Tools)
	exactly(d, "intents", p.Intents, x.Intents)
	exactly(d, "decoy checks", p.DecoyChecks, x.Checks)
	for _, phase := range x.Phases {
		if !slices.Contains(names(p.Phases), phase) {
			d.add("phases", names(p.Phases), phase, "")
		}
	}
	var path []string
	for i := range p.Path {
		path = append(path, p.Path[i].Decky)
	}
	if x.Path != nil && !slices.Equal(path, x.Path) {
		d.add("path", path, x.Path, "")
	}
	if p.Risk.Score < x.Risk[0] || p.Risk.Score > x.Risk[1] {
		d.add("risk", p.Risk.Score, x.Risk, fmt.Sprint(p.Risk.Parts))
	}
	if x.Sessions != nil {
		same(d, "sessions", p.Sessions, *x.Sessions)
	}
	if x.Credentials != nil {
		same(d, "credentials", p.CredentialCount, *x.Credentials)
	}
	same(d, "accepted", p.Accepted, x.Accepted)
	same(d, "commands", p.CommandCount, x.Commands)
	same(d, "artifacts", p.ArtifactCount, x.Artifacts)
	same(d, "implausible times", p.Implausible, x.Implausible)
}

func names(list []decnet.Statement) []string {
	out := make([]string, len(list))
	for i := range list {
		out[i] = list[i].Name
	}
	slices.Sort(out)
	return out
}

func exactly(d *differences, what string, got []decnet.Statement, want []string) {
	sorted := slices.Sorted(slices.Values(want))
	if have := names(got); !slices.Equal(have, sorted) {
		var why []string
		for i := range got {
			if !slices.Contains(want, got[i].Name) {
				why = append(why, strings.Join(got[i].Signatures, " ")+" of "+got[i].Name)
			}
		}
		d.add(what, have, sorted, strings.Join(why, ", "))
	}
}
