package shell

import "strings"

// cmdCrontab is crontab; tables are files where the distribution has them.
func cmdCrontab(p *proc) int {
	dir := map[string]string{"debian": "/var/spool/cron/crontabs/", "alpine": "/etc/crontabs/"}[p.System.distro.family]
	at := or(dir, "/var/spool/cron/") + p.user.name
	list, remove, names := false, false, []string{}
	for i := 1; i < len(p.args); i++ {
		switch a := p.args[i]; {
		case a == "-l":
			list = true
		case a == "-r":
			remove = true
		case a == "-u":
			if i++; i < len(p.args) {
				at = or(dir, "/var/spool/cron/") + p.args[i]
				if p.user.uid != 0 && p.args[i] != p.user.name {
					p.say("must be privileged to use -u\n")
					return 1
				}
			}
		case a == "-e":
			return p.edits(at)
		case a == "-" || !strings.HasPrefix(a, "-"):
			names = append(names, a)
		}
	}
	switch {
	case list:
		data, err := p.FS.read(root, at)
		if err != nil {
			if p.small() {
				return p.errorf(1, "can't open '%s': %v", p.user.name, err)
			}
			p.say("no crontab for %s\n", p.user.name)
			return 1
		}
		p.print(data)
	case remove:
		if p.FS.remove(root, at, false) != nil && !p.small() {
			p.say("no crontab for %s\n", p.user.name)
			return 1
		}
	case len(names) == 0 && p.tty != "" && isTerminal(p.Out):
		fallthrough
	default:
		return p.files(names, "%s: %v", func(_, data string) {
			for i, line := range lines(data) {
				w := strings.Fields(line)
				if len(w) > 0 && w[0][0] != '#' && w[0][0] != '@' && !strings.Contains(w[0], "=") && (len(w) < 6 || strings.Trim(w[0], "0123456789*/,-") != "") {
					p.say("%q:%d: bad minute\nerrors in crontab file, can't install.\n", or(strings.Join(names, ""), "-"), i)
					return
				}
			}
			if p.FS.write(root, at, data, false) == nil {
				_ = p.FS.change(root, at, func(n *node) { n.perm, n.uid = 0o600, p.user.uid }) // it was just written
				p.pending[at] = false
			}
		})
	}
	return 0
}

// edits is an editor on a file: see cmdVi.
func (p *proc) edits(at string) int {
	run := *p
	run.args = []string{"vi", at}
	return cmdVi(&run)
}
