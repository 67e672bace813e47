package ios

import (
	"fmt"
	"slices"
	"strings"
)

// A mode is a set of commands.
type mode byte

// Modes, in the order in which "exit" leaves them.
const (
	user mode = iota
	privileged
	config
	configSub // of an interface, a line and others
)

// A command is a line of the tree: its words, and what they do. A word in capital letters or
// angle brackets stands for an argument, LINE for all that is left.
type command struct {
	path string
	// from is the least mode that has it.
	from mode
	// help describes the last word.
	help string
	run  func(s *session, args []string) string
}

// A node is a word of the tree.
type node struct {
	word     string
	help     string
	from     mode
	run      func(s *session, args []string) string
	children []*node
}

func (n *node) argument() bool {
	return n.word != "" && (n.word[0] == '<' || n.word == strings.ToUpper(n.word))
}

func (n *node) child(word string) *node {
	for _, c := range n.children {
		if c.word == word {
			return c
		}
	}
	return nil
}

// newTree makes a tree of commands. Words that only lead on are described by helps.
func newTree(commands []command, helps map[string]string) *node {
	root := &node{}
	for _, c := range commands {
		at, path := root, ""
		for word := range strings.FieldsSeq(c.path) {
			path = strings.TrimSpace(path + " " + word)
			next := at.child(word)
			if next == nil {
				next = &node{word: word, from: c.from, help: helps[path]}
				at.children = append(at.children, next)
				slices.SortStableFunc(at.children, func(a, b *node) int { return strings.Compare(a.word, b.word) })
			}
			next.from = min(next.from, c.from)
			at = next
		}
		at.run, at.help = c.run, c.help
	}
	return root
}

// A parseError is what is wrong with a line: text as the device says it, and for a word
// that is none, at which byte of the line.
type parseError struct {
	text string
	at   int
	// unknown says that the first word is no command.
	unknown bool
}

func (e *parseError) Error() string { return e.text }

const (
	invalid    = "% Invalid input detected at '^' marker.\n"
	incomplete = "% Incomplete command."
)

// A word of a line, and where it begins.
type word struct {
	text string
	at   int
}

func words(line string) []word {
	var all []word
	for i := 0; i < len(line); {
		if line[i] == ' ' {
			i++
			continue
		}
		end := strings.IndexByte(line[i:], ' ')
		if end < 0 {
			end = len(line) - i
		}
		all = append(all, word{line[i : i+end], i})
		i += end
	}
	return all
}

// matches are the children of n that a word stands for: one that is meant exactly, or all
// that begin with it.
func (n *node) matches(w string, in mode) []*node {
	var some []*node
	for _, c := range n.children {
		if c.from > in || c.argument() || !strings.HasPrefix(c.word, strings.ToLower(w)) {
			continue
		}
		if c.word == strings.ToLower(w) {
			return []*node{c}
		}
		some = append(some, c)
	}
	if len(some) > 0 {
		return some
	}
	for _, c := range n.children {
		if c.argument() && c.from <= in && fits(c.word, w) {
			return []*node{c}
		}
	}
	return nil
}

// fits reports whether w can be the argument that a word of the tree stands for.
func fits(form, w string) bool {
	switch {
	case form == "A.B.C.D":
		var a, b, c, d uint8
		n, err := fmt.Sscanf(w, "%d.%d.%d.%d", &a, &b, &c, &d)
		return err == nil && n == 4
	case form[0] == '<':
		var low, high, have int
		n, err := fmt.Sscanf(form, "<%d-%d>", &low, &high)
		k, bad := fmt.Sscanf(w, "%d", &have)
		return err == nil && n == 2 && bad == nil && k == 1 && have >= low && have <= high
	}
	return true
}

// prefix is how many bytes of w agree with a child: there the device puts its marker.
func (n *node) prefix(w string, in mode) int {
	best := 0
	for _, c := range n.children {
		if c.from > in || c.argument() {
			continue
		}
		k := 0
		for k < len(w) && k < len(c.word) && w[k]|0x20 == c.word[k]|0x20 {
			k++
		}
		best = max(best, k)
	}
	return best
}

// parse finds the command that a line is, and its arguments.
func (n *node) parse(line string, in mode) (*node, []string, error) {
	var args []string
	at := n
	for i, w := range words(line) {
		if at.word == "LINE" {
			break
		}
		found := at.matches(w.text, in)
		switch {
		case len(found) == 0:
			return nil, nil, &parseError{invalid, w.at + at.prefix(w.text, in), i == 0}
		case len(found) > 1:
			return nil, nil, &parseError{fmt.Sprintf("%% Ambiguous command:  %q", line), -1, false}
		}
		at = found[0]
		switch {
		case at.word == "LINE":
			args = append(args, strings.TrimSpace(line[w.at:]))
		case at.argument():
			args = append(args, w.text)
		}
	}
	if at.run == nil {
		return nil, nil, &parseError{incomplete, -1, false}
	}
	return at, args, nil
}
