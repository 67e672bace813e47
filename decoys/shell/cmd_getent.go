package shell

import (
	"slices"
	"strings"
)

func cmdGetent(p *proc) int {
	if len(p.args) < 2 {
		p.say("getent: wrong number of arguments\n")
		return 1
	}
	file, ok := map[string]string{"passwd": "/etc/passwd", "group": "/etc/group", "hosts": "/etc/hosts", "shadow": "/etc/shadow", "services": "/etc/services", "protocols": "/etc/protocols"}[p.args[1]]
	if !ok {
		p.say("Unknown database: %s\n", p.args[1])
		return 1
	}
	data, err := p.FS.read(&p.user, file)
	if err != nil {
		return 2
	}
	if len(p.args) == 2 {
		p.print(data)
		return 0
	}
	status := 0
	for _, key := range p.args[2:] {
		found := false
		for _, line := range lines(data) {
			c := strings.FieldsFunc(line, func(r rune) bool { return r == ':' || r == ' ' || r == '\t' })
			if len(c) > 0 && (c[0] == key || len(c) > 2 && c[2] == key) || slices.Contains(c, key) && p.args[1] == "hosts" {
				p.print(line + "\n")
				found = true
				break
			}
		}
		if !found {
			status = 2
		}
	}
	return status
}
