package signature

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// Set is signatures made ready to be matched. It does not change, and may be shared.
type Set struct {
	list []*compiled
	// byKind has, for every kind of event, the steps that may fit one.
	byKind  map[string][]entry
	cadence []*Signature
}

// compiled is a signature with its conditions.
type compiled struct {
	Signature
	steps int
}

// entry is one condition of a step.
type entry struct {
	sig  *compiled
	step int
	condition
}

// Signatures lists the signatures of a set.
func (s *Set) Signatures() []Signature {
	list := make([]Signature, 0, len(s.list)+len(s.cadence))
	for _, c := range s.list {
		list = append(list, c.Signature)
	}
	for _, c := range s.cadence {
		list = append(list, *c)
	}
	return list
}

// Cadences lists those that are about intervals.
func (s *Set) Cadences() []*Signature { return s.cadence }

// Compile makes a set of valid signatures.
func Compile(list []Signature) (*Set, error) {
	set := &Set{byKind: map[string][]entry{}}
	for i := range list {
		if err := list[i].Validate(); err != nil {
			return nil, err
		}
		sig := list[i]
		if sig.Cadence != nil {
			set.cadence = append(set.cadence, &sig)
			continue
		}
		c := &compiled{Signature: sig, steps: len(sig.steps())}
		set.list = append(set.list, c)
		for n, step := range sig.steps() {
			for j := range step {
				cond := compile(&step[j])
				for _, kind := range step[j].Kind {
					set.byKind[kind] = append(set.byKind[kind], entry{c, n, cond})
				}
			}
		}
	}
	return set, nil
}

// condition is a Condition made ready. The kind has been looked up before.
type condition struct {
	service List
	fields  []field
}

type field struct {
	name string
	Value
	matches *regexp.Regexp
}

func compile(c *Condition) condition {
	out := condition{service: c.Service}
	for name, v := range c.Fields {
		f := field{name: name, Value: v}
		f.Contains, f.All, f.Not = lower(v.Contains), lower(v.All), lower(v.Not)
		if v.Matches != "" {
			f.matches = regexp.MustCompile(v.Matches) // it was validated
		}
		out.fields = append(out.fields, f)
	}
	return out
}

func lower(l List) List {
	out := make(List, len(l))
	for i := range l {
		out[i] = strings.ToLower(l[i])
	}
	return out
}

// subject is an event with what conditions ask of it several times.
type subject struct {
	*decnet.Event
	lower map[string]string
}

// lowered is a field in lower case.
func (s *subject) lowered(name string) string {
	if low, ok := s.lower[name]; ok {
		return low
	}
	low := strings.ToLower(s.Fields[name])
	if s.lower == nil {
		s.lower = make(map[string]string, 2)
	}
	s.lower[name] = low
	return low
}

func (c *condition) fits(s *subject) bool {
	if len(c.service) > 0 && !one(c.service, func(name string) bool { return s.Service == name }) {
		return false
	}
	for i := range c.fields {
		if !c.fields[i].fits(s) {
			return false
		}
	}
	return true
}

func (f *field) fits(s *subject) bool {
	value, ok := s.Fields[f.name]
	if !ok {
		return false
	}
	has := func(part string) bool { return strings.Contains(s.lowered(f.name), part) }
	switch {
	case len(f.Is) > 0 && !one(f.Is, func(is string) bool { return value == is }),
		len(f.Prefix) > 0 && !one(f.Prefix, func(p string) bool { return strings.HasPrefix(value, p) }),
		len(f.Suffix) > 0 && !one(f.Suffix, func(p string) bool { return strings.HasSuffix(value, p) }),
		len(f.Contains) > 0 && !one(f.Contains, has),
		one(f.All, func(part string) bool { return !has(part) }),
		one(f.Not, has),
		f.matches != nil && !f.matches.MatchString(value):
		return false
	}
	if f.AtLeast != nil {
		n, err := strconv.ParseFloat(value, 64)
		return err == nil && n >= *f.AtLeast
	}
	return true
}

func one(list List, is func(string) bool) bool {
	for _, s := range list {
		if is(s) {
			return true
		}
	}
	return false
}
