package analysis

import "github.com/decnet/decnet/pkg/decnet"

// share makes equal texts of a profile one: the same events prove many things, and what was read has each of
// their ids anew. That is an eighth of what a profile costs in memory.
func share(p *decnet.Profile) {
	known := map[string]string{}
	one := func(texts ...*string) {
		for _, t := range texts {
			if have, ok := known[*t]; ok {
				*t = have
			} else {
				known[*t] = *t
			}
		}
	}
	each := func(list []string) {
		for i := range list {
			one(&list[i])
		}
	}
	for i := range p.Credentials {
		c := &p.Credentials[i]
		one(&c.Service, &c.Principal, &c.Secret, (*string)(&c.Kind), &c.Event)
	}
	for i := range p.Commands {
		c := &p.Commands[i]
		one(&c.Decky, &c.Service, &c.Command, &c.Event)
	}
	for i := range p.Artifacts {
		a := &p.Artifacts[i]
		one(&a.SHA256, &a.URL, &a.Path, &a.Decky, &a.Event)
	}
	for i := range p.Path {
		one(&p.Path[i].Decky, &p.Path[i].Event)
	}
	for _, list := range [][]decnet.Statement{p.Tools, p.Phases, p.Intents, p.DecoyChecks} {
		for i := range list {
			one(&list[i].Name)
			each(list[i].Signatures)
			each(list[i].Evidence)
		}
	}
	each(p.Behavior.Evidence)
	each(p.Actor.Evidence)
	for i := range p.Risk.Parts {
		one(&p.Risk.Parts[i].Name)
		each(p.Risk.Parts[i].Evidence)
	}
	shareState(p.State, one, each)
}

func shareState(s *decnet.ProfileState, one func(...*string), each func([]string)) {
	for _, t := range []*decnet.Timing{&s.Arrivals, &s.Requests, &s.Attempts, &s.Commands} {
		one(&t.First, &t.Latest)
	}
	one(&s.Typing.First, &s.Typing.Latest)
	for id, p := range s.Progress {
		each(p.Evidence)
		one(&p.Session)
		s.Progress[id] = p
	}
	for what, id := range s.Acts {
		one(&id)
		s.Acts[what] = id
	}
	for i := range s.Scripts {
		one(&s.Scripts[i].Session, &s.Scripts[i].Event)
	}
}
