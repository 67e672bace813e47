package shell

import (
	"slices"
	"strconv"
	"strings"
)

// cmdUseradd is useradd and adduser.
func cmdUseradd(p *proc) int {
	debian := p.args[0] == "adduser" && p.System.distro.family == "debian"
	if p.user.uid != 0 {
		if debian {
			return p.errorf(1, "Only root may add a user or group to the system.")
		}
		return p.errorf(1, p.either("Permission denied.\n"+p.args[0]+": cannot lock /etc/passwd; try again later.", "permission denied (are you root?)"))
	}
	name, uid, gid, home, shell, groups, system, makeHome, password, comment := "", -1, -1, "", p.System.shell(), "", false, p.System.rhel() || p.args[0] == "adduser", "", ""
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		long, value, given := strings.Cut(a, "=")
		next := func() string {
			if given {
				return value
			}
			if i+1 < len(p.args) {
				i++
				return p.args[i]
			}
			return ""
		}
		switch long {
		case "-u", "--uid":
			uid = number(next())
		case "-g", "--gid", "--ingroup", "-G", "--groups":
			v := next()
			if long == "-g" || long == "--gid" {
				for _, g := range p.FS.groups() {
					if g.name == v || strconv.Itoa(g.gid) == v {
						gid = g.gid
					}
				}
			} else {
				groups = v
			}
		case "-d", "--home", "--home-dir", "-h":
			home = next()
		case "-s", "--shell":
			shell = next()
		case "-p", "--password":
			password = next()
		case "-c", "--comment", "--gecos":
			comment = next()
		case "-m", "--create-home":
			makeHome = true
		case "-M", "--no-create-home", "-H":
			makeHome = false
		case "-r", "--system", "-S":
			system = true
		case "-b", "-e", "-f", "-k", "-K":
			next()
		default:
			if !strings.HasPrefix(a, "-") {
				name = a
			}
		}
	}
	if name == "" {
		p.say("Usage: %s [options] LOGIN\n", p.args[0])
		return 2
	}
	if odd := uid != 0 || len(name) > 32 || strings.ContainsAny(name, ": \n/"); odd && !loginName.MatchString(name) {
		return p.errorf(3, "invalid user name '%s'", name)
	}
	if _, ok := p.FS.account(name); ok {
		if debian {
			return p.errorf(1, "The user `%s' already exists.", name)
		}
		return p.errorf(9, p.either("user '%s' already exists", "user '%s' in use"), name)
	}
	if uid < 0 {
		uid = 1000
		if system {
			uid = 900
		}
		for _, a := range p.FS.accounts() {
			if a.uid >= uid && a.uid < 60000 && (!system || a.uid < 1000) {
				uid = a.uid + 1
			}
		}
	}
	if gid < 0 {
		gid = uid
		if gid == 0 {
			gid = 1001
		}
		_ = p.FS.write(root, "/etc/group", name+":x:"+strconv.Itoa(gid)+":\n", true) // without room, it has no name
	}
	if home == "" {
		home = "/home/" + name
	}
	a := account{name, uid, gid, comment, home, shell}
	if err := p.FS.write(root, "/etc/passwd", passwd([]account{a}), true); err != nil {
		return p.errorf(1, "cannot open /etc/passwd: %v", err)
	}
	_ = p.FS.write(root, "/etc/shadow", name+":"+or(password, "!")+":"+strconv.FormatInt(p.now().Unix()/86400, 10)+":0:99999:7:::\n", true) // likewise
	for g := range strings.SplitSeq(groups, ",") {
		p.joinGroup(name, g)
	}
	p.pending["/etc/passwd"] = true
	if debian {
		p.printf("Adding user `%s' ...\nAdding new group `%[1]s' (%d) ...\nAdding new user `%[1]s' (%d) with group `%[1]s (%[2]d)' ...\n", name, gid, uid)
		if makeHome {
			p.printf("Creating home directory `%s' ...\nCopying files from `/etc/skel' ...\n", home)
		}
	}
	if makeHome {
		p.FS.makeHome(a)
	}
	return 0
}

func (p *proc) joinGroup(name, group string) {
	data, err := p.FS.read(root, "/etc/group")
	if err != nil || group == "" {
		return
	}
	list := lines(data)
	for i, line := range list {
		if strings.HasPrefix(line, group+":") && !slices.Contains(strings.Split(line[strings.LastIndexByte(line, ':')+1:], ","), name) {
			list[i] = strings.TrimSuffix(line, ",") + map[bool]string{true: "", false: ","}[strings.HasSuffix(line, ":")] + name
		}
	}
	_ = p.FS.write(root, "/etc/group", strings.Join(list, "\n")+"\n", false) // without room, it stays
}

// edit replaces the line of name in a file of /etc by what change makes of it; nil
// takes it out. It reports whether there was one.
func (p *proc) edit(file, name string, change func([]string) []string) bool {
	data, err := p.FS.read(root, file)
	if err != nil {
		return false
	}
	found := false
	var out []string
	for _, line := range lines(data) {
		if strings.HasPrefix(line, name+":") {
			found = true
			if c := change(strings.Split(line, ":")); c != nil {
				out = append(out, strings.Join(c, ":"))
			}
			continue
		}
		out = append(out, line)
	}
	if found {
		_ = p.FS.write(root, file, strings.Join(out, "\n")+"\n", false) // without room, it stays
	}
	return found
}

// cmdUserdel is userdel, deluser, groupdel and delgroup.
func cmdUserdel(p *proc) int {
	if !p.needRoot() {
		return 1
	}
	name, deep := "", false
	for _, a := range p.args[1:] {
		if strings.HasPrefix(a, "-") {
			deep = deep || strings.Contains(a, "r")
		} else {
			name = a
		}
	}
	if name == "" {
		p.say("Usage: %s [options] LOGIN\n", p.args[0])
		return 2
	}
	gone := func([]string) []string { return nil }
	if strings.Contains(p.args[0], "group") {
		if !p.edit("/etc/group", name, gone) {
			return p.errorf(6, "group '%s' does not exist", name)
		}
		return 0
	}
	a, ok := p.FS.account(name)
	if !ok {
		return p.errorf(6, p.either("user '%s' does not exist", "unknown user %s"), name)
	}
	if slices.ContainsFunc(p.processes(), func(x process) bool { return x.user == name }) {
		return p.errorf(8, "user %s is currently used by process %d", name, p.pid)
	}
	p.edit("/etc/passwd", name, gone)
	p.edit("/etc/shadow", name, gone)
	p.edit("/etc/group", name, gone)
	if deep {
		_ = p.FS.remove(root, a.home, true) // it may not be there
	}
	return 0
}

// needRoot says that only root may do this.
func (p *proc) needRoot() bool {
	if p.user.uid == 0 {
		return true
	}
	p.errorf(1, "Permission denied.")
	return false
}
