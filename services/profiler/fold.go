package profiler

import (
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// fold adds one event to a profile. It depends on nothing but its arguments, so
// the same events in the same order always give the same profile.
func fold(p *decnet.Profile, e *decnet.Event) {
	if p.Events == 0 {
		p.Attacker, p.Address, p.FirstSeen, p.LastSeen = e.Attacker, e.Source, e.Time, e.Time
		p.Kinds, p.Services, p.Deckies = map[string]uint64{}, map[string]uint64{}, map[string]uint64{}
	}
	p.Events++
	p.Through = e.Seq
	// Stored order is not always the order of the clocks of several decoys.
	if e.Time.Before(p.FirstSeen) {
		p.FirstSeen = e.Time
	}
	if e.Time.After(p.LastSeen) {
		p.LastSeen = e.Time
	}
	count(p.Kinds, e.Kind)
	count(p.Services, e.Service)
	count(p.Deckies, e.Decky)
	if e.Kind == decnet.KindConnect {
		p.Sessions++
	}
	if c, ok := decnet.CredentialOf(e); ok {
		foldCredential(p, &c)
	}
	if command, ok := e.Fields[decnet.FieldCommand]; ok && e.Kind == decnet.KindCommand {
		p.CommandCount++
		p.Commands = append(p.Commands, decnet.CommandUse{Time: e.Time, Decky: e.Decky, Service: e.Service, Command: clip(command), Event: e.ID})
		if over := len(p.Commands) - decnet.MaxProfileCommands; over > 0 {
			p.Commands = slices.Delete(p.Commands, 0, over)
		}
	}
}

// count adds one to a key, unless an attacker has made up too many of them.
func count(m map[string]uint64, key string) {
	if _, known := m[key]; known || len(m) < decnet.MaxProfileKeys {
		m[key]++
	}
}

func foldCredential(p *decnet.Profile, c *decnet.Credential) {
	secret, principal := clip(c.Secret), clip(c.Principal)
	for i := range p.Credentials {
		have := &p.Credentials[i]
		if have.Service == c.Service && have.Kind == c.Kind && have.Principal == principal && have.Secret == secret {
			have.Attempts++
			have.Accepted = have.Accepted || c.Accepted
			return
		}
	}
	p.CredentialCount++
	if len(p.Credentials) < decnet.MaxProfileCredentials {
		p.Credentials = append(p.Credentials, decnet.CredentialUse{
			Service: c.Service, Principal: principal, Secret: secret, Kind: c.Kind, Attempts: 1, Accepted: c.Accepted, Event: c.Event,
		})
	}
}

// clip bounds one string of a profile; the store has the whole.
func clip(s string) string {
	const most = 512
	runes := 0
	for i := range s {
		if runes == most {
			return s[:i] + "…"
		}
		runes++
	}
	return s
}
