// Package analysis makes a profile of an attacker out of its events, one after the other.
//
// Fold takes in one event and Conclude says what follows from all so far. Both depend on
// nothing but their arguments: no clock, no chance, no list of what was. So the same events in the
// same order give the same profile, in one piece or in many, in one process or in eight. Whatever
// Conclude decides it decides anew from running figures; only Fold remembers.
package analysis

import (
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/signature"
)

// Engine folds events by a set of signatures. It does not change, and may be shared.
type Engine struct{ signatures *signature.Set }

// New makes an engine.
func New(signatures *signature.Set) *Engine { return &Engine{signatures} }

// Fold adds one event to a profile, which may be the zero one or one of an older version: that
// is the beginning of a new one.
func (en *Engine) Fold(p *decnet.Profile, e *decnet.Event) {
	if p.Events == 0 || p.Version != decnet.ProfileVersion || p.State == nil {
		begin(p, e)
	}
	s := p.State
	p.Events++
	p.Through = e.Seq
	count(p.Kinds, e.Kind)
	if observed(e) {
		foldObserved(p, e)
	} else {
		foldTime(p, e)
		en.foldAct(p, e)
	}
	foldBounties(p, e)
	for _, m := range en.signatures.Advance(s.Progress, e) {
		state(p, m.Signature, e.Time, m.Evidence)
	}
}

// foldAct takes in what the attacker did on a decky.
func (en *Engine) foldAct(p *decnet.Profile, e *decnet.Event) {
	s := p.State
	count(p.Services, e.Service)
	count(p.Deckies, e.Decky)
	foldHop(p, e)
	switch e.Kind {
	case decnet.KindConnect:
		p.Sessions++
		foldTarget(s, e)
		foldRhythm(&s.Arrivals, e, true)
		en.foldCadence(p, e)
	case decnet.KindRequest:
		foldRhythm(&s.Requests, e, true)
	case decnet.KindCommand:
		foldCommand(p, e)
	case decnet.KindDisconnect:
		endScript(s, e)
	}
	if c, ok := decnet.CredentialOf(e); ok {
		foldCredential(p, e, &c)
	}
}

// begin makes p the profile of e's attacker before e.
func begin(p *decnet.Profile, e *decnet.Event) {
	*p = decnet.Profile{
		Version: decnet.ProfileVersion, Attacker: e.Attacker, Address: e.Source.Unmap().WithZone(""),
		Kinds: map[string]uint64{}, Services: map[string]uint64{}, Deckies: map[string]uint64{},
		Credentials: []decnet.CredentialUse{}, Commands: []decnet.CommandUse{},
		State: &decnet.ProfileState{Progress: map[string]decnet.SignatureProgress{}, Acts: map[string]string{}},
	}
}

// Resume makes a profile that was read ready for further events: maps that were empty are left out
// of JSON, and texts that were one are many.
func Resume(p *decnet.Profile) {
	if p.State == nil {
		return
	}
	if p.State.Progress == nil {
		p.State.Progress = map[string]decnet.SignatureProgress{}
	}
	if p.State.Acts == nil {
		p.State.Acts = map[string]string{}
	}
	share(p)
}

// Conclude says what follows from all that was folded.
func (en *Engine) Conclude(p *decnet.Profile) {
	if p.State == nil {
		return
	}
	p.Phase = furthest(p.Phases)
	p.Behavior = behavior(p)
	p.Actor = actor(p)
	p.Risk = risk(p)
}

func furthest(phases []decnet.Statement) (far decnet.AttackPhase) {
	for i := range phases {
		if p := decnet.AttackPhase(phases[i].Name); p.Rank() > far.Rank() {
			far = p
		}
	}
	return far
}

// state adds what a signature concludes.
func state(p *decnet.Profile, s *signature.Signature, t time.Time, evidence []string) {
	for _, c := range []struct {
		list *[]decnet.Statement
		name string
	}{{&p.Tools, s.Tool}, {&p.Phases, string(s.Phase)}, {&p.Intents, string(s.Intent)}, {&p.DecoyChecks, s.DecoyCheck}} {
		if c.name != "" {
			addStatement(c.list, c.name, s, t, evidence)
		}
	}
}

func addStatement(list *[]decnet.Statement, name string, s *signature.Signature, t time.Time, evidence []string) {
	i := slices.IndexFunc(*list, func(st decnet.Statement) bool { return st.Name == name })
	if i < 0 {
		if len(*list) < decnet.MaxProfileStatements {
			*list = append(*list, decnet.Statement{
				Name: name, Confidence: s.Confidence, Since: t, Count: 1,
				Signatures: []string{s.ID}, Evidence: slices.Clone(evidence),
			})
		}
		return
	}
	st := &(*list)[i]
	st.Count++
	st.Confidence = max(st.Confidence, s.Confidence)
	if !slices.Contains(st.Signatures, s.ID) && len(st.Signatures) < decnet.MaxEvidence {
		st.Signatures = append(st.Signatures, s.ID)
	}
	for _, id := range evidence {
		if len(st.Evidence) < decnet.MaxEvidence && !slices.Contains(st.Evidence, id) {
			st.Evidence = append(st.Evidence, id)
		}
	}
}
