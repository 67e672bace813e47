package shell

import (
	"errors"
	"regexp"
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
