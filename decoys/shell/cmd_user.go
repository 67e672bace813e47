package shell

import (
	"slices"
	"strconv"
	"strings"
	"time"
)

// needRoot says that only root may do this.
func (p *proc) needRoot() bool {
	if p.user.uid == 0 {
		return true
	}
	p.errorf(1, "Permission denied.")
	return false
}

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

// cmdPasswd changes a password, of which /etc/shadow gets another hash.
func cmdPasswd(p *proc) int {
	name, stdin, remove := p.user.name, false, false
	for _, a := range p.args[1:] {
		switch {
		case a == "--stdin":
			stdin = true
		case a == "-d" || a == "-l" || a == "-u":
			remove = true
		case a == "-S" || a == "--status":
			p.printf("%s P %s 0 99999 7 -1\n", name, p.System.persona.Boot.AddDate(0, 0, -90).Format("01/02/2006"))
			return 0
		case !strings.HasPrefix(a, "-"):
			name = a
		}
	}
	if _, ok := p.FS.account(name); !ok {
		return p.errorf(1, p.either("user '%s' does not exist", "unknown user %s"), name)
	}
	if name != p.user.name && p.user.uid != 0 {
		return p.errorf(1, "You may not view or modify password information for %s.", name)
	}
	if remove {
		p.print("passwd: password expiry information changed.\n")
		return 0
	}
	if p.System.rhel() {
		p.printf("Changing password for user %s.\n", name)
	}
	if p.small() {
		p.printf("Changing password for %s\n", name)
	}
	if p.user.uid != 0 {
		if !p.System.rhel() {
			p.printf("Changing password for %s.\n", name)
		}
		p.say("Current password: ")
		if _, err := p.secret(); err != nil {
			return p.passwordFailed()
		}
	}
	p.say("New password: ")
	first, err := p.secret()
	if err != nil && first == "" {
		return p.passwordFailed()
	}
	second := first
	if !stdin {
		if p.System.distro.family == "rhel" && len(first) < 8 {
			p.say("BAD PASSWORD: The password is shorter than 8 characters\n")
		}
		p.say("Retype new password: ")
		if second, err = p.secret(); err != nil && second == "" {
			return p.passwordFailed()
		}
	}
	if first != second {
		p.say("Sorry, passwords do not match.\n")
		return p.passwordFailed()
	}
	p.newHash(name, first)
	switch {
	case p.System.rhel():
		p.print("passwd: all authentication tokens updated successfully.\n")
	case p.small():
		p.printf("passwd: password for %s changed by %s\n", name, p.user.name)
	default:
		p.say("passwd: password updated successfully\n")
	}
	return 0
}

func (p *proc) passwordFailed() int {
	switch {
	case p.System.rhel():
		p.say("passwd: Authentication token manipulation error\n")
		return 1
	case p.small():
		p.say("passwd: password for %s is unchanged\n", p.user.name)
		return 1
	}
	p.say("passwd: Authentication token manipulation error\npasswd: password unchanged\n")
	return 10
}

// newHash puts another hash into /etc/shadow and tells who wants to know.
func (p *proc) newHash(name, password string) {
	key := p.System.persona.Key("shadow "+name+p.now().Format(time.RFC3339Nano)[:19], 43)
	for i := range key {
		key[i] = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[key[i]%64]
	}
	p.edit("/etc/shadow", name, func(c []string) []string {
		if i := strings.LastIndexByte(c[1], '$'); i > 0 {
			c[1] = c[1][:i+1] + string(key)
		} else {
			c[1] = "$y$j9T$" + string(key[:22]) + "$" + string(key)
		}
		return c
	})
	if p.Password != nil {
		p.Password(name, password)
	}
}

func cmdChpasswd(p *proc) int {
	if !p.needRoot() {
		return 1
	}
	status := 0
	for i, line := range lines(input(p.In)) {
		name, password, ok := strings.Cut(line, ":")
		if _, known := p.FS.account(name); !ok || !known {
			p.say("chpasswd: (user %s) pam_chauthtok() failed, error:\nAuthentication token manipulation error\nchpasswd: (line %d, user %[1]s) password not changed\n", name, i+1)
			status = 1
			continue
		}
		p.newHash(name, password)
		if p.small() {
			p.printf("chpasswd: password for '%s' changed\n", name)
		}
	}
	return status
}

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
