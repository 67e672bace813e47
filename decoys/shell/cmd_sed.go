package shell

import (
	"fmt"
	"regexp"
	"strings"
)

// A sedCommand is one command of sed with the lines that it is for.
type sedCommand struct {
	from, to *sedAddress
	negated  bool
	name     byte
	re       *regexp.Regexp
	text     string // of a, i and c; the replacement of s; the sets of y
	global   bool
	print    bool
	nth      int
	file     string
	end      int // of {: where its } is
	inside   bool
}

type sedAddress struct {
	line int // -1 is the last
	re   *regexp.Regexp
	step int
}

func cmdSed(p *proc) int {
	in, suffix := false, ""
	for i, a := range p.args[1:] { // -i takes a value only without a space
		if strings.HasPrefix(a, "-i") || strings.HasPrefix(a, "--in-place") || a == "-ni" || a == "-ri" || a == "-Ei" {
			in = true
			p.args[i+1] = strings.Trim(map[string]string{"-ni": "-n", "-ri": "-r", "-Ei": "-E"}[a], " ")
			if suffix = strings.TrimPrefix(a, "-i"); suffix == a {
				suffix = ""
			}
			if p.args[i+1] == "" {
				p.args[i+1] = "-u"
			}
		}
	}
	o, bad, ok := p.opt("nErsuzbe:f:l: quiet=n silent=n expression=e file=f regexp-extended=E null-data=z", 1)
	if !ok {
		return bad
	}
	rest := o.rest
	script := strings.Join(o.set['e'], "\n")
	if o.has("f") {
		data, err := p.FS.read(&p.user, p.abs(o.get('f')))
		if err != nil {
			return p.errorf(1, "couldn't open file %s: %v", o.get('f'), err)
		}
		script += data
	}
	if !o.has("ef") {
		if len(rest) == 0 {
			if p.small() {
				return p.help(1)
			}
			p.say("Usage: sed [OPTION]... {script-only-if-no-other-script} [input-file]...\n")
			return 1
		}
		script, rest = rest[0], rest[1:]
	}
	commands, err := parseSed(script, o.has("Er"))
	if err != nil {
		return p.errorf(1, p.either("-e expression #1, %v", "%v"), err)
	}
	if !in {
		var all strings.Builder
		status := p.files(rest, "can't read %s: %v", func(_, data string) { all.WriteString(data) })
		p.print(p.sed(commands, all.String(), o.has("n")))
		if status != 0 {
			return 2
		}
		return 0
	}
	return p.files(rest, "can't read %s: %v", func(name, data string) {
		if suffix != "" {
			_ = p.write(p.abs(name)+suffix, data, false) // without room there is no copy
		}
		n, _ := p.lookup(p.abs(name), true)
		if err := p.write(p.abs(name), p.sed(commands, data, o.has("n")), false); err != nil {
			p.errorf(4, "couldn't open temporary file %s: %v", name, err)
			return
		}
		_ = p.FS.change(&p.user, p.abs(name), func(c *node) { c.perm = n.perm }) // it was just written
	})
}

// sed runs commands over text and returns what they print.
func (p *proc) sed(commands []sedCommand, text string, quiet bool) string {
	var out strings.Builder
	list := strings.SplitAfter(text, "\n")
	if list[len(list)-1] == "" {
		list = list[:len(list)-1]
	}
	hold := ""
	for i := range commands {
		commands[i].inside = false
	}
	for i := 0; i < len(list) && out.Len() < maxOutput; i++ {
		line, ended := strings.CutSuffix(list[i], "\n")
		newline := map[bool]string{true: "\n", false: ""}[ended]
		var after strings.Builder
		deleted, quit, replaced := false, false, false
		for c := 0; c < len(commands) && !deleted && !quit; c++ {
			cmd := &commands[c]
			if !cmd.applies(i+1, len(list), line) {
				if cmd.name == '{' {
					c = cmd.end
				}
				continue
			}
			switch cmd.name {
			case 'd', 'D':
				deleted = true
			case 'p', 'P':
				out.WriteString(line + "\n")
			case 'q', 'Q':
				quit, deleted = true, cmd.name == 'Q'
			case '=':
				fmt.Fprintf(&out, "%d\n", i+1)
			case 'a':
				after.WriteString(cmd.text + "\n")
			case 'i':
				out.WriteString(cmd.text + "\n")
			case 'c':
				if cmd.to == nil || !cmd.inside {
					out.WriteString(cmd.text + "\n")
				}
				deleted = true
			case 'y':
				line = strings.Map(func(r rune) rune {
					from, to, _ := strings.Cut(cmd.text, "\x00")
					if k := strings.IndexRune(from, r); k >= 0 && k < len(to) {
						return rune(to[k])
					}
					return r
				}, line)
			case 's':
				if s, ok := cmd.replace(line); ok {
					line, replaced = s, true
					if cmd.print {
						out.WriteString(line + "\n")
					}
					if cmd.file != "" {
						_ = p.write(p.abs(cmd.file), line+"\n", true) // without room, it is lost
					}
				}
			case 'n', 'N':
				if i+1 >= len(list) {
					continue
				}
				if i++; cmd.name == 'n' {
					if !quiet {
						out.WriteString(line + "\n")
					}
					line = ""
				} else {
					line += "\n"
				}
				next, e := strings.CutSuffix(list[i], "\n")
				line += next
				newline = map[bool]string{true: "\n", false: ""}[e]
			case 'h':
				hold = line
			case 'H':
				hold += "\n" + line
			case 'g':
				line = hold
			case 'G':
				line += "\n" + hold
			case 'x':
				line, hold = hold, line
			case 't', 'b':
				if cmd.name == 'b' || replaced {
					c = len(commands)
				}
			case 'r':
				data, _ := p.FS.read(&p.user, p.abs(cmd.file))
				after.WriteString(data)
			case 'w':
				_ = p.write(p.abs(cmd.file), line+"\n", true) // without room, it is lost
			}
			if len(line)+len(hold) > maxOutput {
				return out.String()
			}
		}
		if !deleted && !quiet {
			out.WriteString(line + newline)
		}
		out.WriteString(after.String())
		if quit {
			break
		}
	}
	return out.String()
}
