package shell

import (
	"fmt"
	"math"
	"math/rand/v2"
	"regexp"
	"strconv"
	"strings"
	"time"
)

func (a *awk) call(n *awkNode) string {
	arg := func(i int) string {
		if i < len(n.kids) {
			return a.eval(n.kids[i])
		}
		return ""
	}
	pattern := func(i int) *regexp.Regexp {
		if i < len(n.kids) && n.kids[i].re != nil {
			return n.kids[i].re
		}
		return a.regexp(arg(i))
	}
	switch n.text {
	case "length":
		if len(n.kids) == 0 {
			return strconv.Itoa(len(a.record))
		}
		if arr, ok := a.arrays[n.kids[0].text]; ok && n.kids[0].op == "var" {
			return strconv.Itoa(len(arr))
		}
		return strconv.Itoa(len([]rune(arg(0))))
	case "substr":
		s := []rune(arg(0))
		from := int(math.Round(numeric(arg(1)))) - 1
		to := len(s)
		if len(n.kids) > 2 {
			to = from + int(math.Round(min(numeric(arg(2)), 1e9)))
		}
		from, to = max(from, 0), min(max(to, 0), len(s))
		if from >= to {
			return ""
		}
		return string(s[from:to])
	case "index":
		return strconv.Itoa(strings.Index(arg(0), arg(1)) + 1)
	case "tolower":
		return strings.ToLower(arg(0))
	case "toupper":
		return strings.ToUpper(arg(0))
	case "int":
		return awkText(math.Trunc(numeric(arg(0))))
	case "sqrt":
		return awkText(math.Sqrt(math.Abs(numeric(arg(0)))))
	case "log":
		return awkText(math.Log(math.Abs(numeric(arg(0))) + 1e-300))
	case "exp":
		return awkText(math.Exp(min(numeric(arg(0)), 700)))
	case "sin":
		return awkText(math.Sin(numeric(arg(0))))
	case "cos":
		return awkText(math.Cos(numeric(arg(0))))
	case "rand":
		return awkText(rand.Float64())
	case "srand", "systime":
		return strconv.FormatInt(time.Now().Unix(), 10)
	case "strftime":
		return strftime(arg(0), time.Now().UTC())
	case "sprintf":
		var rest []string
		for i := 1; i < len(n.kids); i++ {
			rest = append(rest, arg(i))
		}
		return formatAll(arg(0), rest)
	case "split":
		if len(n.kids) < 2 {
			return "0"
		}
		fs := a.vars["FS"]
		if len(n.kids) > 2 {
			if fs = arg(2); n.kids[2].re != nil {
				fs = n.kids[2].re.String()
			}
		}
		parts := a.splitBy(arg(0), fs)
		arr := map[string]string{}
		for i, part := range parts {
			a.memory += len(part) + 32
			arr[strconv.Itoa(i+1)] = part
		}
		a.arrays[n.kids[1].text] = arr
		return strconv.Itoa(len(parts))
	case "match":
		m := pattern(1).FindStringIndex(arg(0))
		if m == nil {
			a.set("RSTART", "0")
			a.set("RLENGTH", "-1")
			return "0"
		}
		a.set("RSTART", strconv.Itoa(m[0]+1))
		a.set("RLENGTH", strconv.Itoa(m[1]-m[0]))
		return strconv.Itoa(m[0] + 1)
	case "sub", "gsub":
		target := &awkNode{op: "$", kids: []*awkNode{{op: "num"}}}
		if len(n.kids) > 2 {
			target = n.kids[2]
		}
		old := a.eval(target)
		c := sedCommand{re: pattern(0), text: strings.ReplaceAll(arg(1), `\\&`, `\&`), global: n.text == "gsub"}
		s, ok := c.replace(old)
		if ok {
			a.store(target, s)
		}
		if n.text == "gsub" {
			return strconv.Itoa(len(c.re.FindAllStringIndex(old, 10000)))
		}
		return strconv.Itoa(flag(ok))
	case "system":
		return strconv.Itoa(a.source(a.proc, arg(0), nil, "sh", a.System.distro.sh))
	case "close", "fflush":
		return "0"
	}
	a.stop, a.status = "exit", a.errorf(2, "function %s not defined", n.text)
	return ""
}

// formatAll is sprintf.
func formatAll(format string, args []string) string {
	out := conversion.ReplaceAllStringFunc(format, func(c string) string {
		if c[len(c)-1] == '%' {
			return "%"
		}
		arg := ""
		if len(args) > 0 {
			arg, args = args[0], args[1:]
		}
		if c[len(c)-1] == 'c' {
			if n, err := strconv.Atoi(arg); err == nil {
				arg = fmt.Sprintf("%c", rune(n&0x10ffff))
			}
		}
		return convert(c, arg)
	})
	return out[:min(len(out), maxOutput)]
}
