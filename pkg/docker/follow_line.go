package docker

import (
	"hash/crc32"
	"time"
)

// Line is one line that a container wrote.
type Line struct {
	Stream Stream
	// Time is when the engine read it, and Nth how many entries of the same output
	// the log has had at that very nanosecond, this one included: the three are
	// the same whenever the line is read again.
	Time time.Time
	Nth  int
	// Text is the line without its newline. What is not UTF-8 the engine has made
	// U+FFFD.
	Text []byte
	// More says that the line is longer than 1 MiB and goes on with the next one of
	// its output, and Continues that it began with the one before.
	More, Continues bool
	// Gap says that lines before this one may be lost: the engine began new files
	// faster than they were read. How many is not known, and in the end it may have
	// been none.
	Gap bool
	// Position is where to resume when this line has been dealt with.
	Position Position
}

// Position is how far a container's log has been dealt with. The engine numbers
// nothing and the same moment may have many lines, so a position names the last
// entry of each output by its time and its place among those of the same time. The
// zero value is the beginning. It can be kept as JSON.
type Position struct {
	Stdout Mark `json:"stdout,omitzero"`
	Stderr Mark `json:"stderr,omitzero"`
	// Newest is which of the two comes last in the log.
	Newest Stream `json:"newest,omitempty"`
	// Held is the first entry of a line that is not complete yet but began before
	// the newest; it is of the other output.
	Held Mark `json:"held,omitzero"`
}

// Mark names an entry of a log.
type Mark struct {
	// Time is the engine's, in nanoseconds since 1970, and Nth the entry's place
	// among those of its output in a row that have it, from 1. Zero means none.
	Time int64 `json:"time"`
	Nth  int   `json:"nth"`
	// Sum is the CRC-32 of its text: after the log lost its beginning a place
	// alone could be another entry's.
	Sum uint32 `json:"sum"`
	// Open says that it does not end its line.
	Open bool `json:"open,omitempty"`
}

func (p *Position) of(s Stream) *Mark {
	if s == Stderr {
		return &p.Stderr
	}
	return &p.Stdout
}

// next is the mark of an entry that follows m in its output.
func (m Mark) next(e *entry) Mark {
	n := Mark{Time: e.time, Nth: 1, Sum: crc32.ChecksumIEEE(e.text), Open: !e.last}
	if m.Nth > 0 && m.Time == e.time {
		n.Nth = m.Nth + 1
	}
	return n
}

// maxLine is how much of a line is kept together, in bytes.
const maxLine = 1 << 20

// unfinished is a line whose end has not come yet.
type unfinished struct {
	text        []byte
	first, last Mark
	at, upto    int64 // where these are in the log, counted from anywhere
	continues   bool
}

// joiner makes lines of entries and knows the position behind each. An entry must
// be fed once, in the order of the log.
type joiner struct {
	pos   Position
	count int64 // entries fed
	open  [3]unfinished
	fed   [3]Mark  // the last entry fed, by output
	upto  [3]int64 // where the last entry of a line that was told is, by output
	gap   bool
	tell  func(Line) error
}

// resume puts the joiner to where the entries behind pos follow, or those from its
// held one on: what comes next of an output follows the last one told of it.
func (j *joiner) resume(pos Position) {
	j.pos, j.count = pos, 0
	for _, s := range []Stream{Stdout, Stderr} {
		j.open[s], j.fed[s], j.upto[s] = unfinished{}, *pos.of(s), 0
	}
}

// skip goes past an entry that has been told already.
func (j *joiner) skip(e *entry) {
	j.count++
	j.upto[e.stream] = j.count
}

// ends reports whether what there is of a line is told before e is looked at. A line
// that was cut off by the end of its process has no newline; what follows it is of
// another time. An immensely long one is told in parts.
func (j *joiner) ends(e *entry) bool {
	u := &j.open[e.stream]
	return u.at > 0 && (u.last.Time != e.time || len(u.text)+len(e.text) > maxLine)
}

// feed takes the next entry.
func (j *joiner) feed(e *entry) error {
	u, mark := &j.open[e.stream], j.fed[e.stream].next(e)
	if j.ends(e) {
		if err := j.flush(e.stream, mark.Nth > 1); err != nil {
			return err
		}
	}
	j.count++
	if u.at == 0 {
		u.at, u.first = j.count, mark
		u.continues = j.fed[e.stream].Open && mark.Nth > 1
	}
	j.fed[e.stream] = mark
	u.text, u.last, u.upto = append(u.text, e.text...), mark, j.count
	if e.last {
		return j.flush(e.stream, false)
	}
	return nil
}

// flush tells what there is of a line and moves the position behind it.
func (j *joiner) flush(s Stream, more bool) error {
	u := &j.open[s]
	if u.at == 0 {
		return nil
	}
	line := Line{Stream: s, Time: time.Unix(0, u.first.Time), Nth: u.first.Nth, Text: u.text, More: more, Continues: u.continues, Gap: j.gap}
	pos := j.pos
	*pos.of(s), pos.Held = u.last, Mark{}
	o := s.other()
	newest := max(u.upto, j.upto[o])
	if pos.Newest = s; newest > u.upto {
		pos.Newest = o
	}
	if other := &j.open[o]; other.at > 0 && other.at < newest {
		pos.Held = other.first
	}
	line.Position = pos
	if err := j.tell(line); err != nil {
		return err
	}
	j.pos, j.gap, j.upto[s] = pos, false, u.upto
	*u = unfinished{}
	return nil
}

// unfinished reports whether there is a line whose end has not come.
func (j *joiner) unfinished() bool { return j.open[Stdout].at > 0 || j.open[Stderr].at > 0 }

// finish tells the lines that have no end and will get none.
func (j *joiner) finish() error {
	first, second := Stdout, Stderr
	if j.open[second].at > 0 && j.open[second].at < j.open[first].at {
		first, second = second, first
	}
	if err := j.flush(first, false); err != nil {
		return err
	}
	return j.flush(second, false)
}
