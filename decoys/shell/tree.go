package shell

import (
	"fmt"
	"path"
	"slices"
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
	for _, d := range strings.Fields("boot dev etc home media mnt opt run srv sys usr var usr/bin usr/lib usr/local usr/lib64 usr/include usr/games " +
		"usr/local/bin usr/local/sbin usr/libexec usr/local/lib usr/share usr/share/doc usr/src var/cache var/lib var/local var/log var/mail var/empty " +
		"var/opt var/spool var/spool/cron var/www var/www/html etc/cron.d etc/cron.daily etc/cron.hourly etc/cron.weekly etc/cron.monthly " +
		"etc/default etc/init.d etc/ssh etc/skel etc/pam.d etc/profile.d etc/ld.so.conf.d etc/security etc/ssl etc/ssl/certs etc/sudoers.d " +
		"dev/pts dev/shm dev/mapper run/sshd run/lock run/user usr/lib/systemd usr/lib/systemd/system usr/lib/modules usr/lib/modules/" + s.persona.Kernel) {
		b.dir("/"+d, 0o755)
	}
	if s.distro.family == "arch" {
		b.link("/usr/sbin", "bin")
	} else {
		b.dir("/usr/sbin", 0o755)
	}
	b.dir("/tmp", 0o1777)
	b.dir("/var/tmp", 0o1777)
	b.dir("/dev/shm", 0o1777)
	b.dir("/root", 0o700)
	b.dir("/root/.ssh", 0o700)
	b.link("/var/run", "/run")
	b.link("/var/lock", "/run/lock")
	s.layout(b)
	s.etc(b)
	s.proc(b)
	s.sys(b)
	s.devices(b)
	s.homes(b)
	s.install(b)
	for _, p := range s.provided {
		b.put(p.path, &node{kind: regular, perm: p.perm, measured: true, make: func(*user) string { return p.content() }})
	}
	s.logs(b)
	s.age(b)
	return f.root
}

// layout makes the folders that only some distributions have.
func (s *System) layout(b *builder) {
	if s.openwrt() {
		for _, d := range strings.Fields("bin sbin lib etc/config etc/init.d etc/rc.d etc/opkg etc/dropbear etc/uci-defaults rom overlay www lib/upgrade lib/functions") {
			b.dir("/"+d, 0o755)
		}
		b.link("/var", "tmp")
		return
	}
	if s.distro.family == "alpine" {
		for _, d := range strings.Fields("bin sbin lib etc/apk etc/crontabs etc/runlevels etc/runlevels/default etc/conf.d etc/periodic etc/local.d etc/network usr/lib/apk var/spool/cron/crontabs lib/apk lib/apk/db") {
			b.dir("/"+d, 0o755)
		}
		b.link("/lib/modules", "../usr/lib/modules")
		return
	}
	for _, l := range []string{"bin", "sbin", "lib", "lib64"} {
		b.link("/"+l, "usr/"+l)
	}
	for _, d := range strings.Fields("etc/systemd etc/systemd/system etc/systemd/system/multi-user.target.wants lost+found") {
		b.dir("/"+d, 0o755)
	}
	own := "etc/apt etc/apt/sources.list.d etc/network etc/update-motd.d var/backups var/lib/dpkg var/lib/dpkg/info var/lib/apt var/lib/apt/lists var/cache/apt"
	switch s.distro.family {
	case "rhel":
		own = "etc/yum.repos.d etc/sysconfig etc/sysconfig/network-scripts etc/rc.d etc/rc.d/init.d var/lib/rpm var/spool/mail var/cache/yum etc/selinux"
	case "arch":
		own = "etc/pacman.d var/lib/pacman var/lib/pacman/local var/lib/pacman/sync var/cache/pacman etc/systemd/network"
	}
	for d := range strings.FieldsSeq(own) {
		b.dir("/"+d, 0o755)
	}
	if s.distro.family == "debian" {
		b.dir("/var/spool/cron/crontabs", 0o1730)
	}
}

// setuid are the programs that run as root.
var setuid = strings.Fields("su sudo passwd mount umount chsh chfn newgrp gpasswd ping")

// install makes the programs.
func (s *System) install(b *builder) {
	put := func(dir, name string) {
		n := s.program(name, 14000+1000*len(name)*len(dir)+24*sum(name))
		if slices.Contains(setuid, name) {
			n.perm = 0o4755
		}
		b.put(dir+"/"+name, n)
	}
	for _, set := range s.sets() {
		for name := range strings.FieldsSeq(set.names) {
			put(sbin(set.dir, s), name)
		}
	}
	if s.busybox() {
		put("/bin", "busybox")
		for _, name := range s.applets() {
			b.link(appletDir(name)+"/"+name, "/bin/busybox")
		}
	} else {
		b.link("/usr/bin/sh", map[dialect]string{dash: "dash", bash: "bash"}[s.distro.sh])
	}
	if s.openwrt() {
		return
	}
	b.put(sbin("/usr/sbin", s)+"/"+s.webUnit(), s.program(s.webUnit(), 1240136))
	sftp := s.distro.sftpServer()
	b.dir(sftp, 0o755)
	put(sftp, "sftp-server")
	kernel := "/boot/vmlinuz-" + s.persona.Kernel
	switch s.distro.family {
	case "alpine":
		kernel = "/boot/vmlinuz-lts"
	case "arch":
		kernel = "/boot/vmlinuz-linux"
	}
	b.put(kernel, &node{kind: regular, perm: 0o644, data: "MZ" + string(s.persona.Key("kernel image", 510)), size: 8140000 + int64(s.own("kernel", 300000))})
	b.put("/usr/lib/libc.so.6", s.program("libc", 1922136))
}

// sbin is where the programs of a folder are: Arch has one folder for all.
func sbin(dir string, s *System) string {
	if s.distro.family == "arch" {
		return "/usr/bin"
	}
	return dir
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
}

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
