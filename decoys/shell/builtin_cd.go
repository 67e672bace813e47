package shell

import (
	"fmt"
	"maps"
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
