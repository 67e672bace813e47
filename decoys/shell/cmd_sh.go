package shell

import (
	"fmt"
	"strings"
)

func cmdTrue(*proc) int { return 0 }

func cmdFalse(*proc) int { return 1 }

func cmdTest(p *proc) int {
	args := p.args[1:]
	if p.args[0] == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			return p.fail(p.Streams, 2, "[: missing `]'")
		}
		args = args[:len(args)-1]
	}
	return truth(p.testArgs(args))
}

// cmdSh is sh, bash and source: another shell, a script or one of the input.
func cmdSh(p *proc) int {
	args := p.args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-c" {
		if args[0] == "--version" {
			p.printf("GNU bash, version %s (x86_64-pc-linux-gnu)\n", p.System.bashVersion())
			return 0
		}
		args = args[1:]
	}
	switch {
	case len(args) > 1 && args[0] == "-c":
		return p.source(p, args[1], args[2:], p.args[0])
	case len(args) == 0:
		if p.tty != "" { // an interactive shell within this one makes no difference
			return 0
		}
		return p.source(p, input(p.In), nil, p.args[0])
	}
	data, err := p.FS.read(&p.user, p.abs(args[0]))
	if err != nil {
		_, _ = fmt.Fprintf(p.Err, "%s: %s: %v\n", p.args[0], args[0], err)
		return 127
	}
	if strings.ContainsRune(data, 0) {
		return p.errorf(126, "%s: cannot execute binary file", args[0])
	}
	if p.args[0] == "." || p.args[0] == "source" {
		file, err := parse(data)
		if err != nil {
			p.syntaxError(data, err, p.Streams, "")
			return 2
		}
		return p.deeper(p.Streams, func() int { return p.stmts(p.ctx, file.Stmts, p.Streams) })
	}
	return p.source(p, data, args[1:], args[0])
}

// cmdRun is sudo, nohup, nice, timeout, time and the like: what is left after
// their own options and values is a command.
func cmdRun(p *proc) int {
	i := 1
	if p.args[0] == "timeout" {
		i = 2
	}
	for i < len(p.args) && strings.HasPrefix(p.args[i], "-") {
		i++
	}
	if p.args[0] == "sudo" && p.user.uid != 0 {
		return p.errorf(1, "a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper")
	}
	return p.again(i)
}

func cmdXargs(p *proc) int {
	words := strings.Fields(input(p.In))
	i := 1
	for i < len(p.args) && strings.HasPrefix(p.args[i], "-") {
		if p.args[i] == "-n" || p.args[i] == "-I" {
			i++
		}
		i++
	}
	args := []string{"echo"}
	if i < len(p.args) {
		args = append([]string{}, p.args[i:]...)
	}
	args = append(args, words[:min(len(words), maxSteps)]...)
	return p.deeper(p.Streams, func() int { return p.run(p.ctx, args, p.Streams) })
}
