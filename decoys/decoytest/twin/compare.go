package twin

import (
	"fmt"
	"slices"
	"strings"
)

// A Cause is in what two servers differ.
type Cause string

// The causes, in the order of a report.
const (
	// Bytes is another content, Order the same content in another order.
	Bytes Cause = "bytes"
	Order Cause = "order"
	// Segmentation is another number of TCP segments.
	Segmentation Cause = "segmentation"
	// End is another end of the connection.
	End Cause = "end"
	// Timing is a class of time that the genuine daemon was not seen to take.
	Timing Cause = "timing"
)

// Causes lists them.
func Causes() []Cause { return []Cause{Bytes, Order, Segmentation, End, Timing} }

// A Difference is one between the genuine daemon and a decoy.
type Difference struct {
	Dialogue string
	Cause    Cause
	// Where is the reply, by the step before it.
	Where string
	// Genuine and Decoy are what each does.
	Genuine, Decoy string
}

func (d Difference) String() string {
	return fmt.Sprintf("%s: %s after %s\n\tgenuine: %s\n\tdecoy:   %s", d.Dialogue, d.Cause, d.Where, d.Genuine, d.Decoy)
}

// compare says in what a decoy's transcript differs from each variant of the
// genuine record, and returns the least.
func compare(genuine *Record, ours *Record, exact bool) []Difference {
	var best []Difference
	for i := range genuine.Variants {
		d := differences(genuine.Name, &genuine.Variants[i], &ours.Variants[0], exact)
		if i == 0 || len(d) < len(best) {
			best = d
		}
	}
	return best
}

// differences compares one variant. Unless exact, the decoy may be slower than
// the genuine daemon, as on a busy machine, and split what it says otherwise.
func differences(name string, g, o *Variant, exact bool) []Difference {
	var all []Difference
	add := func(c Cause, where, genuine, decoy string) {
		all = append(all, Difference{name, c, where, genuine, decoy})
	}
	same := g.End == o.End
	if !same {
		add(End, "everything", g.End, o.End)
	}
	for i := range max(len(g.Replies), len(o.Replies)) {
		var a, b Reply
		if i < len(g.Replies) {
			a = g.Replies[i]
		}
		if i < len(o.Replies) {
			b = o.Replies[i]
		}
		where := a.After
		if where == "" {
			where = b.After
		}
		if a.After == b.After && slices.Equal(a.Lines, b.Lines) {
			continue
		}
		same = false
		cause := Bytes
		if a.After == b.After && slices.Equal(slices.Sorted(slices.Values(a.Lines)), slices.Sorted(slices.Values(b.Lines))) {
			cause = Order
		}
		x, y := firstDifference(a.Lines, b.Lines)
		add(cause, where, x, y)
	}
	if same { // otherwise the rest says nothing
		all = append(all, fineDifferences(name, g, o, exact)...)
	}
	return all
}

// firstDifference returns the first line that is not the same in both, and the
// one after it, as the first may say little.
func firstDifference(a, b []string) (string, string) {
	for i := range max(len(a), len(b)) {
		x, y := "nothing", "nothing"
		if i < len(a) {
			x = a[i]
		}
		if i < len(b) {
			y = b[i]
		}
		if x != y {
			return around(x, y) + next(a, i), around(y, x) + next(b, i)
		}
	}
	return "nothing", "nothing"
}

func next(lines []string, i int) string {
	if i+1 >= len(lines) {
		return ""
	}
	return "; " + around(lines[i+1], "")
}

// around cuts the long beginning that a line has in common with another.
func around(line, other string) string {
	i := 0
	for i < len(line) && i < len(other) && line[i] == other[i] {
		i++
	}
	if i > 100 {
		line = "…" + line[i-40:]
	}
	if len(line) > 300 {
		line = strings.ToValidUTF8(line[:300], "") + "…"
	}
	return line
}

// fineDifferences compares segments and times of transcripts that say the same.
func fineDifferences(name string, g, o *Variant, exact bool) []Difference {
	var all []Difference
	for i, r := range g.Replies {
		if exact && !slices.ContainsFunc(o.Segments[i], func(n int) bool { return slices.Contains(g.Segments[i], n) }) {
			all = append(all, Difference{name, Segmentation, r.After, fmt.Sprint(g.Segments[i], " segments"), fmt.Sprint(o.Segments[i], " segments")})
		}
	}
	for i := range g.Delays {
		if i == len(g.Delays)-1 && g.End == EndOpen {
			break
		}
		where := "everything"
		if i < len(g.Replies) {
			where = g.Replies[i].After
		}
		have, least, most := o.Delays[i], g.Delays[i][0], g.Delays[i][2]
		// Half and twice leave room for what is random by nature.
		early := have[2] < least/2 && Class(have[2]) != Class(least) && (exact || least >= 500) // a fixture has a busy machine's delays
		late := exact && have[0] > 2*most && Class(have[0]) != Class(most)
		if early || late {
			all = append(all, Difference{name, Timing, where, fmt.Sprintf("%s, %v ms", Class(g.Delays[i][1]), g.Delays[i]), fmt.Sprintf("%s, %v ms", Class(have[1]), have)})
		}
	}
	return all
}
