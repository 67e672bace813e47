package shell

import (
	"slices"
	"strconv"
	"strings"
)

// maxAccounts bounds the lines of /etc/passwd and /etc/group that count.
const maxAccounts = 500

// accounts are those of /etc/passwd as it is now.
func (f *FS) accounts() []account {
	data, _ := f.read(root, "/etc/passwd") // whoever removed it has no accounts
	var out []account
	for line := range strings.Lines(data) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), ":")
		if len(c) != 7 || len(out) >= maxAccounts {
			continue
		}
		uid, err := strconv.Atoi(c[2])
		gid, err2 := strconv.Atoi(c[3])
		if err == nil && err2 == nil {
			out = append(out, account{c[0], uid, gid, c[4], c[5], c[6]})
		}
	}
	return out
}

func (f *FS) account(name string) (account, bool) {
	all := f.accounts()
	i := slices.IndexFunc(all, func(a account) bool { return a.name == name })
	if i < 0 {
		return account{}, false
	}
	return all[i], true
}

// userName is the name of a user's number, or the number.
func (f *FS) userName(uid int) string {
	all := f.accounts()
	if i := slices.IndexFunc(all, func(a account) bool { return a.uid == uid }); i >= 0 {
		return all[i].name
	}
	return strconv.Itoa(uid)
}

// group is one line of /etc/group.
type group struct {
	name    string
	gid     int
	members []string
}

// groups are those of /etc/group as it is now.
func (f *FS) groups() []group {
	data, _ := f.read(root, "/etc/group")
	var out []group
	for line := range strings.Lines(data) {
		c := strings.Split(strings.TrimSuffix(line, "\n"), ":")
		if len(c) != 4 || len(out) >= maxAccounts {
			continue
		}
		if gid, err := strconv.Atoi(c[2]); err == nil {
			members := strings.FieldsFunc(c[3], func(r rune) bool { return r == ',' })
			out = append(out, group{c[0], gid, members})
		}
	}
	return out
}

// groupName is the name of a group's number, or the number.
func (f *FS) groupName(gid int) string {
	all := f.groups()
	if i := slices.IndexFunc(all, func(g group) bool { return g.gid == gid }); i >= 0 {
		return all[i].name
	}
	return strconv.Itoa(gid)
}

// groupsOf are the numbers of the groups that an account is in, its own first.
func (f *FS) groupsOf(a account) []int {
	out := []int{a.gid}
	for _, g := range f.groups() {
		if g.gid != a.gid && slices.Contains(g.members, a.name) {
			out = append(out, g.gid)
		}
	}
	return out
}

// userOf is who an account makes somebody.
func (f *FS) userOf(a account) user {
	return user{name: a.name, uid: a.uid, gid: a.gid, home: a.home, groups: f.groupsOf(a)}
}

// makeHome returns the account called name. Whoever was let in has one: one that
// nobody made before gets its lines in /etc and its home.
func (s *System) makeHome(f *FS, name string) account {
	if a, ok := f.account(name); ok {
		return a
	}
	if !loginName.MatchString(name) {
		return account{name: "root", home: "/root", shell: s.shell()}
	}
	id := 1001
	for _, a := range f.accounts() {
		if a.uid >= id && a.uid < 60000 {
			id = a.uid + 1
		}
	}
	a := account{name, id, id, ",,,", "/home/" + name, s.shell()}
	_ = f.write(root, "/etc/passwd", passwd([]account{a}), true)
	_ = f.write(root, "/etc/group", name+":x:"+strconv.Itoa(id)+":\n", true)
	f.makeHome(a)
	return a
}

// makeHome makes the home of an account as /etc/skel has it.
func (f *FS) makeHome(a account) {
	give := func(n *node) { n.uid, n.gid = a.uid, a.gid }
	if f.mkdir(root, a.home, 0o755) != nil {
		return // no room, or it is there
	}
	_ = f.change(root, a.home, give)
	entries, _ := f.list(root, "/etc/skel")
	for _, e := range entries {
		if e.kind == regular {
			_ = f.write(root, a.home+"/"+e.name, e.data, false)
			_ = f.change(root, a.home+"/"+e.name, give)
		}
	}
}
