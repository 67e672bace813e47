package shell

import (
	"fmt"
	"maps"
	"path"
	"slices"
	"strconv"
	"strings"
)

func cmdCd(p *proc) int {
	args := p.args[1:]
	for len(args) > 0 && (args[0] == "-P" || args[0] == "-L" || args[0] == "--") {
		args = args[1:]
	}
	to := p.vars["HOME"]
	if len(args) > 1 && p.dialect == bash {
		return p.complain(p.Streams, 1, "cd", "too many arguments")
	}
	if len(args) > 0 {
		to = args[0]
	}
	shown := to
	if to == "-" {
		to = p.oldDir
		p.print(to + "\n")
	}
	dir := p.abs(to)
	n, err := p.lookup(dir, true)
	switch {
	case err == nil && n.kind != directory:
		err = errNotDir
	case err == nil && !n.allows(&p.user, 1):
		err = errPermission
	}
	switch {
	case err == nil:
	case p.dialect == dash:
		return p.complain(p.Streams, 2, "cd", "can't cd to "+shown)
	case p.dialect == ash:
		return p.complain(p.Streams, 1, "cd", "can't cd to "+shown+": "+err.Error())
	default:
		return p.complain(p.Streams, 1, "cd", shown+": "+err.Error())
	}
	p.oldDir, p.dir = p.dir, dir
	p.set("OLDPWD", p.oldDir)
	p.set("PWD", dir)
	return 0
}

func cmdPwd(p *proc) int {
	dir := p.dir
	if len(p.args) > 1 && p.args[1] == "-P" {
		dir, _ = p.FS.real(&p.user, dir) // it was there when it was entered
	}
	p.print(dir + "\n")
	return 0
}

func cmdExit(p *proc) int {
	p.status &= 255
	if len(p.args) > 1 {
		n, err := strconv.Atoi(p.args[1])
		if err != nil {
			if p.dialect == bash {
				p.complain(p.Streams, 2, p.args[0], p.args[1]+": numeric argument required")
			} else {
				p.complain(p.Streams, 2, p.args[0], "Illegal number: "+p.args[1])
			}
			n = 2
		}
		p.status = n & 255
	}
	if p.args[0] == "return" {
		p.returning = true
	} else {
		p.exited = true
	}
	return p.status
}

func cmdBreak(p *proc) int {
	n := 1
	if len(p.args) > 1 {
		n = number(p.args[1])
	}
	if p.args[0] == "continue" && n <= 1 {
		p.next = true
	} else {
		p.breaks = max(1, n)
	}
	return 0
}

// declared is what export, declare, readonly and typeset list.
func (p *proc) declared(variant, letters string) int {
	names := slices.Sorted(maps.Keys(p.vars))
	for _, name := range names {
		switch {
		case (variant == "export" || strings.Contains(letters, "x")) && !p.exported[name], variant == "readonly" && !p.readonly[name]:
			continue
		case p.dialect != bash:
			p.printf("%s %s=%s\n", variant, name, quoteWord(p.vars[name]))
			continue
		}
		attributes := ""
		if p.readonly[name] {
			attributes += "r"
		}
		if p.exported[name] {
			attributes += "x"
		}
		if attributes == "" {
			attributes = "-"
		}
		p.printf("declare -%s %s=%s\n", attributes, name, doubleQuoted(p.vars[name]))
	}
	if strings.Contains(letters, "p") || variant == "declare" {
		for _, name := range slices.Sorted(maps.Keys(p.arrays)) {
			a := p.arrays[name]
			var b strings.Builder
			for i, k := range a.keys {
				if i > 0 {
					b.WriteByte(' ')
				}
				fmt.Fprintf(&b, "[%s]=%s", k, doubleQuoted(a.values[k]))
			}
			p.printf("declare -%s %s=(%s)\n", map[bool]string{true: "A", false: "a"}[a.assoc], name, b.String())
		}
	}
	return 0
}

func doubleQuoted(s string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, `$`, `\$`, "`", "\\`").Replace(s) + `"`
}

// cmdExport is export, readonly and the like where they come from an expansion.
func cmdExport(p *proc) int {
	status, listed := 0, true
	for _, a := range p.args[1:] {
		if strings.HasPrefix(a, "-") {
			continue
		}
		listed = false
		name, value, assigned := strings.Cut(a, "=")
		if !isName(name) {
			status = p.complain(p.Streams, 1, p.args[0], "`"+a+"': not a valid identifier")
			continue
		}
		if assigned {
			p.set(name, value)
		}
		p.mark(name, p.args[0], "")
	}
	if listed {
		return p.declared(p.args[0], "")
	}
	return status
}

