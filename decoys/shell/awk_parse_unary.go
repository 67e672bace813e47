package shell

import (
	"regexp"
)

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
