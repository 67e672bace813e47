package shell

import (
	"math"
	"strconv"
	"strings"
)

func (a *awk) eval(n *awkNode) string {
	if a.steps++; a.over() {
		return ""
	}
	num := func(i int) float64 { return numeric(a.eval(n.kids[i])) }
	yes := func(ok bool) string { return strconv.Itoa(flag(ok)) }
	switch n.op {
	case "num":
		return awkText(n.num)
	case "str":
		return n.text
	case "re":
		return yes(n.re.MatchString(a.record))
	case "var":
		return a.vars[n.text]
	case "group":
		return a.eval(n.kids[0])
	case "index":
		return a.arrays[n.text][a.key(n)]
	case "in":
		_, ok := a.arrays[n.text][a.eval(n.kids[0])]
		return yes(ok)
	case "$":
		i := int(num(0))
		switch {
		case i == 0:
			return a.record
		case i > 0 && i <= len(a.fields):
			return a.fields[i-1]
		}
		return ""
	case "assign":
		value := a.eval(n.kids[1])
		if n.text != "" {
			value = awkText(arithmetic(n.text, numeric(a.eval(n.kids[0])), numeric(value)))
		}
		a.store(n.kids[0], value)
		return value
	case "pre", "post":
		old := num(0)
		value := old + map[string]float64{"+": 1, "-": -1}[n.text]
		a.store(n.kids[0], awkText(value))
		if n.op == "post" {
			return awkText(old)
		}
		return awkText(value)
	case "?":
		if truthy(a.eval(n.kids[0])) {
			return a.eval(n.kids[1])
		}
		return a.eval(n.kids[2])
	case "||":
		return yes(truthy(a.eval(n.kids[0])) || truthy(a.eval(n.kids[1])))
	case "&&":
		return yes(truthy(a.eval(n.kids[0])) && truthy(a.eval(n.kids[1])))
	case "u!":
		return yes(!truthy(a.eval(n.kids[0])))
	case "u-":
		return awkText(-num(0))
	case "u+":
		return awkText(num(0))
	case "cat":
		s := a.eval(n.kids[0]) + a.eval(n.kids[1])
		a.steps += len(s) / 16 // copying is work, too
		return s[:min(len(s), maxOutput)]
	case "~", "!~":
		re := n.kids[1].re
		left := a.eval(n.kids[0])
		if re == nil {
			re = a.regexp(a.eval(n.kids[1]))
		}
		return yes(re.MatchString(left) == (n.op == "~"))
	case "<", "<=", "==", "!=", ">", ">=":
		return yes(awkCompare(n.op, a.eval(n.kids[0]), a.eval(n.kids[1])))
	case "call":
		return a.call(n)
	}
	return awkText(arithmetic(n.op, num(0), num(1)))
}

func awkCompare(op, x, y string) bool {
	f, err := strconv.ParseFloat(strings.TrimSpace(x), 64)
	g, err2 := strconv.ParseFloat(strings.TrimSpace(y), 64)
	c := strings.Compare(x, y)
	if (err == nil || x == "") && (err2 == nil || y == "") {
		c = map[bool]int{true: -1, false: 1}[f < g]
		if f == g {
			c = 0
		}
	}
	switch op {
	case "<":
		return c < 0
	case "<=":
		return c <= 0
	case ">":
		return c > 0
	case ">=":
		return c >= 0
	case "!=":
		return c != 0
	}
	return c == 0
}

func arithmetic(op string, x, y float64) float64 {
	switch op {
	case "+":
		return x + y
	case "-":
		return x - y
	case "*":
		return x * y
	case "/":
		if y == 0 {
			return 0
		}
		return x / y
	case "%":
		if y == 0 {
			return 0
		}
		return math.Mod(x, y)
	case "^":
		return math.Pow(x, y)
	}
	return 0
}
