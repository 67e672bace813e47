package signature

import (
	"maps"
	"slices"
)

// index is the conditions of one kind of event, in the order of their signatures, with what says quickly
// which of them are worth a look.
type index struct {
	entries []entry
	marks   int // how many there are
	fields  []indexed
}

// indexed is a field with the texts that conditions require in it.
type indexed struct {
	name string
	*prefilter
}

// build makes a mark of every set of texts of which a condition requires one.
func (in *index) build() error {
	byField := map[string]*prefilter{}
	for i := range in.entries {
		e := &in.entries[i]
		for j := range e.fields {
			f := &e.fields[j]
			p := byField[f.name]
			if p == nil {
				p = newPrefilter()
				byField[f.name] = p
			}
			for _, texts := range f.required() {
				mark := int32(in.marks) //nolint:gosec // bounded by the signatures
				if p.add(texts, mark) {
					e.needs = append(e.needs, mark)
					in.marks++
				}
			}
		}
	}
	for _, name := range slices.Sorted(maps.Keys(byField)) {
		if err := byField[name].link(); err != nil {
			return err
		}
		in.fields = append(in.fields, indexed{name, byField[name]})
	}
	return nil
}

// mark says which marks an event has.
func (in *index) mark(s *subject) bitset {
	marks := make(bitset, in.marks/64+1)
	for i := range in.fields {
		if f := &in.fields[i]; s.Fields[f.name] != "" {
			f.scan(s.folded(f.name), marks)
		}
	}
	return marks
}

// bitset is a set of small numbers.
type bitset []uint64

func (b bitset) add(n int32) { b[n>>6] |= 1 << (n & 63) }

// hasAll says that all of some numbers are in the set.
func (b bitset) hasAll(list []int32) bool {
	for _, n := range list {
		if b[n>>6]&(1<<(n&63)) == 0 {
			return false
		}
	}
	return true
}
