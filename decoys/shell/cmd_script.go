package shell

import (
	"context"
	"regexp"
	"strings"
	"time"

	"mvdan.cc/sh/v3/syntax"
)

func contextWithTimeout(ctx context.Context, d time.Duration) (context.Context, context.CancelFunc) {
	return context.WithTimeout(ctx, d)
}

var (
	pyPrint  = regexp.MustCompile(`print\s*\(?\s*(?:'([^']*)'|"([^"]*)"|([-0-9+*/() .]+?))\s*\)?\s*(?:;|$|\n)`)
	pySystem = regexp.MustCompile(`(?:os\.system|os\.popen|subprocess\.(?:call|run|check_output|Popen|getoutput)|system|exec)\s*\(?\s*\[?\s*(?:'([^']*)'|"([^"]*)")`)
	pySpawn  = regexp.MustCompile(`pty\.spawn\(\s*\[?["']([^"']+)["']`)
	pyNet    = regexp.MustCompile(`(?:connect\(\s*\(|https?://)["']?([^"',)/: ]+)["']?\s*[,:]?\s*([0-9]*)`)
	perlNet  = regexp.MustCompile(`(?:\$i\s*=\s*|PeerAddr\s*=>\s*|inet_aton\(\s*)["']([^"':]+)`)
	plPrint  = regexp.MustCompile(`(?:print|say)\s+(?:"((?:[^"\\]|\\.)*)"|'([^']*)'|([-0-9+*/ ().]+))`)
)

// cmdPython is python: of a program only what such one-liners are about is done. It
// prints texts and sums, runs commands through the shell, and finds no network.
func cmdPython(p *proc) int {
	version := p.System.distro.python
	if p.args[0] == "python2" {
		version = "2.7.18"
	}
	code, given := "", false
	for i := 1; i < len(p.args) && !given; i++ {
		switch a := p.args[i]; {
		case a == "-V" || a == "--version":
			p.printf("Python %s\n", version)
			return 0
		case a == "-c" && i+1 < len(p.args):
			code, given = p.args[i+1], true
		case a == "-m":
			return p.errorf(1, "No module named %s", strings.Join(p.args[i+1:], " "))
		case a == "-":
			code, given = input(p.In), true
		case strings.HasPrefix(a, "-"):
		default:
			data, err := p.FS.read(&p.user, p.abs(a))
			if err != nil {
				p.say("%s: can't open file '%s': [Errno 2] %v\n", p.args[0], p.abs(a), err)
				return 2
			}
			code, given = data, true
		}
	}
	if !given {
		if p.tty != "" && isTerminal(p.Out) {
			return p.pythonPrompt(version)
		}
		code = input(p.In)
	}
	return p.python(code)
}

// pythonPrompt reads lines until its user leaves.
func (p *proc) pythonPrompt(version string) int {
	p.printf("Python %s (main, Feb 28 2024, 00:00:00) [GCC] on linux\nType \"help\", \"copyright\", \"credits\" or \"license\" for more information.\n", version)
	for range maxHistory {
		p.print(">>> ")
		line, err := readByteLine(p.In)
		if err != nil || p.ctx.Err() != nil {
			p.print("\n")
			return 0
		}
		if l := strings.TrimSpace(line); strings.HasPrefix(l, "exit(") || strings.HasPrefix(l, "quit(") {
			return 0
		}
		p.python(line)
	}
	return 0
}

func (p *proc) python(code string) int {
	if p.ansible(code) {
		return 0
	}
	if m := pySpawn.FindStringSubmatch(code); m != nil {
		if d, ok := dialectOf(m[1][strings.LastIndexByte(m[1], '/')+1:], p.System.distro.sh); ok && p.tty != "" {
			return p.nested(d)
		}
		return p.runArgs([]string{m[1]}, p.Streams)
	}
	if p.runs(code) {
		return 0
	}
	if m := pyNet.FindStringSubmatch(code); m != nil {
		p.Download(p.args[0], strings.TrimSpace(m[0]))
		why := p.reach(m[1], m[2])
		number := map[string]string{"No route to host": "[Errno 113] ", "Connection refused": "[Errno 111] ", "Connection timed out": "[Errno 110] "}[why]
		p.say("Traceback (most recent call last):\n  File \"<string>\", line 1, in <module>\n%s: %s%s\n",
			map[bool]string{true: "socket.gaierror", false: "OSError"}[number == ""], or(number, "[Errno -3] "), why)
		return 1
	}
	for _, m := range pyPrint.FindAllStringSubmatch(code, maxSteps) {
		if m[3] != "" {
			p.printf("%d\n", p.sum(m[3]))
			continue
		}
		p.print(unescape(m[1]+m[2]) + "\n")
	}
	return 0
}

// sum is the value of an expression of numbers.
func (p *proc) sum(text string) int {
	file, err := syntax.NewParser().Arithmetic(strings.NewReader(text))
	if err != nil {
		return 0
	}
	return p.arithm(p.ctx, file, p.Streams)
}

// runs runs the commands that a program hands to the shell, and reports whether it
// has any.
func (p *proc) runs(code string) bool {
	found := pySystem.FindAllStringSubmatch(code, 100)
	for _, m := range found {
		command := m[1] + m[2]
		if _, list, ok := strings.Cut(code, "["); ok && strings.Contains(code, "subprocess") {
			words := regexp.MustCompile(`["']([^"']*)["']`).FindAllStringSubmatch(list, 50)
			parts := make([]string, len(words))
			for i, w := range words {
				parts[i] = w[1]
			}
			command = strings.Join(parts, " ")
		}
		p.source(p, unescape(command), nil, "sh", p.System.distro.sh)
	}
	return len(found) > 0
}

// cmdPerl is perl, likewise.
func cmdPerl(p *proc) int {
	code, given := "", false
	for i := 1; i < len(p.args) && !given; i++ {
		switch a := p.args[i]; {
		case a == "-v" || a == "--version":
			v := p.System.distro.perl
			parts := strings.Split(v, ".")
			p.printf("\nThis is perl 5, version %s, subversion %s (v%s) built for x86_64-linux-gnu-thread-multi\n\nCopyright 1987-2022, Larry Wall\n", parts[1], parts[2], v)
			return 0
		case strings.HasPrefix(a, "-") && strings.HasSuffix(a, "e") && i+1 < len(p.args):
			code, given = p.args[i+1], true
		case strings.HasPrefix(a, "-"):
		default:
			data, err := p.FS.read(&p.user, p.abs(a))
			if err != nil {
				p.say("Can't open perl script \"%s\": %v\n", a, err)
				return 2
			}
			code, given = data, true
		}
	}
	if !given {
		code = input(p.In)
	}
	if strings.Contains(code, "socket") || strings.Contains(code, "Socket") {
		if m := perlNet.FindStringSubmatch(code); m != nil {
			p.Download("perl", m[1])
			p.reach(m[1], "")
		}
		return 0
	}
	if m := regexp.MustCompile(`exec\s*\(?\s*["'](/bin/(?:ba|da)?sh)`).FindStringSubmatch(code); m != nil && p.tty != "" {
		d, _ := dialectOf(m[1][5:], p.System.distro.sh)
		return p.nested(d)
	}
	if p.runs(code) {
		return 0
	}
	for _, m := range plPrint.FindAllStringSubmatch(code, maxSteps) {
		if m[3] != "" {
			p.printf("%d", p.sum(m[3]))
			continue
		}
		p.print(unescape(m[1]) + m[2])
	}
	return 0
}
