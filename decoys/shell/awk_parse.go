package shell

import (
	"errors"
	"regexp"
	"slices"
	"strings"
)

// An awkNode is a node of an awk program's tree.
type awkNode struct {
	op   string // what it is, such as "print", "+", "call" or "num"
	text string // a name, a literal, an operator
	num  float64
	kids []*awkNode
	re   *regexp.Regexp
}

type awkRule struct {
	begin, end  bool
	from, to    *awkNode
	inside      bool
	action      []*awkNode
	printRecord bool
}

// maxAwk bounds the tokens of one program.
const maxAwk = 5000

var errAwk = errors.New("syntax error")

type awkParser struct {
	toks  []awkToken
	at    int
	depth int
	noIn  bool
}

type awkToken struct{ kind, text string }

var awkLexer = regexp.MustCompile(`^(?:([ \t\r]+|\\\n|#[^\n]*)|(\n)|("(?:[^"\\\n]|\\.)*")|([0-9]+\.?[0-9]*(?:[eE][-+]?[0-9]+)?|\.[0-9]+)|([A-Za-z_][A-Za-z_0-9]*)|` +
	`(&&|\|\||==|!=|<=|>=|\+\+|--|\+=|-=|\*=|/=|%=|\^=|!~|>>|[-{}()\[\];,+*/%^!<>|?:~$=]))`)

var awkWords = " BEGIN END print printf if else while for in do delete next exit getline function return break continue "

// awkTokens cuts a program into tokens. A slash begins a regular expression where
// no operand comes before it.
func awkTokens(s string) ([]awkToken, error) {
	var out []awkToken
	for s != "" {
		if len(out) > maxAwk {
			return nil, errAwk
		}
		if s[0] == '/' {
			last := awkToken{}
			if len(out) > 0 {
				last = out[len(out)-1]
			}
			operand := last.kind == "num" || last.kind == "name" || last.kind == "str" || last.text == ")" || last.text == "]" || last.text == "$"
			if !operand {
				end := 1
				for end < len(s) && s[end] != '/' {
					switch s[end] {
					case '\\':
						end++
					case '[':
						if e := classEnd(s, end); e > 0 {
							end = e
						}
					}
					end++
				}
				if end >= len(s) {
					return nil, errAwk
				}
				out = append(out, awkToken{"re", s[1:end]})
				s = s[end+1:]
				continue
			}
		}
		m := awkLexer.FindStringSubmatch(s)
		if m == nil {
			return nil, errAwk
		}
		switch s = s[len(m[0]):]; {
		case m[2] != "":
			out = append(out, awkToken{"op", "\n"})
		case m[3] != "":
			out = append(out, awkToken{"str", unescape(m[3][1 : len(m[3])-1])})
		case m[4] != "":
			out = append(out, awkToken{"num", m[4]})
		case m[5] != "" && strings.Contains(awkWords, " "+m[5]+" "):
			out = append(out, awkToken{"word", m[5]})
		case m[5] != "":
			out = append(out, awkToken{"name", m[5]})
		case m[6] != "":
			out = append(out, awkToken{"op", m[6]})
		}
	}
	return out, nil
}

func parseAwk(source string) (rules []awkRule, err error) {
	p := &awkParser{}
	if p.toks, err = awkTokens(source); err != nil {
		return nil, err
	}
	defer func() {
		if r := recover(); r != nil {
			if e, ok := r.(error); !ok || !errors.Is(e, errAwk) {
				panic(r)
			}
			rules, err = nil, errAwk
		}
	}()
	for p.skip(); p.at < len(p.toks); p.skip() {
		var r awkRule
		switch {
		case p.take("BEGIN"):
			r.begin = true
		case p.take("END"):
			r.end = true
		case p.peek() != "{":
			r.from = p.expr()
			if p.take(",") {
				r.to = p.expr()
			}
		}
		if p.peek() == "{" {
			r.action = p.block()
		} else {
			r.printRecord = true
		}
		rules = append(rules, r)
	}
	return rules, nil
}

func (p *awkParser) tok() awkToken {
	if p.at < len(p.toks) {
		return p.toks[p.at]
	}
	return awkToken{}
}

// peek is the text of the next operator or word.
func (p *awkParser) peek() string {
	if t := p.tok(); t.kind == "op" || t.kind == "word" {
		return t.text
	}
	return ""
}

func (p *awkParser) take(text string) bool {
	if p.peek() == text {
		p.at++
		return true
	}
	return false
}

func (p *awkParser) need(text string) {
	if !p.take(text) {
		panic(errAwk)
	}
}

// skip passes what separates statements.
func (p *awkParser) skip() {
	for p.peek() == ";" || p.peek() == "\n" {
		p.at++
	}
}

func (p *awkParser) lines() {
	for p.peek() == "\n" {
		p.at++
	}
}