func isName(s string) bool {
	for i, c := range s {
		if c != '_' && (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}

func cmdUnset(p *proc) int {
	status := 0
	for _, name := range p.args[1:] {
		base, index, isElement := strings.Cut(strings.TrimSuffix(name, "]"), "[")
		switch {
		case name == "-f" || name == "-v":
		case isElement:
			if a, ok := p.arrays[base]; ok {
				a.remove(strings.Trim(index, `"'`))
				p.arrays[base] = a
			}
		case p.readonly[name]:
			status = p.complain(p.Streams, 1, "unset", name+": cannot unset: readonly variable")
		case !isName(name) && p.dialect != bash:
			return p.complain(p.Streams, 2, "unset", name+": bad variable name")
		default:
			if _, ok := p.vars[name]; !ok {
				delete(p.funcs, name)
			}
			p.unset(name)
		}
	}
	return status
}

// setLetters are the options of set by their letters.
var setLetters = map[byte]string{
	'e': "errexit", 'u': "nounset", 'x': "xtrace", 'f': "noglob", 'a': "allexport", 'n': "noexec", 'v': "verbose", 'm': "monitor", 'b': "notify", 'h': "hashall",
	'C': "noclobber", 'B': "braceexpand", 'H': "histexpand",
}

func cmdSet(p *proc) int {
	if len(p.args) == 1 {
		for _, name := range slices.Sorted(maps.Keys(p.vars)) {
			value := p.vars[name]
			if p.dialect != bash || strings.ContainsAny(value, " \t\n'\"$&|;<>()*?") {
				value = quoteWord(value)
			}
			p.printf("%s=%s\n", name, value)
		}
		return 0
	}
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		switch {
		case a == "--":
			p.params = p.args[i+1:]
			return 0
		case (a == "-o" || a == "+o") && i+1 < len(p.args):
			i++
			p.options[p.args[i]] = a == "-o"
		case a == "-o" || a == "+o":
			for _, name := range slices.Sorted(maps.Values(setLetters)) {
				p.printf("%-15s\t%s\n", name, map[bool]string{true: "on", false: "off"}[p.options[name]])
			}
		case len(a) > 1 && (a[0] == '-' || a[0] == '+'):
			for j := 1; j < len(a); j++ {
				name, ok := setLetters[a[j]]
				if !ok && a[j] != 'o' {
					return p.complain(p.Streams, 2, "set", a[:1]+a[j:j+1]+": invalid option")
				}
				if a[j] == 'o' && i+1 < len(p.args) {
					i++
					name = p.args[i]
				}
				p.options[name] = a[0] == '-'
			}
		default:
			p.params = p.args[i:]
			return 0
		}
	}
	return 0
}

func cmdShift(p *proc) int {
	n := 1
	if len(p.args) > 1 {
		n = number(p.args[1])
	}
	if n < 0 || n > len(p.params) {
		if p.dialect != bash {
			return p.complain(p.Streams, 2, "shift", "can't shift that many")
		}
		return 1
	}
	p.params = p.params[n:]
	return 0
}

func cmdShopt(p *proc) int {
	on, quiet := 0, false
	for _, a := range p.args[1:] {
		switch a {
		case "-s":
			on = 1
		case "-u":
			on = -1
		case "-q":
			quiet = true
		case "-o", "-p":
		default:
			switch {
			case on != 0:
				p.options[a] = on > 0
			case quiet:
				return truth(p.options[a])
			default:
				p.printf("%-15s\t%s\n", a, map[bool]string{true: "on", false: "off"}[p.options[a]])
			}
		}
	}
	return 0
}

func cmdAlias(p *proc) int {
	if p.args[0] == "unalias" {
		status := 0
		for _, name := range p.args[1:] {
			if name == "-a" {
				clear(p.aliases)
			} else if _, ok := p.aliases[name]; !ok {
				status = p.complain(p.Streams, 1, "unalias", name+": not found")
			}
			delete(p.aliases, name)
		}
		return status
	}
	show := func(name string) {
		head := "alias "
		if p.dialect != bash {
			head = ""
		}
		p.printf("%s%s=%s\n", head, name, quoteWord(p.aliases[name]))
	}
	if len(p.args) == 1 {
		for _, name := range slices.Sorted(maps.Keys(p.aliases)) {
			show(name)
		}
	}
	status := 0
	for _, a := range p.args[1:] {
		name, value, assigned := strings.Cut(a, "=")
		switch {
		case assigned && len(p.aliases) < maxVars:
			p.aliases[name] = value
		case p.aliases[name] != "":
			show(name)
		case a != "-p":
			status = p.complain(p.Streams, 1, "alias", name+": not found")
		}
	}
	return status
}

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

// cmdDirs is dirs, pushd and popd with a stack of one.
func cmdDirs(p *proc) int {
	switch {
	case p.args[0] == "pushd" && len(p.args) > 1:
		p.args = []string{"cd", p.args[1]}
		if status := cmdCd(p); status != 0 {
			return status
		}
		p.printf("%s %s\n", tilde(p, p.dir), tilde(p, p.oldDir))
		return 0
	case p.args[0] == "popd":
		if p.oldDir == p.dir {
			return p.complain(p.Streams, 1, "popd", "directory stack empty")
		}
		p.dir, p.oldDir = p.oldDir, p.dir
	}
	p.print(tilde(p, p.dir) + "\n")
	return 0
}

func tilde(p *proc, dir string) string {
	if home := p.vars["HOME"]; dir == home || strings.HasPrefix(dir, home+"/") {
		return "~" + dir[len(home):]
	}
	return dir
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
