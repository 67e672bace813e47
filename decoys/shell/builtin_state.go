package shell

import (
	"maps"
	"slices"
	"strconv"
	"strings"
)

func cmdTrap(p *proc) int {
	args := p.args[1:]
	if len(args) > 0 && args[0] == "--" {
		args = args[1:]
	}
	switch {
	case len(args) == 0 || args[0] == "-p":
		for _, name := range slices.Sorted(maps.Keys(p.traps)) {
			p.printf("trap -- %s %s\n", quoteWord(p.traps[name]), name)
		}
		return 0
	case args[0] == "-l":
		p.print(" 1) SIGHUP\t 2) SIGINT\t 3) SIGQUIT\t 4) SIGILL\t 5) SIGTRAP\n 6) SIGABRT\t 7) SIGBUS\t 8) SIGFPE\t 9) SIGKILL\t10) SIGUSR1\n")
		return 0
	case len(args) == 1:
		args = []string{"-", args[0]}
	}
	for _, name := range args[1:] {
		name = strings.TrimPrefix(strings.ToUpper(name), "SIG")
		if name == "0" {
			name = "EXIT"
		}
		if n, ok := signals[number(name)]; ok {
			name = n
		}
		if name != "EXIT" && name != "DEBUG" && name != "ERR" && name != "RETURN" {
			if !isSignal(name) {
				return p.complain(p.Streams, 1, "trap", name+": invalid signal specification")
			}
			name = "SIG" + name
		}
		if args[0] == "-" {
			delete(p.traps, name)
		} else if len(p.traps) < 100 {
			p.traps[name] = args[0]
		}
	}
	return 0
}

func cmdUmask(p *proc) int {
	if len(p.args) == 1 {
		p.printf("%04o\n", p.umask)
		return 0
	}
	if p.args[1] == "-S" {
		m := mode(node{kind: regular, perm: 0o777 &^ p.umask})
		p.printf("u=%s,g=%s,o=%s\n", strings.ReplaceAll(m[1:4], "-", ""), strings.ReplaceAll(m[4:7], "-", ""), strings.ReplaceAll(m[7:10], "-", ""))
		return 0
	}
	n, err := strconv.ParseUint(p.args[1], 8, 12)
	if err != nil {
		return p.complain(p.Streams, 1, "umask", p.args[1]+": octal number out of range")
	}
	p.umask = uint16(n) & 0o777
	return 0
}

func cmdUlimit(p *proc) int {
	limits := []struct{ letter, name, value string }{
		{"c", "core file size              (blocks, -c)", "0"},
		{"d", "data seg size               (kbytes, -d)", "unlimited"},
		{"e", "scheduling priority                 (-e)", "0"},
		{"f", "file size                   (blocks, -f)", "unlimited"},
		{"i", "pending signals                     (-i)", strconv.Itoa(p.System.hardware.memoryKB / 256)},
		{"l", "max locked memory           (kbytes, -l)", strconv.Itoa(p.System.hardware.memoryKB / 8)},
		{"m", "max memory size             (kbytes, -m)", "unlimited"},
		{"n", "open files                          (-n)", "1024"},
		{"p", "pipe size                (512 bytes, -p)", "8"},
		{"q", "POSIX message queues         (bytes, -q)", "819200"},
		{"r", "real-time priority                  (-r)", "0"},
		{"s", "stack size                  (kbytes, -s)", "8192"},
		{"t", "cpu time                   (seconds, -t)", "unlimited"},
		{"u", "max user processes                  (-u)", strconv.Itoa(p.System.hardware.memoryKB / 256)},
		{"v", "virtual memory              (kbytes, -v)", "unlimited"},
		{"x", "file locks                          (-x)", "unlimited"},
	}
	letter, value := "f", ""
	for _, a := range p.args[1:] {
		if strings.HasPrefix(a, "-") {
			letter = strings.Trim(a, "-HS")
		} else {
			value = a
		}
	}
	if letter == "a" {
		for _, l := range limits {
			p.printf("%s %s\n", l.name, l.value)
		}
		return 0
	}
	for _, l := range limits {
		if l.letter != letter {
			continue
		}
		if value != "" {
			p.set("ulimit "+letter, value) // no name of a variable
		} else if v, ok := p.vars["ulimit "+letter]; ok {
			p.print(v + "\n")
		} else {
			p.print(l.value + "\n")
		}
		return 0
	}
	return p.complain(p.Streams, 2, "ulimit", "-"+letter+": invalid option")
}

func cmdHash(p *proc) int {
	if len(p.args) == 1 && p.dialect == bash {
		p.print("hits\tcommand\n")
	}
	status := 0
	for _, name := range p.args[1:] {
		if !strings.HasPrefix(name, "-") && p.which(name) == "" {
			status = p.complain(p.Streams, 1, "hash", name+": not found")
		}
	}
	return status
}

func cmdGetopts(p *proc) int {
	if len(p.args) < 3 {
		return p.complain(p.Streams, 2, "getopts", "usage: getopts optstring name [arg ...]")
	}
	spec, name, args := p.args[1], p.args[2], p.params
	if len(p.args) > 3 {
		args = p.args[3:]
	}
	at := max(1, number(p.vars["OPTIND"]))
	inner := max(1, number(p.vars["getopts inner"]))
	if at > len(args) || len(args[at-1]) < 2 || args[at-1][0] != '-' || args[at-1] == "--" {
		p.set(name, "?")
		return 1
	}
	word := args[at-1]
	letter := word[min(inner, len(word)-1)]
	i := strings.IndexByte(strings.TrimPrefix(spec, ":"), letter)
	spec2 := strings.TrimPrefix(spec, ":")
	inner++
	p.unset("OPTARG")
	p.set(name, string(rune(letter)))
	switch {
	case i < 0 || letter == ':':
		p.set(name, "?")
		if strings.HasPrefix(spec, ":") {
			p.set("OPTARG", string(rune(letter)))
		} else {
			p.say("%s: illegal option -- %c\n", p.name, letter)
		}
	case i+1 < len(spec2) && spec2[i+1] == ':':
		switch {
		case inner < len(word):
			p.set("OPTARG", word[inner:])
		case at < len(args):
			at++
			p.set("OPTARG", args[at-1])
		default:
			p.set(name, "?")
			p.say("%s: option requires an argument -- %c\n", p.name, letter)
		}
		inner = len(word)
	}
	if inner >= len(word) {
		at, inner = at+1, 1
	}
	p.set("OPTIND", strconv.Itoa(at))
	p.set("getopts inner", strconv.Itoa(inner))
	return 0
}
