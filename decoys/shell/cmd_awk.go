package shell

import (
	"regexp"
	"strconv"
	"strings"
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
