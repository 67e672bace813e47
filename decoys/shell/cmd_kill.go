package shell

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

func cmdHistory(p *proc) int {
	if len(p.args) > 1 && p.args[1] == "-c" {
		p.history = nil
		return 0
	}
	for i, line := range p.history {
		p.printf("%5d  %s\n", i+1, line)
	}
	return 0
}

func cmdRead(p *proc) int {
	var b strings.Builder
	var c [1]byte
	for b.Len() < maxValue {
		n, err := p.In.Read(c[:])
		if n == 0 && err != nil || c[0] == '\n' {
			break
		}
		b.WriteByte(c[0])
	}
	name := "REPLY"
	if last := p.args[len(p.args)-1]; len(p.args) > 1 && isName(last) {
		name = last
	}
	p.set(name, b.String())
	return truth(b.Len() > 0)
}

func cmdKill(p *proc) int {
	status := 0
	for _, a := range p.args[1:] {
		if strings.HasPrefix(a, "-") {
			continue
		}
		pid, err := strconv.Atoi(a)
		if err != nil {
			status = p.fail(p.Streams, 1, "kill: "+a+": arguments must be process or job IDs")
			continue
		}
		known := slices.ContainsFunc(p.System.processes(), func(x process) bool { return x.pid == pid })
		switch {
		case !known && pid != p.pid:
			status = p.fail(p.Streams, 1, fmt.Sprintf("kill: (%d) - No such process", pid))
		case p.user.uid != 0 && pid != p.pid:
			status = p.fail(p.Streams, 1, fmt.Sprintf("kill: (%d) - Operation not permitted", pid))
		}
	}
	return status
}