func (p *awkParser) block() []*awkNode {
	p.need("{")
	var out []*awkNode
	for p.skip(); !p.take("}"); p.skip() {
		out = append(out, p.stmt())
	}
	return out
}

func (p *awkParser) body() *awkNode {
	p.lines()
	if p.peek() == "{" {
		return &awkNode{op: "block", kids: p.block()}
	}
	if p.take(";") {
		return &awkNode{op: "block"}
	}
	s := p.stmt()
	if p.peek() == ";" && p.at+1 < len(p.toks) && p.toks[p.at+1].text == "else" {
		p.at++
	}
	return s
}

func (p *awkParser) deeper() {
	if p.depth++; p.depth > 200 {
		panic(errAwk)
	}
}

func (p *awkParser) stmt() *awkNode {
	p.deeper()
	defer func() { p.depth-- }()
	switch p.peek() {
	case "{":
		return &awkNode{op: "block", kids: p.block()}
	case "print", "printf":
		return p.printStmt()
	case "if":
		p.at++
		p.need("(")
		n := &awkNode{op: "if", kids: []*awkNode{p.expr()}}
		p.need(")")
		n.kids = append(n.kids, p.body())
		save := p.at
		if p.skip(); p.take("else") {
			n.kids = append(n.kids, p.body())
		} else {
			p.at = save
		}
		return n
	case "while":
		p.at++
		p.need("(")
		n := &awkNode{op: "while", kids: []*awkNode{p.expr()}}
		p.need(")")
		n.kids = append(n.kids, p.body())
		return n
	case "for":
		return p.forStmt()
	case "next", "exit", "break", "continue":
		n := &awkNode{op: p.peek()}
		p.at++
		if n.op == "exit" && p.peek() != ";" && p.peek() != "}" && p.peek() != "\n" && p.at < len(p.toks) {
			n.kids = append(n.kids, p.expr())
		}
		return n
	case "delete":
		p.at++
		n := &awkNode{op: "delete", text: p.tok().text}
		p.at++
		if p.take("[") {
			n.kids = append(n.kids, p.expr())
			p.need("]")
		}
		return n
	}
	return &awkNode{op: "expr", kids: []*awkNode{p.expr()}}
}

func (p *awkParser) forStmt() *awkNode {
	p.at++
	p.need("(")
	if p.at+2 < len(p.toks) && p.toks[p.at].kind == "name" && p.toks[p.at+1].text == "in" && p.toks[p.at+2].kind == "name" {
		n := &awkNode{op: "forin", text: p.toks[p.at].text, kids: []*awkNode{{op: "var", text: p.toks[p.at+2].text}}}
		p.at += 3
		p.need(")")
		n.kids = append(n.kids, p.body())
		return n
	}
	n := &awkNode{op: "for", kids: make([]*awkNode, 4)}
	if p.peek() != ";" {
		n.kids[0] = p.expr()
	}
	p.need(";")
	if p.peek() != ";" {
		n.kids[1] = p.expr()
	}
	p.need(";")
	if p.peek() != ")" {
		n.kids[2] = p.expr()
	}
	p.need(")")
	n.kids[3] = p.body()
	return n
}

func (p *awkParser) printStmt() *awkNode {
	n := &awkNode{op: p.peek()}
	p.at++
	paren := p.peek() == "("
	p.noIn = true
	for p.at < len(p.toks) && p.peek() != ";" && p.peek() != "}" && p.peek() != "\n" {
		if w := p.peek(); w == ">" || w == ">>" || w == "|" {
			break
		}
		if paren && p.take("(") {
			p.noIn = false
			list := []*awkNode{p.expr()}
			for p.take(",") {
				list = append(list, p.expr())
			}
			p.need(")")
			paren, p.noIn = false, true
			if ends := []string{";", "}", "\n", ">", ">>", "|", ","}; len(list) == 1 && p.at < len(p.toks) && !slices.Contains(ends, p.peek()) {
				list[0] = p.concatFrom(list[0])
			}
			n.kids = append(n.kids, list...)
		} else {
			paren = false
			n.kids = append(n.kids, p.expr())
		}
		if !p.take(",") {
			break
		}
	}
	p.noIn = false
	if w := p.peek(); w == ">" || w == ">>" || w == "|" {
		p.at++
		n.text = w
		n.kids = append(n.kids, p.concat())
	}
	return n
}

// concatFrom goes on with an expression whose first operand was read.
func (p *awkParser) concatFrom(left *awkNode) *awkNode {
	for p.startsOperand() {
		left = &awkNode{op: "cat", kids: []*awkNode{left, p.binary(6)}}
	}
	if op := p.peek(); op == "+" || op == "-" || op == "*" || op == "/" || op == "%" {
		p.at++
		left = &awkNode{op: op, kids: []*awkNode{left, p.binary(6)}}
	}
	return left
}

