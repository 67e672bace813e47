package shell

import (
	"slices"
	"strings"
)

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
