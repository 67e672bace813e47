package signature

import (
	"cmp"
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// Set is signatures made ready to be matched. It does not change, and may be shared.
type Set struct {
	list []*compiled
	// byKind has, for every kind of event, the steps that may fit one.
	byKind  map[string]*index
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
	needs []int32 // the marks of an index without which it cannot fit
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
	set := &Set{byKind: map[string]*index{}}
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
					in := set.byKind[kind]
					if in == nil {
						in = &index{}
						set.byKind[kind] = in
					}
					in.entries = append(in.entries, entry{sig: c, step: n, condition: cond})
				}
			}
		}
	}
	for _, in := range set.byKind {
		if err := in.build(); err != nil {
			return nil, fmt.Errorf("make signatures ready: %w", err)
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
		f.Contains, f.All, f.Not = folded(v.Contains), folded(v.All), folded(v.Not)
		if v.Matches != "" {
			f.matches = regexp.MustCompile(v.Matches) // it was validated
		}
		out.fields = append(out.fields, f)
	}
	slices.SortFunc(out.fields, func(a, b field) int {
		if a.matches == nil != (b.matches == nil) { // expressions are dear
			return cmp.Compare(len(a.Matches), len(b.Matches))
		}
		return strings.Compare(a.name, b.name)
	})
	return out
}

// subject is an event with what conditions ask of it several times.
type subject struct {
	*decnet.Event
	fold map[string]string
	// runs are the programs of the field named line.
	runs []string
	line string
}

// programs are those that the command line in a field runs.
func (s *subject) programs(name string) []string {
	if s.line != name {
		s.line, s.runs = name, programs(s.Fields[name])
	}
	return s.runs
}

// folded is a field without differences of case.
func (s *subject) folded(name string) string {
	if low, ok := s.fold[name]; ok {
		return low
	}
	low := fold(s.Fields[name])
	if s.fold == nil {
		s.fold = make(map[string]string, 2)
	}
	s.fold[name] = low
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
	has := func(part string) bool { return strings.Contains(s.folded(f.name), part) }
	switch {
	case len(f.Is) > 0 && !one(f.Is, func(is string) bool { return value == is }),
		len(f.Prefix) > 0 && !one(f.Prefix, func(p string) bool { return strings.HasPrefix(value, p) }),
		len(f.Suffix) > 0 && !one(f.Suffix, func(p string) bool { return strings.HasSuffix(value, p) }),
		len(f.Contains) > 0 && !one(f.Contains, has),
		one(f.All, func(part string) bool { return !has(part) }),
		one(f.Not, has),
		len(f.Runs) > 0 && !slices.ContainsFunc(s.programs(f.name), func(p string) bool { return slices.Contains(f.Runs, p) }),
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
