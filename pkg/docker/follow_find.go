package docker

// finder finds the entries behind a position in a part of a log that reaches to its
// end.
type finder struct {
	pos Position
	// whole says that the part is the whole log, and lenient that its beginning may
	// have been thrown away among entries with the same time.
	whole, lenient bool
	found          bool
	held           bool // the held entry is found, the newest is not
	runs           [3]run
}

// run counts the entries of an output in a row with the same time.
type run struct {
	Mark
	// exact says that the first of them is in the part that is looked at, and first
	// that no others of the output were before them.
	exact, first bool
}

// verdict is what an entry is for a joiner.
type verdict int

const (
	before  verdict = iota // nothing: it has been told
	told                   // it has been told, but comes after a line that has not
	pending                // it is of that line
	news
)

func newFinder(pos Position, whole, lenient bool) *finder {
	return &finder{pos: pos, whole: whole, lenient: lenient, found: pos.Newest == 0}
}

// look judges the next entry.
func (f *finder) look(e *entry) verdict {
	if f.found {
		return news
	}
	r := &f.runs[e.stream]
	r.first = r.Nth == 0 || r.first && r.Time == e.time
	r.exact = f.whole || !r.first
	r.Mark = r.next(e)
	newest := f.pos.Newest
	switch {
	case f.held && e.stream != newest:
		return pending
	case f.held || f.pos.Held.Nth == 0:
		f.found = e.stream == newest && f.is(r, f.pos.of(newest))
		if f.held {
			return told
		}
	case e.stream != newest && f.is(r, &f.pos.Held):
		f.held = true
		return pending
	}
	return before
}

// is reports whether the entry that r has come to is the one that m names. If it is
// lenient, an earlier one with the same text will do: better twice than never.
func (f *finder) is(r *run, m *Mark) bool {
	if f.lenient && r.first && r.Time == m.Time && r.Nth <= m.Nth {
		return r.Sum == m.Sum && r.Open == m.Open
	}
	return r.exact && r.Mark == *m
}
