package shell

import (
	"slices"
	"strings"
	"time"
)

// cmdRun is nohup, nice, timeout, setsid and the like: what is left after their own
// options and values is a command.
func cmdRun(p *proc) int {
	withValue := map[string]string{"nice": "n", "ionice": "cnp", "timeout": "ks", "stdbuf": "ioe", "chrt": "p", "taskset": "", "watch": "n", "flock": "wEc", "unshare": "", "nsenter": "t", "setpriv": ""}[p.args[0]]
	i := 1
	for i < len(p.args) && len(p.args[i]) > 1 && p.args[i][0] == '-' {
		a := p.args[i]
		i++
		if len(a) == 2 && strings.Contains(withValue, a[1:]) {
			i++
		}
	}
	limit := maxSleep
	switch p.args[0] {
	case "timeout":
		if i >= len(p.args) {
			return p.missing("missing operand")
		}
		d, ok := interval(p.args[i])
		if !ok {
			p.errorf(125, p.either("invalid time interval ‘%s’", "invalid number '%s'"), p.args[i])
			return p.try(125)
		}
		limit, i = d, i+1
	case "taskset", "flock", "chroot", "setarch":
		i++
	}
	if i >= len(p.args) {
		switch p.args[0] {
		case "nice":
			p.print("0\n")
			return 0
		case "nsenter", "unshare", "chroot":
			return 0
		}
		return p.missing("missing operand")
	}
	switch p.args[0] {
	case "nohup":
		if isTerminal(p.Out) {
			p.say("nohup: ignoring input and appending output to 'nohup.out'\n")
			t, err := p.open("nohup.out", true)
			if err != nil {
				return p.errorf(125, "failed to open 'nohup.out': %v", err)
			}
			p.Out, p.Err = t, t
			status := p.again(i)
			_ = p.flush(t) // without room, it is lost
			return status
		}
		if p.background == nil && p.tty != "" {
			p.say("nohup: ignoring input\n")
		}
	case "watch":
		p.print("\x1b[H\x1b[2J")
		return p.runArgs([]string{"sh", "-c", strings.Join(p.args[i:], " ")}, p.Streams)
	}
	if limit >= maxSleep {
		return p.again(i)
	}
	return p.limited(i, limit)
}

// limited runs the arguments from i on for so long.
func (p *proc) limited(i int, limit time.Duration) int {
	run := *p
	ctx, cancel := contextWithTimeout(p.ctx, limit)
	defer cancel()
	run.ctx = ctx
	status := run.again(i)
	if ctx.Err() != nil && p.ctx.Err() == nil {
		return 124
	}
	return status
}

func cmdXargs(p *proc) int {
	o, n, replace, null, delimiter := 1, 0, "", false, ""
	quietEmpty := false
	for o < len(p.args) && strings.HasPrefix(p.args[o], "-") {
		a := p.args[o]
		o++
		value := func() string {
			if len(a) > 2 {
				return a[2:]
			}
			if o < len(p.args) {
				o++
				return p.args[o-1]
			}
			return ""
		}
		switch {
		case strings.HasPrefix(a, "-n"), strings.HasPrefix(a, "-L"):
			n = max(1, number(value()))
		case strings.HasPrefix(a, "-I"):
			replace = value()
		case strings.HasPrefix(a, "-d"):
			delimiter = unescape(value())
		case strings.HasPrefix(a, "-P"), strings.HasPrefix(a, "-s"):
			value()
		case a == "-0" || a == "--null":
			null = true
		case a == "-r" || a == "--no-run-if-empty":
			quietEmpty = true
		}
	}
	text := input(p.In)
	var words []string
	switch {
	case null:
		words = strings.Split(strings.TrimSuffix(text, "\x00"), "\x00")
	case delimiter != "":
		words = strings.Split(strings.TrimSuffix(text, "\n"), delimiter)
	case replace != "":
		for _, l := range lines(text) {
			words = append(words, strings.TrimSpace(l))
		}
	default:
		words = shellWords(text)
	}
	if text == "" {
		words = nil
	}
	base := []string{"echo"}
	if o < len(p.args) {
		base = p.args[o:]
	}
	if len(words) == 0 && (quietEmpty || replace != "") {
		return 0
	}
	run := func(args []string) int {
		if got := p.runArgs(args, Streams{nothing{}, p.Out, p.Err}); got != 0 {
			if got == 127 || got == 126 {
				return got
			}
			return 123
		}
		return 0
	}
	status := 0
	if replace != "" {
		for _, w := range words[:min(len(words), maxSteps)] {
			args := make([]string, len(base))
			for i, b := range base {
				args[i] = strings.ReplaceAll(b, replace, w)
			}
			status = max(status, run(args))
		}
		return status
	}
	if n == 0 {
		n = max(1, len(words))
	}
	for first := true; first || len(words) > 0; first = false {
		k := min(n, len(words))
		status = max(status, run(append(slices.Clone(base), words[:k]...)))
		words = words[k:]
		if p.over(p.ctx) {
			break
		}
	}
	return status
}
