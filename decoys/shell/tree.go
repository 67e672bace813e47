package shell

import (
	"fmt"
	"path"
	"strings"
	"time"
)

// NewFS returns the file system of the machine as it was installed.
func (s *System) NewFS() *FS {
	s.plant.Do(func() { s.base = s.newTree() })
	return &FS{system: s, root: s.base}
}

// newTree makes the files that all file systems of the machine share.
func (s *System) newTree() *node {
	f := &FS{system: s}
	installed := s.persona.Boot.AddDate(0, 0, -40-s.hardware.cores*17).Truncate(time.Second)
	b := &builder{fs: f, when: installed}
	f.root = &node{kind: directory, perm: 0o755, modified: installed, children: map[string]*node{}}
	for _, d := range strings.Fields("boot dev etc home media mnt opt proc run srv sys usr var usr/bin usr/sbin usr/lib usr/local " +
		"usr/local/bin usr/local/sbin usr/share usr/src usr/lib64 var/backups var/cache var/lib var/lib/dpkg var/local var/log var/mail " +
		"var/opt var/spool var/spool/cron var/www var/www/html etc/apt etc/cron.d etc/cron.daily etc/default etc/init.d etc/network etc/ssh " +
		"etc/systemd etc/systemd/system etc/pam.d etc/profile.d dev/shm run/sshd") {
		b.dir("/"+d, 0o755)
	}
	b.dir("/tmp", 0o1777)
	b.dir("/var/tmp", 0o1777)
	b.dir("/dev/shm", 0o1777)
	b.dir("/root", 0o700)
	b.dir("/var/spool/cron/crontabs", 0o1730)
	for _, l := range []string{"bin", "sbin", "lib", "lib64"} {
		b.link("/"+l, "usr/"+l)
	}
	s.etc(b)
	s.proc(b)
	s.homes(b)
	for _, d := range []string{"null", "zero", "random", "urandom", "tty"} {
		b.put("/dev/"+d, &node{kind: device, perm: 0o666})
	}
	for name, bin := range binaries {
		b.put(bin+"/"+name, &node{kind: regular, perm: 0o755, data: elfHeader, size: int64(20000 + 1000*len(name)*len(bin) + 8*sum(name))})
	}
	b.put("/boot/vmlinuz-"+s.persona.Kernel, &node{kind: regular, perm: 0o644, data: "MZ", size: 8140000 + int64(sum(s.persona.Kernel))})
	s.age(b)
	return f.root
}

// age gives folders that change on a machine that runs the times that they have
// there.
func (s *System) age(b *builder) {
	boot := s.persona.Boot
	for p, when := range map[string]time.Time{
		"/proc": boot, "/sys": boot, "/dev": boot.Add(3 * time.Second), "/run": boot.Add(6 * time.Second), "/dev/shm": boot,
		"/tmp": boot.Add(7 * time.Second), "/var/log": boot.Add(5 * time.Second), "/var/tmp": boot.Add(9 * time.Second),
		"/root": boot.Add(-53 * time.Hour), "/etc": boot.Add(-31 * time.Minute), "/usr/bin": boot.Add(-33 * time.Minute),
		"/boot": boot.Add(-32 * time.Minute),
	} {
		if n, err := b.at(p); err == nil {
			n.modified = when
		}
	}
	for _, p := range []string{"/proc", "/proc/1", "/proc/self", "/proc/net", "/proc/sys", "/proc/sys/kernel", "/sys"} {
		if n, err := b.at(p); err == nil {
			n.perm, n.fixed = 0o555, true
		}
	}
}

func sum(s string) (n int) {
	for _, c := range s {
		n = (n*31 + int(c)) % 4096
	}
	return n
}

// elfHeader is how every program of an x86-64 Linux begins (ELF specification,
// figure 1-3): scripts look at it to learn the architecture.
const elfHeader = "\x7fELF\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x03\x00\x3e\x00\x01\x00\x00\x00" +
	"\x30\x3a\x00\x00\x00\x00\x00\x00\x40\x00\x00\x00\x00\x00\x00\x00\xa8\x81\x00\x00\x00\x00\x00\x00" +
	"\x00\x00\x00\x00\x40\x00\x38\x00\x0d\x00\x40\x00\x1f\x00\x1e\x00"

type builder struct {
	fs   *FS
	when time.Time
}

// at is the node at a path; nobody else sees the tree yet.
func (b *builder) at(p string) (*node, error) {
	at, _, err := b.fs.find(root, p, true)
	if err != nil {
		return nil, err
	}
	return at.node(), nil
}

func (b *builder) put(p string, n *node) {
	dir, err := b.at(path.Dir(p))
	if err != nil {
		panic(fmt.Sprintf("shell: %s: %v", p, err)) // the tree above is wrong
	}
	if n.modified.IsZero() {
		n.modified = b.when
	}
	dir.children[path.Base(p)] = n
}

func (b *builder) dir(p string, perm uint16) {
	b.put(p, &node{kind: directory, perm: perm, children: map[string]*node{}})
}

func (b *builder) link(p, target string) {
	b.put(p, &node{kind: symlink, perm: 0o777, target: target})
}

func (b *builder) file(p, data string) { b.put(p, &node{kind: regular, perm: 0o644, data: data}) }

func (b *builder) secret(p, data string) {
	b.put(p, &node{kind: regular, perm: 0o640, gid: 42, data: data})
}

// procFile is a file of /proc: made when read, of length 0, never writable.
func (b *builder) procFile(p string, content func() string) {
	b.put(p, &node{kind: regular, perm: 0o444, make: func(*user) string { return content() }, fixed: true})
}

// homes makes the homes of root and of the machine's user.
func (s *System) homes(b *builder) {
	b.file("/root/.profile", "# ~/.profile: executed by Bourne-compatible login shells.\n\nif [ \"$BASH\" ]; then\n"+
		"  if [ -f ~/.bashrc ]; then\n    . ~/.bashrc\n  fi\nfi\n\nmesg n 2> /dev/null || true\n")
	b.file("/root/.bashrc", "# ~/.bashrc: executed by bash(1) for non-login shells.\n")
	b.dir("/root/.ssh", 0o700)
	home := "/home/" + s.persona.User
	b.dir(home, 0o755)
	for _, name := range []string{".bash_logout", ".bashrc", ".profile"} {
		b.file(home+"/"+name, "# "+name+"\n")
	}
	for _, name := range []string{"", "/.bash_logout", "/.bashrc", "/.profile"} {
		n, _ := b.at(home + name)
		n.uid, n.gid = 1000, 1000
	}
}
