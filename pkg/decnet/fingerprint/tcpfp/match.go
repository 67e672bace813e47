package tcpfp

import (
	"fmt"
	"sync"
)

// Class is what kind of thing a signature is of.
type Class string

// The classes.
const (
	ClassUnix     Class = "unix"
	ClassWindows  Class = "windows"
	ClassEmbedded Class = "embedded"
	ClassNetwork  Class = "network" // routers and switches
	// ClassScanner is for programs that write their packets themselves: what is below them
	// remains unknown.
	ClassScanner Class = "scanner"
)

// A System is what sends packets of a signature.
type System struct {
	Class   Class
	Name    string // such as "Linux"
	Flavour string // releases, or what a program does; "" if it is not known
}

// String is name and flavour.
func (s System) String() string {
	if s.Flavour == "" {
		return s.Name
	}
	return s.Name + " " + s.Flavour
}

// A Result is what the table knows of a signature.
type Result struct {
	System
	// Distance is how many hops away it is, -1 if that cannot be told.
	Distance int
	// Generic says that the signature is a last resort, wide enough to be another's.
	Generic bool
	// Fuzzy says that nothing fits exactly: the TTL or quirks are off in a way in which
	// devices between here and there change them.
	Fuzzy bool
}

// Match finds whose a signature is. It is p0f's order: what fits exactly, then what fits and is
// generic, then what fits nearly; programs have to fit exactly.
func Match(s *Signature) (Result, bool) {
	t := table()
	patterns := t.syn
	if s.SYNACK {
		patterns = t.synack
	}
	var generic, nearly *pattern
	for _, p := range patterns[s.layout] {
		switch fits, exactly := p.fits(s); {
		case !fits:
		case exactly && !p.generic:
			return p.result(s, false), true
		case exactly && generic == nil:
			generic = p
		case !exactly && nearly == nil && p.system.Class != ClassScanner:
			nearly = p
		}
	}
	switch {
	case generic != nil:
		return generic.result(s, false), true
	case nearly != nil:
		return nearly.result(s, true), true
	}
	return Result{}, false
}

func (p *pattern) result(s *Signature, fuzzy bool) Result {
	r := Result{System: *p.system, Generic: p.generic, Fuzzy: fuzzy, Distance: int(p.ttl) - int(s.TTL)}
	switch {
	case p.randomTTL:
		r.Distance = -1
	case r.Distance < 0 || r.Distance > maxDistance:
		r.Distance = guessDistance(s.TTL)
	}
	return r
}

// Quirks that devices on the way take away or add, and those of one version of IP.
const (
	mayVanish = DF | NonzeroID
	mayAppear = ZeroID | ECN
	only4     = DF | NonzeroID | ZeroID
	only6     = Flow
)

// fits compares; layouts are the same already.
func (p *pattern) fits(s *Signature) (fits, exactly bool) {
	if p.ip != 0 && p.ip != s.IP || p.optLen != s.OptLen || p.marks&^s.Marks != 0 ||
		p.mss != star && p.mss != int(s.MSS) || p.scale != star && p.scale != int(s.Scale) ||
		p.payload != star && (p.payload == 1) != s.Payload || !p.fitsWindow(s) {
		return false, false
	}
	wanted, exactly := p.quirks, true
	if p.ip == 0 && s.IP == 4 {
		wanted &^= only6
	} else if p.ip == 0 {
		wanted &^= only4
	}
	if off := (wanted ^ s.Quirks) &^ p.optional; off != 0 {
		if off&wanted&^mayVanish != 0 || off&s.Quirks&^mayAppear != 0 {
			return false, false
		}
		exactly = false
	}
	switch {
	case p.ttl < s.TTL && p.randomTTL:
		return false, false
	case !p.randomTTL && (p.ttl < s.TTL || p.ttl-s.TTL > maxDistance):
		exactly = false
	}
	return true, exactly
}

func (p *pattern) fitsWindow(s *Signature) bool {
	switch p.window {
	case windowFixed:
		return p.windowN == int(s.Window)
	case windowModulo:
		return int(s.Window)%p.windowN == 0
	case windowFull:
		return s.full()
	case windowMSS, windowMTU:
		n, mtu := s.multiple()
		return n == p.windowN && mtu == (p.window == windowMTU)
	default:
		return true
	}
}

// patterns are the table by layout, in its order.
type patterns struct{ syn, synack map[layout][]*pattern }

// table reads the signatures once. They are part of the program: one that is wrong is a mistake
// of ours, which every test sees.
var table = sync.OnceValue(func() patterns {
	t := patterns{map[layout][]*pattern{}, map[layout][]*pattern{}}
	for i := range signatures {
		entry := &signatures[i]
		for into, texts := range map[*map[layout][]*pattern][]string{&t.syn: entry.syn, &t.synack: entry.synack} {
			for _, text := range texts {
				p, err := parsePattern(text)
				if err != nil {
					panic(fmt.Sprintf("tcpfp: %s: %v", entry.System, err))
				}
				p.system, p.generic, p.marks = &entry.System, entry.generic, entry.marks
				(*into)[p.layout] = append((*into)[p.layout], p)
			}
		}
	}
	return t
})
