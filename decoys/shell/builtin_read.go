package shell

import (
	"path"
	"slices"
	"strconv"
	"strings"
)

func cmdRead(p *proc) int {
	var names []string
	array, prompt, raw, count, delimiter := "", "", false, 0, byte('\n')
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		if len(a) < 2 || a[0] != '-' {
			names = append(names, a)
			continue
		}
		for j := 1; j < len(a); j++ {
			c := a[j]
			if strings.IndexByte("panNtdiu", c) < 0 {
				raw = raw || c == 'r'
				continue
			}
			value := a[j+1:]
			if value == "" && i+1 < len(p.args) {
				i++
				value = p.args[i]
			}
			switch c {
			case 'p':
				prompt = value
			case 'a':
				array = value
			case 'n', 'N':
				count = number(value)
			case 'd':
				delimiter = 0
				if value != "" {
					delimiter = value[0]
				}
			}
			break
		}
	}
	if prompt != "" && p.tty != "" {
		p.say("%s", prompt)
	}
	text, ended := p.readText(raw, count, delimiter)
	if len(names) == 0 && array == "" {
		p.set("REPLY", text)
		return truth(ended)
	}
	fields := slices.DeleteFunc(p.split(strings.Trim(text, " \t\n")), func(s string) bool { return s == "" && p.vars["IFS"] == "" })
	if array != "" {
		a := newArray(false)
		for i, f := range fields {
			a.put(strconv.Itoa(i), f)
		}
		if len(p.arrays) < maxVars {
			p.arrays[array] = a
		}
		return truth(ended)
	}
	rest := strings.Trim(text, " \t\n")
	if v, ok := p.vars["IFS"]; ok && v == "" {
		rest, fields = text, []string{text}
	}
	for i, name := range names {
		switch {
		case i >= len(fields):
			p.set(name, "")
		case i == len(names)-1:
			p.set(name, rest)
		default:
			p.set(name, fields[i])
			rest = strings.TrimLeft(strings.TrimPrefix(rest, fields[i]), p.ifs())
		}
	}
	return truth(ended)
}

func (s *Shell) ifs() string {
	if v, ok := s.vars["IFS"]; ok {
		return v
	}
	return " \t\n"
}

// readText reads up to a delimiter or so many bytes. ended is false at the end of
// the input.
func (p *proc) readText(raw bool, count int, delimiter byte) (text string, ended bool) {
	var b strings.Builder
	var c [1]byte
	for b.Len() < maxValue && (count == 0 || b.Len() < count) {
		n, err := p.In.Read(c[:])
		if n == 0 && err != nil {
			return b.String(), false
		}
		if n == 0 {
			continue
		}
		if c[0] == '\\' && !raw {
			if n, _ := p.In.Read(c[:]); n > 0 && c[0] != '\n' {
				b.WriteByte(c[0])
			}
			continue
		}
		if c[0] == delimiter {
			return b.String(), true
		}
		b.WriteByte(c[0])
	}
	return b.String(), true
}

// cmdMapfile is mapfile and readarray.
func cmdMapfile(p *proc) int {
	name, trim := "MAPFILE", false
	for _, a := range p.args[1:] {
		if strings.HasPrefix(a, "-") {
			trim = trim || strings.Contains(a, "t")
		} else {
			name = a
		}
	}
	a := newArray(false)
	for i, line := range lines(input(p.In)) {
		if !trim {
			line += "\n"
		}
		a.put(strconv.Itoa(i), line)
	}
	if len(p.arrays) < maxVars {
		delete(p.vars, name)
		p.arrays[name] = a
	}
	return 0
}

func cmdHistory(p *proc) int {
	if len(p.args) > 1 {
		switch p.args[1] {
		case "-c":
			p.history = nil
			return 0
		case "-d":
			if i := number(strings.Join(p.args[2:], "")); i > 0 && i <= len(p.history) {
				p.history = slices.Delete(p.history, i-1, i)
			}
			return 0
		case "-w", "-a":
			_ = p.write(path.Join(p.user.home, ".bash_history"), strings.Join(p.history, "\n")+"\n", p.args[1] == "-a") // without room, it is lost
			return 0
		case "-r", "-n", "-s", "-p":
			return 0
		}
	}
	from := 0
	if len(p.args) > 1 {
		from = max(0, len(p.history)-number(p.args[1]))
	}
	for i, line := range p.history[from:] {
		if p.dialect == ash {
			p.printf("%4d %s\n", from+i, line)
		} else {
			p.printf("%5d  %s\n", from+i+1, line)
		}
	}
	return 0
}
