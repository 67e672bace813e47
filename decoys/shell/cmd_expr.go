package shell

import (
	"slices"
	"strconv"
	"strings"
)

// cmdExpr is expr.
func cmdExpr(p *proc) int {
	args := p.args[1:]
	switch {
	case len(args) == 0:
		return p.missing("missing operand")
	case len(args) == 2 && args[0] == "length":
		p.printf("%d\n", len(args[1]))
		return truth(args[1] != "")
	case len(args) == 4 && args[0] == "substr":
		s, from, n := args[1], number(args[2]), number(args[3])
		from = min(max(from-1, 0), len(s))
		p.print(s[from:min(len(s), from+max(0, n))] + "\n")
		return 0
	case len(args) == 3 && args[0] == "index":
		p.printf("%d\n", strings.IndexAny(args[1], args[2])+1)
		return 0
	case len(args) == 3 && (args[1] == ":" || args[0] == "match"):
		text, pattern := args[0], args[2]
		if args[0] == "match" {
			text = args[1]
		}
		re, err := compileSmall("^(?:" + basicRegexp(pattern) + ")")
		if err != nil {
			return p.errorf(2, "Invalid regular expression")
		}
		m := re.FindStringSubmatch(text)
		switch {
		case len(m) > 1:
			p.print(m[1] + "\n")
			return truth(m[1] != "")
		case m != nil:
			p.printf("%d\n", len(m[0]))
			return 0
		}
		p.print("0\n")
		return 1
	}
	value, ok := exprValue(args)
	if !ok {
		return p.errorf(2, "syntax error: unexpected argument ‘%s’", args[len(args)-1])
	}
	if strings.HasPrefix(value, "\x00") {
		return p.errorf(2, "%s", value[1:])
	}
	p.print(value + "\n")
	return truth(value != "0" && value != "")
}

// exprValue evaluates by precedence, the weakest first.
func exprValue(args []string) (string, bool) {
	if len(args) == 1 {
		return args[0], true
	}
	for _, level := range [][]string{{"|"}, {"&"}, {"<", "<=", "=", "==", "!=", ">=", ">"}, {"+", "-"}, {"*", "/", "%"}} {
		depth := 0
		for i := len(args) - 1; i > 0; i-- {
			switch args[i] {
			case ")":
				depth++
			case "(":
				depth--
			}
			if depth == 0 && i < len(args)-1 && slices.Contains(level, args[i]) {
				a, ok := exprValue(args[:i])
				b, ok2 := exprValue(args[i+1:])
				if !ok || !ok2 {
					return "", false
				}
				return exprOp(args[i], a, b), true
			}
		}
	}
	if len(args) > 2 && args[0] == "(" && args[len(args)-1] == ")" {
		return exprValue(args[1 : len(args)-1])
	}
	return "", false
}

func exprOp(op, a, b string) string {
	x, err := strconv.Atoi(a)
	y, err2 := strconv.Atoi(b)
	numbers := err == nil && err2 == nil
	switch op {
	case "|":
		if a != "" && a != "0" {
			return a
		}
		return b
	case "&":
		if a != "" && a != "0" && b != "" && b != "0" {
			return a
		}
		return "0"
	case "+", "-", "*", "/", "%":
		if !numbers {
			return "\x00non-integer argument"
		}
		if y == 0 && (op == "/" || op == "%") {
			return "\x00division by zero"
		}
		switch op {
		case "+":
			return strconv.Itoa(x + y)
		case "-":
			return strconv.Itoa(x - y)
		case "*":
			return strconv.Itoa(x * y)
		case "/":
			return strconv.Itoa(x / y)
		}
		return strconv.Itoa(x % y)
	}
	c := strings.Compare(a, b)
	if numbers {
		c = x - y
	}
	return strconv.Itoa(flag(map[string]bool{"<": c < 0, "<=": c <= 0, "=": c == 0, "==": c == 0, "!=": c != 0, ">=": c >= 0, ">": c > 0}[op]))
}
