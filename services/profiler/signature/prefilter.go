package signature

import "github.com/coregx/ahocorasick"

// prefilter finds, in one pass over a text, which of many sets have one of their texts in it (Aho and
// Corasick, Communications of the ACM 18, 1975, page 333).
type prefilter struct {
	numbers   map[string]int
	texts     []string
	size      int
	marks     [][]int32 // by text: of the sets that it is of
	automaton *ahocorasick.Automaton
}

// maxTexts bounds what a folder of signatures can make the program remember, in bytes.
const maxTexts = 1 << 15

func newPrefilter() *prefilter { return &prefilter{numbers: map[string]int{}} }

// add makes a mark of a set of texts. It reports whether there was room for it.
func (p *prefilter) add(texts []string, mark int32) bool {
	length := 0
	for _, text := range texts {
		length += len(text)
	}
	if p.size+length > maxTexts {
		return false
	}
	for _, text := range texts {
		n, known := p.numbers[text]
		if !known {
			n = len(p.texts)
			p.numbers[text] = n
			p.texts, p.marks = append(p.texts, text), append(p.marks, nil)
			p.size += len(text)
		}
		p.marks[n] = append(p.marks[n], mark)
	}
	return true
}

// link makes it ready to scan.
func (p *prefilter) link() (err error) {
	if len(p.texts) > 0 {
		p.automaton, err = ahocorasick.NewBuilder().AddStrings(p.texts).Build()
	}
	return err
}

// scan marks the sets of which a folded text has one.
func (p *prefilter) scan(text string, marks bitset) {
	if p.automaton == nil {
		return
	}
	for _, m := range p.automaton.FindAllOverlapping([]byte(text)) {
		for _, mark := range p.marks[m.PatternID] {
			marks.add(mark)
		}
	}
}
