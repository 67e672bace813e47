package ios

import (
	"fmt"
	"strings"
)

// options is what a question mark after a line lists.
func (n *node) options(before string, in mode) string {
	ws := words(before)
	partial := ""
	if len(ws) > 0 && !strings.HasSuffix(before, " ") {
		partial = ws[len(ws)-1].text
		ws = ws[:len(ws)-1]
	}
	at := n
	for _, w := range ws {
		found := at.matches(w.text, in)
		if len(found) == 0 {
			return "% Unrecognized command\n"
		}
		if len(found) > 1 {
			return fmt.Sprintf("%% Ambiguous command:  %q\n", before)
		}
		at = found[0]
	}
	if partial != "" {
		var names []string
		for _, c := range at.matches(partial, in) {
			names = append(names, c.word)
		}
		if len(names) == 0 {
			return "% Unrecognized command\n"
		}
		return strings.Join(names, "  ") + "\n\n"
	}
	var b strings.Builder
	width := 0
	for _, c := range at.children {
		width = max(width, len(c.word))
	}
	if at == n && in <= privileged {
		b.WriteString("Exec commands:\n")
	}
	for _, c := range at.children {
		if c.from <= in {
			fmt.Fprintf(&b, "  %-*s  %s\n", width, c.word, c.help)
		}
	}
	if at.run != nil {
		b.WriteString("  <cr>\n")
	}
	return b.String() + "\n"
}

// complete is what Tab adds to a line.
func (n *node) complete(before string, in mode) string {
	ws := words(before)
	if len(ws) == 0 || strings.HasSuffix(before, " ") {
		return ""
	}
	at := n
	for _, w := range ws[:len(ws)-1] {
		found := at.matches(w.text, in)
		if len(found) != 1 {
			return ""
		}
		at = found[0]
	}
	last := ws[len(ws)-1].text
	found := at.matches(last, in)
	if len(found) != 1 || found[0].argument() {
		return ""
	}
	return found[0].word[len(last):] + " "
}
