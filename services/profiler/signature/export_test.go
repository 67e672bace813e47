package signature

// Programs is programs, for its test.
var Programs = programs

// Unfiltered is the set without its index: every condition is looked at.
func (s *Set) Unfiltered() *Set {
	out := *s
	out.byKind = map[string]*index{}
	for kind, in := range s.byKind {
		bare := &index{}
		for _, e := range in.entries {
			e.needs = nil
			bare.entries = append(bare.entries, e)
		}
		out.byKind[kind] = bare
	}
	return &out
}
