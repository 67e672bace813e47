package shell

import (
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// awk is one awk program that runs. Values are strings; what looks like a number
// compares as one.
type awk struct {
	*proc
	vars    map[string]string
	arrays  map[string]map[string]string
	record  string
	fields  []string
	steps   int
	stop    string // what ends the program, rule or loop early
	status  int
	written map[string]bool
	memory  int
	regexps map[string]*regexp.Regexp
}

const (
	// maxAwkSteps and maxAwkMemory bound one program, in nodes that are evaluated and
	// bytes of variables.
	maxAwkSteps  = 3_000_000
	maxAwkMemory = 4 << 20
)

func cmdAwk(p *proc) int {
	o, bad, ok := p.opt("F:v:f:W:e: field-separator=F assign=v file=f", 2)
	if !ok {
		return bad
	}
	rest := o.rest
	source := o.get('e')
	if o.has("f") {
		data, err := p.FS.read(&p.user, p.abs(o.get('f')))
		if err != nil {
			return p.errorf(2, "can't open file %s", o.get('f'))
		}
		source = data
	} else if source == "" {
		if len(rest) == 0 {
			if p.small() {
				return p.help(1)
			}
			p.say("Usage: awk [options] -f program-file [--] file ...\nusage: awk [options] 'program' [--] file ...\n")
			return 2
		}
		source, rest = rest[0], rest[1:]
	}
	rules, err := parseAwk(source)
	if err != nil {
		if p.small() {
			return p.errorf(1, "cmd. line:1: Unexpected token")
		}
		if p.System.distro.family == "debian" {
			return p.errorf(2, "line 1: syntax error at or near %.10s", source)
		}
		p.errorf(1, "cmd. line:1: %s", source)
		return p.errorf(1, "cmd. line:1: %s^ syntax error", strings.Repeat(" ", min(len(source)/2, 40)))
	}
	a := &awk{
		proc: p, arrays: map[string]map[string]string{"ENVIRON": p.environ()}, written: map[string]bool{}, regexps: map[string]*regexp.Regexp{},
		vars: map[string]string{"FS": " ", "OFS": " ", "ORS": "\n", "RS": "\n", "SUBSEP": "\x1c", "NR": "0", "FNR": "0", "OFMT": "%.6g", "CONVFMT": "%.6g"},
	}
	if o.has("F") {
		a.vars["FS"] = unescape(o.get('F'))
		if o.get('F') == "t" {
			a.vars["FS"] = "\t"
		}
	}
	for _, v := range o.set['v'] {
		name, value, _ := strings.Cut(v, "=")
		a.vars[name] = unescape(value)
	}
	status := a.run(rules, rest)
	p.steps += a.steps / 1000
	return status
}

func (a *awk) run(rules []awkRule, names []string) int {
	reads := false
	for i := range rules {
		if rules[i].begin {
			a.stmts(rules[i].action)
		} else {
			reads = true
		}
	}
	status := 0
	if reads && a.stop != "exit" {
		files := names[:0:0]
		for _, n := range names {
			if name, value, ok := strings.Cut(n, "="); ok && isName(name) {
				a.vars[name] = unescape(value)
				continue
			}
			files = append(files, n)
		}
		nr := 0
		status = a.files(files, "cannot open \"%s\" (%v)", func(name, data string) {
			a.vars["FILENAME"] = strings.TrimPrefix(name, "-")
			list := lines(data)
			if rs := a.vars["RS"]; rs == "" {
				list = strings.Split(strings.Trim(data, "\n"), "\n\n")
			} else if rs != "\n" {
				list = strings.Split(strings.TrimSuffix(data, "\n"), rs)
			}
			for i, line := range list {
				if a.stop == "exit" || a.over() {
					return
				}
				nr++
				a.vars["NR"], a.vars["FNR"] = strconv.Itoa(nr), strconv.Itoa(i+1)
				a.setRecord(line)
				a.rules(rules)
			}
		})
	}
	exited := a.stop == "exit"
	a.stop = ""
	if !exited {
		for i := range rules {
			if rules[i].end && a.stop != "exit" {
				a.stmts(rules[i].action)
			}
		}
	}
	if status != 0 {
		return 2
	}
	return a.status
}

func (a *awk) over() bool {
	return a.steps > maxAwkSteps || a.memory > maxAwkMemory || a.ctx.Err() != nil
}

func (a *awk) rules(rules []awkRule) {
	for i := range rules {
		r := &rules[i]
		if r.begin || r.end {
			continue
		}
		hit := r.from == nil
		switch {
		case r.to != nil && r.inside:
			hit = true
			r.inside = !truthy(a.eval(r.to))
		case r.to != nil:
			hit = truthy(a.eval(r.from))
			r.inside = hit && !truthy(a.eval(r.to))
		case r.from != nil:
			hit = truthy(a.eval(r.from))
		}
		if !hit {
			continue
		}
		if r.printRecord {
			a.print(a.record + a.vars["ORS"])
			continue
		}
		a.stmts(r.action)
		if a.stop == "next" {
			a.stop = ""
			return
		}
		if a.stop != "" {
			return
		}
	}
}

func (a *awk) setRecord(line string) {
	a.record, a.fields = line, a.splitBy(line, a.vars["FS"])
	a.vars["NF"] = strconv.Itoa(len(a.fields))
}

func (a *awk) splitBy(s, fs string) []string {
	switch {
	case fs == " ":
		return strings.Fields(s)
	case s == "":
		return nil
	case len(fs) == 1 && fs != "|" || fs == `\|`:
		return strings.Split(s, fs[len(fs)-1:])
	case fs == "|":
		return strings.Split(s, fs)
	case fs == "":
		return strings.Split(s, "")
	}
	if re := a.regexp(fs); re != nil {
		return re.Split(s, -1)
	}
	return []string{s}
}

func (a *awk) regexp(source string) *regexp.Regexp {
	if re, ok := a.regexps[source]; ok {
		return re
	}
	re, err := regexp.Compile(source)
	if err != nil {
		re = regexp.MustCompile(regexp.QuoteMeta(source))
	}
	if len(a.regexps) < 100 {
		a.regexps[source] = re
	}
	return re
}

func truthy(s string) bool {
	if f, err := strconv.ParseFloat(s, 64); err == nil {
		return f != 0
	}
	return s != ""
}

func (a *awk) stmts(list []*awkNode) {
	for _, n := range list {
		if a.stop != "" || a.over() {
			return
		}
		a.stmt(n)
	}
}

func (a *awk) stmt(n *awkNode) {
	a.steps++
	loop := func(body *awkNode) bool {
		a.stmt(body)
		if a.stop == "break" {
			a.stop = ""
			return false
		}
		if a.stop == "continue" {
			a.stop = ""
		}
		return a.stop == "" && !a.over()
	}
	switch n.op {
	case "block":
		a.stmts(n.kids)
	case "expr":
		a.eval(n.kids[0])
	case "print", "printf":
		a.output(n)
	case "if":
		if truthy(a.eval(n.kids[0])) {
			a.stmt(n.kids[1])
		} else if len(n.kids) > 2 {
			a.stmt(n.kids[2])
		}
	case "while":
		for truthy(a.eval(n.kids[0])) && loop(n.kids[1]) {
			a.steps++
		}
	case "for":
		if n.kids[0] != nil {
			a.eval(n.kids[0])
		}
		for (n.kids[1] == nil || truthy(a.eval(n.kids[1]))) && loop(n.kids[3]) {
			if a.steps++; n.kids[2] != nil {
				a.eval(n.kids[2])
			}
		}
	case "forin":
		for _, key := range slices.Sorted(maps.Keys(a.arrays[n.kids[0].text])) {
			if a.set(n.text, key); !loop(n.kids[1]) {
				break
			}
		}
	case "delete":
		if len(n.kids) == 0 {
			delete(a.arrays, n.text)
		} else {
			delete(a.arrays[n.text], a.eval(n.kids[0]))
		}
	case "exit":
		if len(n.kids) > 0 {
			a.status = int(numeric(a.eval(n.kids[0]))) & 255
		}
		a.stop = "exit"
	default:
		a.stop = n.op
	}
}

func (a *awk) output(n *awkNode) {
	kids, target := n.kids, ""
	if n.text != "" {
		target = a.eval(kids[len(kids)-1])
		kids = kids[:len(kids)-1]
	}
	values := make([]string, len(kids))
	for i, k := range kids {
		values[i] = a.eval(k)
	}
	text := ""
	switch {
	case n.op == "printf" && len(values) > 0:
		text = formatAll(values[0], values[1:])
	case len(values) == 0:
		text = a.record + a.vars["ORS"]
	default:
		text = strings.Join(values, a.vars["OFS"]) + a.vars["ORS"]
	}
	switch {
	case n.text == "|":
		a.pipeTo(target, text)
	case n.text == "" || target == "/dev/stdout":
		a.print(text)
	case target == "/dev/stderr":
		a.say("%s", text)
	default:
		_ = a.write(a.abs(target), text, n.text == ">>" || a.written[target]) // without room, it is lost
		a.written[target] = true
	}
}

// pipeTo hands text to a command line.
func (a *awk) pipeTo(command, text string) {
	run := *a.proc
	run.In = strings.NewReader(text)
	a.source(&run, command, nil, "sh", a.System.distro.sh)
}

func (a *awk) set(name, value string) {
	a.memory += len(value) - len(a.vars[name])
	if a.memory > maxAwkMemory || len(a.vars) > 2000 {
		a.memory = maxAwkMemory + 1
		return
	}
	a.vars[name] = value
	if name == "NF" {
		n := min(max(0, int(numeric(value))), 10000)
		for len(a.fields) < n {
			a.fields = append(a.fields, "")
		}
		a.fields = a.fields[:n]
		a.record = strings.Join(a.fields, a.vars["OFS"])
	}
}

func (a *awk) key(n *awkNode) string {
	keys := make([]string, len(n.kids))
	for i, k := range n.kids {
		keys[i] = a.eval(k)
	}
	return strings.Join(keys, a.vars["SUBSEP"])
}

// store assigns to a variable, field or element.
func (a *awk) store(n *awkNode, value string) {
	switch n.op {
	case "group":
		a.store(n.kids[0], value)
	case "var":
		a.set(n.text, value)
	case "index":
		key := a.key(n)
		if a.arrays[n.text] == nil {
			a.arrays[n.text] = map[string]string{}
		}
		a.memory += len(key) + len(value) + 32
		if a.memory < maxAwkMemory {
			a.arrays[n.text][key] = value
		}
	case "$":
		i := int(numeric(a.eval(n.kids[0])))
		if i == 0 {
			a.setRecord(value)
			return
		}
		if i < 0 || i > 10000 || len(a.record)+len(value) > maxOutput {
			return
		}
		for len(a.fields) < i {
			a.fields = append(a.fields, "")
		}
		a.fields[i-1] = value
		a.vars["NF"] = strconv.Itoa(len(a.fields))
		a.record = strings.Join(a.fields, a.vars["OFS"])
	}
}

// text is a number as awk prints it.
func awkText(f float64) string {
	if f == math.Trunc(f) && math.Abs(f) < 1e16 {
		return strconv.FormatInt(int64(f), 10)
	}
	return strconv.FormatFloat(f, 'g', 6, 64)
}

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
