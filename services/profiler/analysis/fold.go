package analysis

import (
	"slices"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fields"
)

// plausible says that the time of an event can be: a decoy whose clock was never set says 1970.
func plausible(e *decnet.Event) bool {
	year := e.Time.Year()
	return year >= 2000 && year < 2200
}

func foldTime(p *decnet.Profile, e *decnet.Event) {
	if !plausible(e) {
		p.Implausible++
		if p.Events == 1 {
			p.FirstSeen, p.LastSeen = e.Time, e.Time
		}
		return
	}
	// Stored order is not always the order of the clocks of several decoys.
	first := p.Events-p.Implausible == 1
	if first || e.Time.Before(p.FirstSeen) {
		p.FirstSeen = e.Time
	}
	if first || e.Time.After(p.LastSeen) {
		p.LastSeen = e.Time
	}
}

// count adds one to a key, unless an attacker has made up too many of them.
func count(m map[string]uint64, key string) {
	if _, known := m[key]; known || len(m) < decnet.MaxProfileKeys {
		m[key]++
	}
}

// act remembers the first event that was of a sort.
func act(s *decnet.ProfileState, what string, e *decnet.Event) {
	if _, there := s.Acts[what]; !there {
		s.Acts[what] = e.ID
	}
}

// The sorts of acts.
const (
	actAttempt = "attempt"
	actAccess  = "access"
	actCommand = "command"
	actFile    = "file"
	actURL     = "url"
	actTravel  = "second_decky"
)

// foldTarget counts distinct pairs of decky and service.
func foldTarget(s *decnet.ProfileState, e *decnet.Event) {
	h := hash32(e.Decky, e.Service)
	if len(s.Targets) < decnet.MaxProfileKeys && !slices.Contains(s.Targets, h) {
		s.Targets = append(s.Targets, h)
	}
}

func foldHop(p *decnet.Profile, e *decnet.Event) {
	if e.Decky == "" {
		return
	}
	if p.Deckies[e.Decky] == 1 && len(p.Deckies) > 1 {
		act(p.State, actTravel, e)
		p.State.News.Traversed = true
	}
	if n := len(p.Path); n > 0 && p.Path[n-1].Decky == e.Decky {
		h := &p.Path[n-1]
		if h.Events++; e.Time.After(h.To) {
			h.To = e.Time
		}
		return
	}
	p.HopCount++
	p.Path = append(p.Path, decnet.Hop{Decky: e.Decky, From: e.Time, To: e.Time, Events: 1, Event: e.ID})
	p.Path = latest(p.Path, decnet.MaxProfileHops)
}

// latest keeps the last n of a list.
func latest[T any](list []T, n int) []T {
	if over := len(list) - n; over > 0 {
		return slices.Delete(list, 0, over)
	}
	return list
}

func foldCommand(p *decnet.Profile, e *decnet.Event) {
	command, ok := e.Fields[decnet.FieldCommand]
	if !ok {
		return
	}
	act(p.State, actCommand, e)
	p.CommandCount++
	p.Commands = append(p.Commands, decnet.CommandUse{Time: e.Time, Decky: e.Decky, Service: e.Service, Command: clip(command), Event: e.ID})
	p.Commands = latest(p.Commands, decnet.MaxProfileCommands)
	same := foldScript(p.State, e, command)
	foldRhythm(&p.State.Commands, e, same)
	foldTyping(&p.State.Typing, e)
}

func foldCredential(p *decnet.Profile, e *decnet.Event, c *decnet.Credential) {
	act(p.State, actAttempt, e)
	foldRhythm(&p.State.Attempts, e, true)
	if c.Accepted {
		act(p.State, actAccess, e)
		p.Accepted++
	}
	tell(p.State, c)
	secret, principal := clip(c.Secret), clip(c.Principal)
	for i := range p.Credentials {
		have := &p.Credentials[i]
		if have.Secret == secret && have.Principal == principal && have.Service == c.Service && have.Kind == c.Kind {
			have.Attempts++
			have.Accepted = have.Accepted || c.Accepted
			return
		}
	}
	p.CredentialCount++
	foldGuess(p, e, principal, secret)
	if len(p.Credentials) < decnet.MaxProfileCredentials {
		p.Credentials = append(p.Credentials, decnet.CredentialUse{
			Service: c.Service, Principal: principal, Secret: secret, Kind: c.Kind, Attempts: 1, Accepted: c.Accepted, Event: c.Event,
		})
	}
}

// foldBounties keeps what an event brought, and by what its client is known.
func foldBounties(p *decnet.Profile, e *decnet.Event) {
	bounties := fields.Known().Bounties(e)
	for i := range bounties {
		b := &bounties[i]
		switch decnet.Finding(b.Name) {
		case decnet.FindFile, decnet.FindMail:
			act(p.State, actFile, e)
			foldArtifact(p, e, decnet.ArtifactUse{SHA256: clip(b.Value), Path: clip(e.Fields[decnet.FieldPath])})
			foldTrait(p.State, decnet.TraitPayload, clip(b.Value), e)
		case decnet.FindURL:
			act(p.State, actURL, e)
			foldArtifact(p, e, decnet.ArtifactUse{URL: clip(b.Value)})
			foldTrait(p.State, decnet.TraitURL, clip(b.Value), e)
		case decnet.FindHASSH, decnet.FindJA3, decnet.FindJA4, decnet.FindJA4QUIC, decnet.FindHTTP2Settings, decnet.FindTCPFP:
			foldTrait(p.State, decnet.TraitFingerprint, b.Name+":"+clip(b.Value), e)
		default: // no trait: many have the same
		}
	}
}

func foldArtifact(p *decnet.Profile, e *decnet.Event, a decnet.ArtifactUse) {
	p.ArtifactCount++
	for i := range p.Artifacts {
		if have := &p.Artifacts[i]; have.SHA256 == a.SHA256 && have.URL == a.URL {
			have.Count++
			return
		}
	}
	if len(p.Artifacts) < decnet.MaxProfileArtifacts {
		a.Time, a.Decky, a.Count, a.Event = e.Time, e.Decky, 1, e.ID
		p.Artifacts = append(p.Artifacts, a)
	}
}

// clip bounds one string of a profile; the store has the whole. It is a copy: what an event was made of is not
// kept for it.
func clip(s string) string {
	const most = 256
	runes := 0
	for i := range s {
		if runes == most {
			return s[:i] + "…"
		}
		runes++
	}
	return strings.Clone(s)
}
