package shell

import (
	"context"
	"fmt"
	"io"
	"strings"
)

// A proc is one command that runs: its shell, streams and arguments.
type proc struct {
	*Shell
	Streams
	ctx  context.Context //nolint:containedctx // the lifetime of the command
	args []string
	// asApplet is set for what BusyBox runs on a machine that has other commands too.
	asApplet bool
}

// command is a builtin or a program; it returns its exit status.
type command func(*proc) int

func (p *proc) printf(format string, args ...any) { _, _ = fmt.Fprintf(p.Out, format, args...) }

func (p *proc) print(text string) { _, _ = io.WriteString(p.Out, text) }

// say writes to standard error.
func (p *proc) say(format string, args ...any) { _, _ = fmt.Fprintf(p.Err, format, args...) }

// small reports that the command is BusyBox's.
func (p *proc) small() bool { return p.asApplet || p.System.busybox() }

// words chooses between what the GNU programs and BusyBox say.
func (p *proc) either(gnu, busybox string) string {
	if p.small() {
		return busybox
	}
	return gnu
}

// errorf says something on standard error in the name of the program, and
// returns status for it.
func (p *proc) errorf(status int, format string, args ...any) int {
	p.say(p.args[0]+": "+format+"\n", args...)
	return status
}

// missing is what coreutils say of arguments that are not right.
func (p *proc) missing(what string) int {
	if p.small() {
		return p.help(1)
	}
	p.errorf(1, "%s", what)
	return p.try(1)
}

func (p *proc) try(status int) int {
	p.say("Try '%s --help' for more information.\n", p.args[0])
	return status
}

// help is how BusyBox explains a command.
func (p *proc) help(status int) int {
	p.say("%s\n\nUsage: %s\n", p.System.busyboxBanner(), appletUsage(p.args[0]))
	return status
}

// An opts is the options of a command: the values of each, by its letter, and what
// is left.
type opts struct {
	set  map[byte][]string
	rest []string
}

func (o *opts) has(letters string) bool {
	for i := range len(letters) {
		if _, ok := o.set[letters[i]]; ok {
			return true
		}
	}
	return false
}

// get is the last value of an option.
func (o *opts) get(letter byte) string {
	if v := o.set[letter]; len(v) > 0 {
		return v[len(v)-1]
	}
	return ""
}

func (o *opts) add(letter byte, value string) { o.set[letter] = append(o.set[letter], value) }

// maxArguments bounds the values of options that count.
const maxArguments = 1000

// opt reads the options that spec lists: letters, those with a value followed by a
// colon, then long names with the letter that each stands for, such as
// "ln: lines=n". An option that is not among them is said to be unknown, and ok is
// false; status is what the command then ends with.
func (p *proc) opt(spec string, status int) (o *opts, bad int, ok bool) {
	fields := strings.Fields(spec)
	letters := fields[0]
	long := map[string]byte{}
	for _, f := range fields[1:] {
		name, letter, _ := strings.Cut(f, "=")
		long[name] = letter[0]
	}
	o = &opts{set: map[byte][]string{}}
	takes := func(c byte) bool {
		i := strings.IndexByte(letters, c)
		return i >= 0 && i+1 < len(letters) && letters[i+1] == ':'
	}
	args := p.args[1:]
	for i := 0; i < len(args) && i < maxArguments; i++ {
		a := args[i]
		switch {
		case a == "--":
			o.rest = append(o.rest, args[i+1:]...)
			return o, 0, true
		case strings.HasPrefix(a, "--"):
			name, value, given := strings.Cut(a[2:], "=")
			c, known := long[name]
			if !known {
				for full, letter := range long { // it may be shortened
					if name != "" && strings.HasPrefix(full, name) {
						c, known = letter, true
					}
				}
			}
			switch {
			case name == "help" && !known:
				return o, p.helpText(), false
			case name == "version" && !known:
				return o, p.version(), false
			case !known:
				p.errorf(status, "unrecognized option '%s'", a)
				return o, p.afterBad(status), false
			}
			if takes(c) && !given && i+1 < len(args) {
				i++
				value = args[i]
			}
			o.add(c, value)
		case len(a) > 1 && a[0] == '-':
			for j := 1; j < len(a); j++ {
				c := a[j]
				if takes(c) {
					value := a[j+1:]
					if value == "" {
						if i+1 >= len(args) {
							p.errorf(status, "option requires an argument -- '%c'", c)
							return o, p.afterBad(status), false
						}
						i++
						value = args[i]
					}
					o.add(c, value)
					break
				}
				if strings.IndexByte(letters, c) < 0 || c == ':' {
					p.errorf(status, "invalid option -- '%c'", c)
					return o, p.afterBad(status), false
				}
				o.add(c, "")
			}
		default:
			o.rest = append(o.rest, a)
		}
	}
	return o, 0, true
}

func (p *proc) afterBad(status int) int {
	if p.small() {
		return p.help(1)
	}
	return p.try(status)
}

func (p *proc) helpText() int {
	if p.small() {
		return p.help(0)
	}
	p.printf("Usage: %s [OPTION]... [FILE]...\n\n      --help        display this help and exit\n      --version     output version information and exit\n", p.args[0])
	return 0
}

func (p *proc) version() int {
	if p.small() {
		p.errorf(1, "unrecognized option '--version'")
		return p.help(1)
	}
	d := p.System.distro
	year := map[string]string{"9.1": "2022", "8.32": "2020", "8.30": "2018", "9.4": "2023", "9.3": "2023", "8.22": "2013", "9.5": "2024"}[d.coreutils]
	p.printf("%s (GNU coreutils) %s\nCopyright (C) %s Free Software Foundation, Inc.\n"+
		"License GPLv3+: GNU GPL version 3 or later <https://gnu.org/licenses/gpl.html>.\n"+
		"This is free software: you are free to change and redistribute it.\nThere is NO WARRANTY, to the extent permitted by law.\n", p.args[0], d.coreutils, year)
	return 0
}
