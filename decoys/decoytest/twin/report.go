package twin

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// A Report is the outcome of one comparison.
type Report struct {
	Twin, Daemon string
	Dialogues    int
	// Differences are those of all dialogues, known or not.
	Differences []Difference
}

// Identical is the share of dialogues without any difference, in percent.
func (r *Report) Identical() float64 {
	differ := map[string]bool{}
	for _, d := range r.Differences {
		differ[d.Dialogue] = true
	}
	return 100 * float64(r.Dialogues-len(differ)) / float64(max(r.Dialogues, 1))
}

// String is the report as text: by cause, and within it what is alike together,
// the most frequent first.
func (r *Report) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s against %s: %d dialogues, %.1f %% identical\n", r.Twin, r.Daemon, r.Dialogues, r.Identical())
	for _, c := range Causes() {
		groups := map[string][]Difference{}
		n := 0
		for _, d := range r.Differences {
			if d.Cause == c {
				key := d.Genuine + "\x00" + d.Decoy
				if c == Timing {
					key = Class(0) // times differ always
				}
				groups[key] = append(groups[key], d)
				n++
			}
		}
		if n > 0 {
			fmt.Fprintf(&b, "%s: %d\n", c, n)
			writeGroups(&b, groups)
		}
	}
	return b.String()
}

func writeGroups(b *strings.Builder, groups map[string][]Difference) {
	keys := slices.SortedFunc(maps.Keys(groups), func(x, y string) int {
		if n := len(groups[y]) - len(groups[x]); n != 0 {
			return n
		}
		return strings.Compare(x, y)
	})
	const most = 6
	for _, k := range keys {
		g := groups[k]
		var names []string
		for _, d := range g[:min(len(g), most)] {
			names = append(names, d.Dialogue+" (after "+d.Where+")")
		}
		if len(g) > most {
			names = append(names, fmt.Sprintf("and %d more", len(g)-most))
		}
		fmt.Fprintf(b, "  %d × genuine: %s\n      decoy:   %s\n      in %s\n", len(g), g[0].Genuine, g[0].Decoy, strings.Join(names, ", "))
	}
}
