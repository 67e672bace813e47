package shell

import (
	"maps"
	"math"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

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
