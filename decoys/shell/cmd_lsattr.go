package shell

import "strings"

// cmdChattr is chattr and lsattr.
func cmdChattr(p *proc) int {
	if p.args[0] == "lsattr" {
		o, bad, ok := p.opt("RVadlv", 1)
		if !ok {
			return bad
		}
		if len(o.rest) == 0 {
			o.rest = []string{"."}
		}
		return p.each(o.rest, false, func(full, name string, n node) int {
			show := func(n node, name string) {
				flags := []byte("--------------e-------")
				for _, f := range n.flags {
					flags[map[rune]int{'i': 4, 'a': 5}[f]] = byte(f) //nolint:gosec // ASCII
				}
				p.printf("%s %s\n", flags, name)
			}
			if n.kind != directory || o.has("d") {
				show(n, name)
				return 0
			}
			entries, _ := p.FS.list(&p.user, full)
			for _, e := range entries {
				if !strings.HasPrefix(e.name, ".") || o.has("a") {
					show(e.node, strings.TrimSuffix(name, "/")+"/"+e.name)
				}
			}
			return 0
		})
	}
	deep, change, names := false, "", []string{}
	for _, a := range p.args[1:] {
		switch {
		case a == "-R":
			deep = true
		case len(a) > 1 && strings.ContainsRune("+-=", rune(a[0])):
			change = a
		default:
			names = append(names, a)
		}
	}
	if change == "" || len(names) == 0 {
		p.say("Usage: chattr [-pRVf] [-+=aAcCdDeijPsStTuFx] [-v version] files...\n")
		return 1
	}
	return p.each(names, deep, func(full, name string, n node) int {
		if p.user.uid != 0 || n.fixed {
			return p.errorf(1, "Operation not permitted while setting flags on %s", name)
		}
		_ = p.FS.change(root, full, func(n *node) { // it is there
			for _, f := range change[1:] {
				if f != 'i' && f != 'a' {
					continue
				}
				n.flags = strings.ReplaceAll(n.flags, string(f), "")
				if change[0] != '-' {
					n.flags += string(f)
				}
			}
		})
		return 0
	})
}
