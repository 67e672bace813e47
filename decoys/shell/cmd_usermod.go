package shell

import (
	"strconv"
	"strings"
)

func cmdUsermod(p *proc) int {
	if !p.needRoot() {
		return 1
	}
	name := p.args[len(p.args)-1]
	if _, ok := p.FS.account(name); !ok || len(p.args) < 2 {
		if len(p.args) < 2 {
			p.say("Usage: usermod [options] LOGIN\n")
			return 2
		}
		return p.errorf(6, "user '%s' does not exist", name)
	}
	field := func(i int, value string) {
		p.edit("/etc/passwd", name, func(c []string) []string {
			if i < len(c) {
				c[i] = value
			}
			return c
		})
	}
	for i := 1; i+1 < len(p.args); i++ {
		a, v := p.args[i], p.args[i+1]
		switch a {
		case "-s", "--shell":
			field(6, v)
		case "-d", "--home":
			field(5, v)
		case "-c", "--comment":
			field(4, v)
		case "-u", "--uid":
			field(2, strconv.Itoa(number(v)))
		case "-l", "--login":
			field(0, v)
		case "-p", "--password":
			p.edit("/etc/shadow", name, func(c []string) []string { c[1] = v; return c })
		case "-G", "-aG", "-a", "--groups":
			for g := range strings.SplitSeq(v, ",") {
				p.joinGroup(name, g)
			}
		}
	}
	return 0
}

// cmdGroupadd is groupadd and addgroup.
func cmdGroupadd(p *proc) int {
	if !p.needRoot() {
		return 1
	}
	if len(p.args) < 2 {
		p.say("Usage: %s [options] GROUP\n", p.args[0])
		return 2
	}
	name := p.args[len(p.args)-1]
	gid := 1000
	for _, g := range p.FS.groups() {
		if g.name == name {
			return p.errorf(9, "group '%s' already exists", name)
		}
		if g.gid >= gid && g.gid < 60000 {
			gid = g.gid + 1
		}
	}
	_ = p.FS.write(root, "/etc/group", name+":x:"+strconv.Itoa(gid)+":\n", true) // without room, there is none
	return 0
}
