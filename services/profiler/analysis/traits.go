package analysis

import (
	"encoding/binary"
	"encoding/hex"
	"hash/fnv"
	"regexp"
	"slices"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

const (
	maxScripts   = 4  // sessions that are followed at once
	minScript    = 3  // commands that make a script worth comparing
	listLength   = 8  // credentials that make a list
	maxNews      = 64 // of each sort
	maxTraits    = 64 // that are remembered
	scriptOffset = 14695981039346656037
	scriptPrime  = 1099511628211
)

// variable is what differs between runs of one script: numbers, and names made of hex digits.
var variable = regexp.MustCompile(`[0-9a-f]*[0-9][0-9a-f]*`)

// foldScript takes in a command of a session, and reports whether it was the latest session's.
func foldScript(s *decnet.ProfileState, e *decnet.Event, command string) (same bool) {
	i := slices.IndexFunc(s.Scripts, func(sc decnet.SessionScript) bool { return sc.Session == e.Session })
	same = i >= 0 && i == len(s.Scripts)-1
	sc := decnet.SessionScript{Session: e.Session, Hash: scriptOffset, Event: e.ID}
	if i >= 0 {
		sc = s.Scripts[i]
		s.Scripts = slices.Delete(s.Scripts, i, i+1)
	} else if len(s.Scripts) == maxScripts {
		finishScript(s, &s.Scripts[0], e)
		s.Scripts = slices.Delete(s.Scripts, 0, 1)
	}
	sc.Commands++
	sc.Hash = hash64(sc.Hash, variable.ReplaceAllString(strings.ToLower(strings.TrimSpace(command)), "#"), "\n")
	s.Scripts = append(s.Scripts, sc)
	return same
}

// endScript is the end of a session.
func endScript(s *decnet.ProfileState, e *decnet.Event) {
	i := slices.IndexFunc(s.Scripts, func(sc decnet.SessionScript) bool { return sc.Session == e.Session })
	if i >= 0 {
		finishScript(s, &s.Scripts[i], e)
		s.Scripts = slices.Delete(s.Scripts, i, i+1)
	}
}

func finishScript(s *decnet.ProfileState, sc *decnet.SessionScript, e *decnet.Event) {
	if sc.Commands >= minScript {
		foldTrait(s, decnet.TraitScript, hex64(sc.Hash), e)
	}
}

// foldGuess takes in a further distinct credential.
func foldGuess(p *decnet.Profile, e *decnet.Event, principal, secret string) {
	s := p.State
	if p.CredentialCount > listLength {
		return
	}
	if s.Guesses == 0 {
		s.Guesses = scriptOffset
	}
	s.Guesses = hash64(s.Guesses, principal, "\x00", secret, "\n")
	if p.CredentialCount == listLength {
		foldTrait(s, decnet.TraitCredentials, hex64(s.Guesses), e)
	}
}

// foldTrait tells of a trait that is new of this attacker.
func foldTrait(s *decnet.ProfileState, kind decnet.TraitKind, value string, e *decnet.Event) {
	h := hash32(string(kind), value)
	if len(s.Traits) >= maxTraits || slices.Contains(s.Traits, h) {
		return
	}
	s.Traits = append(s.Traits, h)
	if len(s.News.Traits) < maxNews {
		s.News.Traits = append(s.News.Traits, decnet.Trait{Kind: kind, Value: value, Time: e.Time, Event: e.ID})
	}
}

// tell notes a credential whose reuse is to be looked for.
func tell(s *decnet.ProfileState, c *decnet.Credential) {
	if len(s.News.Credentials) >= maxNews {
		return
	}
	key := decnet.CredentialKey{Hash: c.Hash(), Principal: clip(c.Principal), Kind: c.Kind}
	if !slices.Contains(s.News.Credentials, key) {
		s.News.Credentials = append(s.News.Credentials, key)
	}
}

func hash32(parts ...string) uint32 {
	h := fnv.New32a()
	for _, p := range parts {
		_, _ = h.Write([]byte(p))
		_, _ = h.Write([]byte{0})
	}
	return h.Sum32()
}

// hash64 goes on with a hash, FNV-1a.
func hash64(h uint64, parts ...string) uint64 {
	for _, p := range parts {
		for i := range len(p) {
			h = (h ^ uint64(p[i])) * scriptPrime
		}
	}
	return h
}

func hex64(h uint64) string {
	var b [8]byte
	binary.BigEndian.PutUint64(b[:], h)
	return hex.EncodeToString(b[:])
}
