package signature

// prefilter finds, in one pass over a text, which of many sets have one of their texts in it: the automaton
// of Aho and Corasick (Communications of the ACM 18, 1975, page 333).
type prefilter struct {
	nodes []node
	// Of the automaton, once linked:
	classes [256]uint8 // bytes that no text has are of class 0
	width   int
	next    []int32   // state and class -> state
	found   [][]int32 // state -> the marks of the texts that end there
}

// node is a state while texts are added.
type node struct {
	next  map[byte]int32
	marks []int32
}

// maxStates bounds what a folder of signatures can make the program remember.
const maxStates = 1 << 15

func newPrefilter() *prefilter { return &prefilter{nodes: []node{{}}} }

// add makes a mark of a set of texts. It reports whether there was room for it.
func (p *prefilter) add(texts []string, mark int32) bool {
	length := 0
	for _, text := range texts {
		length += len(text)
	}
	if len(p.nodes)+length > maxStates {
		return false
	}
	for _, text := range texts {
		state := int32(0)
		for i := range len(text) {
			state = p.step(state, text[i])
		}
		p.nodes[state].marks = append(p.nodes[state].marks, mark)
	}
	return true
}

// step goes on by a byte, if need be to a new state.
func (p *prefilter) step(state int32, b byte) int32 {
	n := &p.nodes[state]
	to, ok := n.next[b]
	if !ok {
		if n.next == nil {
			n.next = map[byte]int32{}
		}
		to = int32(len(p.nodes)) //nolint:gosec // at most maxStates
		n.next[b] = to
		p.nodes = append(p.nodes, node{})
	}
	return to
}

// link makes of the tree of texts an automaton: where a text does not go on, it goes on with the longest end
// of what was read that is the beginning of another.
func (p *prefilter) link() {
	p.classify()
	p.next = make([]int32, len(p.nodes)*p.width)
	p.found = make([][]int32, len(p.nodes))
	fail := make([]int32, len(p.nodes))
	queue := []int32{0}
	for len(queue) > 0 {
		s := queue[0]
		queue = queue[1:]
		p.found[s] = p.nodes[s].marks
		row, other := p.next[int(s)*p.width:][:p.width], p.next[int(fail[s])*p.width:][:p.width]
		if s != 0 {
			p.found[s] = append(p.found[s], p.found[fail[s]]...)
			copy(row, other)
		}
		for b, to := range p.nodes[s].next {
			c := p.classes[b]
			if s != 0 {
				fail[to] = other[c]
			}
			row[c] = to
			queue = append(queue, to)
		}
	}
	p.nodes = nil
}

// classify numbers the bytes that texts have. There are no capital letters among them, so that there are fewer
// than 255.
func (p *prefilter) classify() {
	p.width = 1
	for i := range p.nodes {
		for b := range p.nodes[i].next {
			if p.classes[b] == 0 {
				p.classes[b] = uint8(p.width) //nolint:gosec // below 255
				p.width++
			}
		}
	}
}

// scan marks the sets of which a folded text has one.
func (p *prefilter) scan(text string, marks bitset) {
	state := int32(0)
	for i := range len(text) {
		state = p.next[int(state)*p.width+int(p.classes[text[i]])]
		for _, mark := range p.found[state] {
			marks.add(mark)
		}
	}
}