func (p *awkParser) expr() *awkNode {
	p.deeper()
	defer func() { p.depth-- }()
	left := p.binary(0)
	switch op := p.peek(); op {
	case "?":
		p.at++
		p.lines()
		yes := p.expr()
		p.lines()
		p.need(":")
		p.lines()
		return &awkNode{op: "?", kids: []*awkNode{left, yes, p.expr()}}
	case "=", "+=", "-=", "*=", "/=", "%=", "^=":
		if left.op != "var" && left.op != "$" && left.op != "index" {
			panic(errAwk)
		}
		p.at++
		p.lines()
		return &awkNode{op: "assign", text: strings.TrimSuffix(op, "="), kids: []*awkNode{left, p.expr()}}
	}
	return left
}

var awkLevels = [][]string{{"||"}, {"&&"}, {"in"}, {"~", "!~"}, {"<", "<=", "==", "!=", ">", ">="}, {"cat"}, {"+", "-"}, {"*", "/", "%"}}

func (p *awkParser) binary(level int) *awkNode {
	if level == len(awkLevels) {
		return p.unary()
	}
	if awkLevels[level][0] == "cat" {
		return p.concat()
	}
	left := p.binary(level + 1)
	for {
		op := p.peek()
		found := false
		for _, o := range awkLevels[level] {
			found = found || o == op
		}
		if !found || op == ">" && p.noIn {
			return left
		}
		p.at++
		p.lines()
		if op == "in" {
			left = &awkNode{op: "in", text: p.tok().text, kids: []*awkNode{left}}
			p.at++
			continue
		}
		left = &awkNode{op: op, kids: []*awkNode{left, p.binary(level + 1)}}
	}
}

func (p *awkParser) startsOperand() bool {
	t := p.tok()
	return t.kind == "num" || t.kind == "str" || t.kind == "name" || t.kind == "re" || t.kind == "op" && (t.text == "$" || t.text == "!" || t.text == "(")
}

func (p *awkParser) concat() *awkNode {
	left := p.binary(6)
	for p.startsOperand() {
		left = &awkNode{op: "cat", kids: []*awkNode{left, p.binary(6)}}
	}
	return left
}

func (p *awkParser) unary() *awkNode {
	p.deeper()
	defer func() { p.depth-- }()
	switch op := p.peek(); op {
	case "!", "-", "+":
		p.at++
		return &awkNode{op: "u" + op, kids: []*awkNode{p.unary()}}
	case "++", "--":
		p.at++
		return &awkNode{op: "pre", text: op[:1], kids: []*awkNode{p.unary()}}
	}
	left := p.primary()
	if op := p.peek(); op == "++" || op == "--" {
		p.at++
		left = &awkNode{op: "post", text: op[:1], kids: []*awkNode{left}}
	}
	if p.take("^") {
		return &awkNode{op: "^", kids: []*awkNode{left, p.unary()}}
	}
	return left
}

func (p *awkParser) primary() *awkNode {
	t := p.tok()
	p.at++
	switch {
	case t.kind == "num":
		return &awkNode{op: "num", num: numeric(t.text), text: t.text}
	case t.kind == "str":
		return &awkNode{op: "str", text: t.text}
	case t.kind == "re":
		re, err := regexp.Compile(t.text)
		if err != nil {
			panic(errAwk)
		}
		return &awkNode{op: "re", re: re}
	case t.text == "$" && t.kind == "op":
		if p.peek() == "++" || p.peek() == "--" || p.peek() == "-" {
			return &awkNode{op: "$", kids: []*awkNode{p.unary()}}
		}
		return &awkNode{op: "$", kids: []*awkNode{p.primary()}}
	case t.text == "(" && t.kind == "op":
		save := p.noIn
		p.noIn = false
		n := p.expr()
		p.noIn = save
		p.need(")")
		return &awkNode{op: "group", kids: []*awkNode{n}}
	case t.kind == "word" && t.text == "getline":
		return &awkNode{op: "num", num: 0}
	case t.kind == "name":
		if p.peek() == "(" {
			p.at++
			n := &awkNode{op: "call", text: t.text}
			for !p.take(")") {
				n.kids = append(n.kids, p.expr())
				if !p.take(",") && p.peek() != ")" {
					panic(errAwk)
				}
			}
			return n
		}
		if p.take("[") {
			n := &awkNode{op: "index", text: t.text, kids: []*awkNode{p.expr()}}
			for p.take(",") {
				n.kids = append(n.kids, p.expr())
			}
			p.need("]")
			return n
		}
		if t.text == "length" {
			return &awkNode{op: "call", text: "length"}
		}
		return &awkNode{op: "var", text: t.text}
	}
	panic(errAwk)
}
