package analysis

import "github.com/decnet/decnet/pkg/decnet"

// Size estimates what a profile takes in memory, in bytes: enough to bound a cache by.
func Size(p *decnet.Profile) int {
	const (
		base     = 1600 // the struct, its state and empty maps
		perKey   = 48
		perEvent = 48 // the id of an event, with its header
	)
	n := base
	for _, m := range []map[string]uint64{p.Kinds, p.Services, p.Deckies} {
		n += perKey * len(m)
	}
	for i := range p.Credentials {
		c := &p.Credentials[i]
		n += 112 + perEvent + len(c.Principal) + len(c.Secret)
	}
	for i := range p.Commands {
		n += 104 + perEvent + len(p.Commands[i].Command)
	}
	for i := range p.Artifacts {
		a := &p.Artifacts[i]
		n += 120 + perEvent + len(a.SHA256) + len(a.URL) + len(a.Path)
	}
	n += len(p.Path) * (96 + perEvent)
	for _, list := range [][]decnet.Statement{p.Tools, p.Phases, p.Intents, p.DecoyChecks} {
		for i := range list {
			n += 112 + 24*len(list[i].Signatures) + perEvent*len(list[i].Evidence)
		}
	}
	if s := p.State; s != nil {
		for _, pr := range s.Progress {
			n += 160 + 4*len(pr.Seen) + perEvent*len(pr.Evidence)
		}
		n += 96*len(s.Scripts) + 4*len(s.Targets) + 4*len(s.Traits) + 100*len(s.Acts) +
			200*len(s.News.Traits) + 128*len(s.News.Credentials)
	}
	if m := p.Machine; m != nil {
		n += 160 + 2*perEvent + len(m.OS) + len(m.OSClass) + len(m.MAC) + len(m.Vendor) + len(m.Hostname)
		for _, c := range m.Clients {
			n += 16 + len(c)
		}
	}
	for i := range p.Risk.Parts {
		n += 120 + perEvent*len(p.Risk.Parts[i].Evidence)
	}
	return n
}
