package shell

import (
	"crypto/rand"
	"fmt"
	"regexp"
	"strings"
	"time"
)

// account is one line of /etc/passwd.
type account struct {
	name     string
	uid, gid int
	gecos    string
	home     string
	shell    string
}

// debianAccounts are those of Debian's base-passwd with what a small server adds.
const debianAccounts = `daemon:1:1:daemon:/usr/sbin
bin:2:2:bin:/bin
sys:3:3:sys:/dev
sync:4:65534:sync:/bin:/bin/sync
games:5:60:games:/usr/games
man:6:12:man:/var/cache/man
lp:7:7:lp:/var/spool/lpd
mail:8:8:mail:/var/mail
news:9:9:news:/var/spool/news
uucp:10:10:uucp:/var/spool/uucp
proxy:13:13:proxy:/bin
www-data:33:33:www-data:/var/www
backup:34:34:backup:/var/backups
list:38:38:Mailing List Manager:/var/list
irc:39:39:ircd:/run/ircd
nobody:65534:65534:nobody:/nonexistent
_apt:100:65534::/nonexistent
systemd-network:998:998:systemd Network Management:/
messagebus:101:107::/nonexistent
sshd:102:65534::/run/sshd
`

// rhelAccounts are those of the setup package and of what a small server adds.
const rhelAccounts = `bin:1:1:bin:/bin
daemon:2:2:daemon:/sbin
adm:3:4:adm:/var/adm
lp:4:7:lp:/var/spool/lpd
sync:5:0:sync:/sbin:/bin/sync
shutdown:6:0:shutdown:/sbin:/sbin/shutdown
halt:7:0:halt:/sbin:/sbin/halt
mail:8:12:mail:/var/spool/mail
operator:11:0:operator:/root
games:12:100:games:/usr/games
ftp:14:50:FTP User:/var/ftp
nobody:65534:65534:Kernel Overflow User:/
dbus:81:81:System message bus:/
systemd-network:192:192:systemd Network Management:/
sshd:74:74:Privilege-separated SSH:/usr/share/empty.sshd
chrony:997:995:chrony system user:/var/lib/chrony
apache:48:48:Apache:/usr/share/httpd
nginx:996:994:Nginx web server:/var/lib/nginx
`

const alpineAccounts = `bin:1:1:bin:/bin
daemon:2:2:daemon:/sbin
adm:3:4:adm:/var/adm
lp:4:7:lp:/var/spool/lpd
sync:5:0:sync:/sbin:/bin/sync
shutdown:6:0:shutdown:/sbin:/sbin/shutdown
halt:7:0:halt:/sbin:/sbin/halt
mail:8:12:mail:/var/mail
news:9:13:news:/usr/lib/news
operator:11:0:operator:/root
cron:16:16:cron:/var/spool/cron
ftp:21:21::/var/lib/ftp
sshd:22:22:sshd:/dev/null
ntp:123:123:NTP:/var/empty
guest:405:100:guest:/dev/null
nobody:65534:65534:nobody:/
chrony:100:101:chrony:/var/log/chrony
nginx:101:102:nginx:/var/lib/nginx
apache:102:103:apache:/var/www
`

const archAccounts = `bin:1:1::/
daemon:2:2::/
mail:8:12::/var/spool/mail
ftp:14:11::/srv/ftp
http:33:33::/srv/http
nobody:65534:65534:Kernel Overflow User:/
dbus:81:81:System Message Bus:/
systemd-network:980:980:systemd Network Management:/
systemd-resolve:979:979:systemd Resolver:/
`

var loginName = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,30}$`)

// accounts are those of the machine as it was installed.
func (s *System) accounts() []account {
	list := []account{{"root", 0, 0, "root", "/root", s.shell()}}
	text := map[string]string{"debian": debianAccounts, "rhel": rhelAccounts, "alpine": alpineAccounts, "arch": archAccounts}[s.distro.family]
	nologin := map[string]string{"debian": "/usr/sbin/nologin", "rhel": "/sbin/nologin", "alpine": "/sbin/nologin", "arch": "/usr/bin/nologin"}[s.distro.family]
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' }) {
		c := append(strings.Split(line, ":"), nologin)
		list = append(list, account{c[0], number(c[1]), number(c[2]), c[3], c[4], c[5]})
	}
	gecos := s.persona.User
	if s.distro.family == "debian" {
		gecos += ",,,"
	}
	return append(list, account{s.persona.User, 1000, 1000, gecos, "/home/" + s.persona.User, s.shell()})
}

// MayLogIn reports whether name could be that of somebody who logs in here:
// it is fit for a user name and not a system account without a shell.
func (s *System) MayLogIn(name string) bool {
	if !loginName.MatchString(name) {
		return false
	}
	for _, a := range s.accounts() {
		if a.name == name {
			return a.shell == s.shell()
		}
	}
	return true
}

func passwd(accounts []account) string {
	var b strings.Builder
	for _, a := range accounts {
		fmt.Fprintf(&b, "%s:x:%d:%d:%s:%s:%s\n", a.name, a.uid, a.gid, a.gecos, a.home, a.shell)
	}
	return b.String()
}

func (s *System) etc(b *builder) {
	p := s.persona
	b.file("/etc/hostname", p.Hostname+"\n")
	b.file("/etc/hosts", fmt.Sprintf("127.0.0.1\tlocalhost\n127.0.1.1\t%s\n\n# The following lines are desirable for IPv6 capable hosts\n"+
		"::1     localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n", p.Hostname))
	b.file("/usr/lib/os-release", s.osRelease())
	b.link("/etc/os-release", map[bool]string{true: "/usr/lib/os-release", false: "../usr/lib/os-release"}[s.busybox()])
	b.file("/etc/machine-id", s.hardware.machine+"\n")
	b.file("/etc/passwd", passwd(s.accounts()))
	b.file("/etc/passwd-", passwd(s.accounts()))
	b.file("/etc/group", s.groups())
	b.secret("/etc/shadow", s.shadow())
	b.secret("/etc/shadow-", s.shadow())
	b.secret("/etc/gshadow", "root:*::\ndaemon:*::\n")
	b.put("/etc/sudoers", &node{kind: regular, perm: 0o440, data: "Defaults\tenv_reset\nDefaults\tmail_badpass\n\nroot\tALL=(ALL:ALL) ALL\n%" + s.adminGroup() +
		"\tALL=(ALL:ALL) ALL\n\n@includedir /etc/sudoers.d\n"})
	b.file("/etc/resolv.conf", "nameserver "+s.gateway()+"\n")
	b.file("/etc/nsswitch.conf", "passwd:         files\ngroup:          files\nshadow:         files\n\nhosts:          files dns\nnetworks:       files\n")
	b.file("/etc/shells", "# /etc/shells: valid login shells\n/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/rbash\n/usr/bin/rbash\n/bin/dash\n/usr/bin/dash\n")
	b.file("/etc/fstab", fmt.Sprintf("# /etc/fstab: static file system information.\n%s / %s 0 1\n", s.hardware.disk,
		map[bool]string{true: "xfs defaults", false: "ext4 errors=remount-ro"}[s.rhel()]))
	b.file("/etc/profile", "# /etc/profile: system-wide .profile file for the Bourne shell (sh(1)).\n\nif [ -d /etc/profile.d ]; then\n  for i in /etc/profile.d/*.sh; do\n"+
		"    if [ -r $i ]; then\n      . $i\n    fi\n  done\n  unset i\nfi\n")
	b.file("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n\nPermitRootLogin yes\nKbdInteractiveAuthentication no\nUsePAM yes\n"+
		"X11Forwarding yes\nPrintMotd no\nAcceptEnv LANG LC_*\nSubsystem\tsftp\t"+s.distro.sftpServer()+"/sftp-server\n")
	b.file("/etc/ssh/ssh_config", "Host *\n    SendEnv LANG LC_*\n    HashKnownHosts yes\n")
	b.file("/etc/ld.so.conf", "include /etc/ld.so.conf.d/*.conf\n")
	b.file("/etc/services", "ftp\t\t21/tcp\nssh\t\t22/tcp\ntelnet\t\t23/tcp\nsmtp\t\t25/tcp\ndomain\t\t53/udp\nhttp\t\t80/tcp\nhttps\t\t443/tcp\n")
	b.file("/etc/protocols", "ip\t0\tIP\nicmp\t1\tICMP\ntcp\t6\tTCP\nudp\t17\tUDP\n")
	b.file("/etc/timezone", "Etc/UTC\n")
	b.link("/etc/localtime", "/usr/share/zoneinfo/Etc/UTC")
	b.link("/etc/mtab", "../proc/self/mounts")
	b.file("/etc/motd", "")
	b.file("/etc/login.defs", "MAIL_DIR\t/var/mail\nPASS_MAX_DAYS\t99999\nPASS_MIN_DAYS\t0\nUID_MIN\t\t\t 1000\nUID_MAX\t\t\t60000\nENCRYPT_METHOD SHA512\n")
	b.file("/var/www/html/index.html", "<!DOCTYPE html>\n<html>\n<head><title>Welcome</title></head>\n<body><h1>It works!</h1></body>\n</html>\n")
	s.etcOf(b)
}

// etcOf is what only some distributions have in /etc.
func (s *System) etcOf(b *builder) {
	p := s.persona
	b.file("/etc/issue", p.OS.Name+" \\n \\l\n\n")
	crontab := "SHELL=/bin/sh\n\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n" +
		"25 6\t* * *\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n"
	switch s.distro.family {
	case "debian":
		b.file("/etc/crontab", crontab)
		b.file("/etc/cron.daily/dpkg", "#!/bin/sh\n")
		mirror := map[string]string{"debian": "deb.debian.org/debian", "ubuntu": "archive.ubuntu.com/ubuntu", "kali": "http.kali.org/kali"}[p.OS.ID]
		b.file("/etc/apt/sources.list", fmt.Sprintf("deb http://%s %s main\n", mirror, s.codename()))
		b.file("/etc/network/interfaces", fmt.Sprintf("auto lo\niface lo inet loopback\n\nallow-hotplug %s\niface %[1]s inet static\n\taddress %s/24\n\tgateway %s\n",
			s.hardware.iface, s.address, s.gateway()))
		b.file("/var/lib/dpkg/status", "Package: bash\nStatus: install ok installed\nVersion: "+s.shortBash()+"\nArchitecture: amd64\n\n")
		switch p.OS.ID {
		case "debian":
			b.file("/etc/debian_version", p.OS.VersionID+".5\n")
			b.file("/etc/issue", "Debian GNU/Linux 12 \\n \\l\n\n")
		case "kali":
			b.file("/etc/debian_version", "kali-rolling\n")
		default:
			b.file("/etc/debian_version", map[string]string{"jammy": "bookworm/sid", "focal": "bullseye/sid"}[s.codename()]+"\n")
			b.file("/etc/lsb-release", fmt.Sprintf("DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=%s\nDISTRIB_CODENAME=%s\nDISTRIB_DESCRIPTION=%q\n",
				p.OS.VersionID, s.codename(), p.OS.Name))
		}
	case "rhel":
		b.file("/etc/crontab", "SHELL=/bin/bash\nPATH=/sbin:/bin:/usr/sbin:/usr/bin\nMAILTO=root\n")
		release := map[string]string{
			"rocky": "Rocky Linux release 9.4 (Blue Onyx)", "centos": "CentOS Linux release 7.9.2009 (Core)", "fedora": "Fedora release 39 (Thirty Nine)",
		}[p.OS.ID]
		b.file("/etc/redhat-release", release+"\n")
		b.link("/etc/system-release", "redhat-release")
		if p.OS.ID != "fedora" {
			b.file("/etc/"+p.OS.ID+"-release", release+"\n")
		}
		b.file("/etc/issue", "\\S\nKernel \\r on an \\m\n\n")
		b.file("/etc/rc.d/rc.local", "#!/bin/bash\n\ntouch /var/lock/subsys/local\n")
		b.link("/etc/rc.local", "rc.d/rc.local")
		b.file("/etc/selinux/config", "SELINUX=permissive\nSELINUXTYPE=targeted\n")
		b.file("/etc/sysconfig/network-scripts/ifcfg-"+s.hardware.iface, fmt.Sprintf("DEVICE=%s\nBOOTPROTO=none\nONBOOT=yes\nIPADDR=%s\nGATEWAY=%s\n",
			s.hardware.iface, s.address, s.gateway()))
		b.file("/etc/bashrc", "# /etc/bashrc\n\n# System wide functions and aliases\n")
	case "alpine":
		b.file("/etc/alpine-release", p.OS.VersionID+"\n")
		b.file("/etc/issue", "Welcome to Alpine Linux 3.19\nKernel \\r on an \\m (\\l)\n\n")
		b.file("/etc/motd", s.distro.motd)
		b.file("/etc/shells", "# valid login shells\n/bin/sh\n/bin/ash\n")
		b.file("/etc/apk/repositories", "http://dl-cdn.alpinelinux.org/alpine/v3.19/main\nhttp://dl-cdn.alpinelinux.org/alpine/v3.19/community\n")
		b.file("/etc/apk/world", "alpine-base\nchrony\nopenssh\n"+s.webUnit()+"\n")
		b.file("/etc/crontabs/root", "# do daily/weekly/monthly maintenance\n# min\thour\tday\tmonth\tweekday\tcommand\n*/15\t*\t*\t*\t*\trun-parts /etc/periodic/15min\n"+
			"0\t*\t*\t*\t*\trun-parts /etc/periodic/hourly\n")
		b.file("/etc/network/interfaces", fmt.Sprintf("auto lo\niface lo inet loopback\n\nauto %s\niface %[1]s inet static\n\taddress %s/24\n\tgateway %s\n",
			s.hardware.iface, s.address, s.gateway()))
		b.file("/etc/inittab", "::sysinit:/sbin/openrc sysinit\n::wait:/sbin/openrc default\ntty1::respawn:/sbin/getty 38400 tty1\n")
	case "arch":
		b.file("/etc/arch-release", "")
		b.file("/etc/issue", "Arch Linux \\r (\\l)\n\n")
		b.file("/etc/pacman.conf", "[options]\nHoldPkg     = pacman glibc\nArchitecture = auto\n\n[core]\nInclude = /etc/pacman.d/mirrorlist\n")
		b.file("/etc/pacman.d/mirrorlist", "Server = https://geo.mirror.pkgbuild.com/$repo/os/$arch\n")
	}
	if s.distro.family != "alpine" {
		for _, unit := range []string{"cron", "sshd", "dbus", s.webUnit()} {
			b.file("/usr/lib/systemd/system/"+unit+".service", "[Unit]\nDescription="+unit+"\n\n[Service]\nExecStart=/usr/sbin/"+unit+"\n\n[Install]\nWantedBy=multi-user.target\n")
		}
	}
}

func (s *System) adminGroup() string {
	if s.distro.family == "debian" {
		return "sudo"
	}
	return "wheel"
}

func (s *System) osRelease() string {
	d := s.persona.OS
	version := func(name, id, like, code, home string) string {
		long := d.VersionID
		if code != "" {
			long += " (" + code + ")"
		}
		return fmt.Sprintf("NAME=%q\nVERSION=%q\nID=%s\n%sVERSION_ID=%q\nPRETTY_NAME=%q\nHOME_URL=%q\n", name, long, id, like, d.VersionID, d.Name, home)
	}
	switch d.ID {
	case "debian":
		return fmt.Sprintf("PRETTY_NAME=%q\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=%q\nVERSION=\"%s (%s)\"\nVERSION_CODENAME=%s\nID=debian\n"+
			"HOME_URL=\"https://www.debian.org/\"\nSUPPORT_URL=\"https://www.debian.org/support\"\nBUG_REPORT_URL=\"https://bugs.debian.org/\"\n",
			d.Name, d.VersionID, d.VersionID, s.codename(), s.codename())
	case "kali":
		return fmt.Sprintf("PRETTY_NAME=%q\nNAME=\"Kali GNU/Linux\"\nVERSION_ID=%q\nVERSION=%q\nVERSION_CODENAME=kali-rolling\nID=kali\nID_LIKE=debian\n"+
			"HOME_URL=\"https://www.kali.org/\"\nSUPPORT_URL=\"https://forums.kali.org/\"\nBUG_REPORT_URL=\"https://bugs.kali.org/\"\nANSI_COLOR=\"1;31\"\n",
			d.Name, d.VersionID, d.VersionID)
	case "rocky":
		return version("Rocky Linux", "rocky", "ID_LIKE=\"rhel centos fedora\"\n", "Blue Onyx", "https://rockylinux.org/")
	case "centos":
		return version("CentOS Linux", "\"centos\"", "ID_LIKE=\"rhel fedora\"\n", "Core", "https://www.centos.org/")
	case "fedora":
		return version("Fedora Linux", "fedora", "", "Server Edition", "https://fedoraproject.org/") + "VARIANT=\"Server Edition\"\nVARIANT_ID=server\n"
	case "alpine":
		return fmt.Sprintf("NAME=\"Alpine Linux\"\nID=alpine\nVERSION_ID=%s\nPRETTY_NAME=%q\nHOME_URL=\"https://alpinelinux.org/\"\n"+
			"BUG_REPORT_URL=\"https://gitlab.alpinelinux.org/alpine/aports/-/issues\"\n", d.VersionID, d.Name)
	case "arch":
		return "NAME=\"Arch Linux\"\nPRETTY_NAME=\"Arch Linux\"\nID=arch\nBUILD_ID=rolling\nANSI_COLOR=\"38;2;23;147;209\"\nHOME_URL=\"https://archlinux.org/\"\n" +
			"DOCUMENTATION_URL=\"https://wiki.archlinux.org/\"\nLOGO=archlinux-logo\n"
	}
	long := map[string]string{"jammy": "Jammy Jellyfish", "focal": "Focal Fossa"}[s.codename()]
	return fmt.Sprintf("PRETTY_NAME=%q\nNAME=\"Ubuntu\"\nVERSION_ID=%q\nVERSION=\"%s (%s)\"\nVERSION_CODENAME=%s\nID=ubuntu\nID_LIKE=debian\n"+
		"HOME_URL=\"https://www.ubuntu.com/\"\nSUPPORT_URL=\"https://help.ubuntu.com/\"\n"+
		"BUG_REPORT_URL=\"https://bugs.launchpad.net/ubuntu/\"\n"+
		"PRIVACY_POLICY_URL=\"https://www.ubuntu.com/legal/terms-and-policies/privacy-policy\"\nUBUNTU_CODENAME=%s\n",
		d.Name, d.VersionID, strings.TrimPrefix(d.Name, "Ubuntu "), long, s.codename(), s.codename())
}

func (s *System) groups() string {
	u := s.persona.User
	if s.distro.family == "debian" {
		return "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:" + u + "\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nmail:x:8:\nman:x:12:\nproxy:x:13:\nsudo:x:27:" + u +
			"\nwww-data:x:33:\nshadow:x:42:\ncrontab:x:102:\nusers:x:100:" + u + "\nnogroup:x:65534:\n" + u + ":x:1000:\n"
	}
	return "root:x:0:\nbin:x:1:\ndaemon:x:2:\nsys:x:3:\nadm:x:4:\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nmem:x:8:\nwheel:x:10:" + u + "\nmail:x:12:\nshadow:x:42:\nusers:x:100:\n" +
		"nobody:x:65534:\n" + u + ":x:1000:\n"
}

// shadow has hashes of nothing: their salt and digest derive from the seed.
func (s *System) shadow() string {
	const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	scheme, salt, digest := "$y$j9T$", 22, 43
	if s.rhel() || s.distro.family == "alpine" || s.codename() == "focal" {
		scheme, salt, digest = "$6$", 16, 86
	}
	hash := func(who string) string {
		key := s.persona.Key("shadow "+who, salt+digest)
		for i := range key {
			key[i] = alphabet[key[i]%64]
		}
		return scheme + string(key[:salt]) + "$" + string(key[salt:])
	}
	var b strings.Builder
	day := s.persona.Boot.Unix()/86400 - 90
	for _, a := range s.accounts() {
		secret := "*"
		if a.shell == s.shell() {
			secret = hash(a.name)
		}
		fmt.Fprintf(&b, "%s:%s:%d:0:99999:7:::\n", a.name, secret, day)
	}
	return b.String()
}

// gateway is the first address of the machine's own /24, or fe80::1.
func (s *System) gateway() string {
	if a := s.address.Unmap(); a.Is4() {
		b := a.As4()
		return fmt.Sprintf("%d.%d.%d.1", b[0], b[1], b[2])
	}
	return "fe80::1"
}

// gatewayMAC is the address of the router's card.
func (s *System) gatewayMAC() string {
	k := s.persona.Key("gateway", 3)
	return fmt.Sprintf("00:1c:73:%02x:%02x:%02x", k[0], k[1], k[2])
}

// homes makes the homes of root and of the machine's user.
func (s *System) homes(b *builder) {
	bashrc := "# ~/.bashrc: executed by bash(1) for non-login shells.\n"
	profile := "# ~/.profile: executed by Bourne-compatible login shells.\n\nif [ \"$BASH\" ]; then\n" +
		"  if [ -f ~/.bashrc ]; then\n    . ~/.bashrc\n  fi\nfi\n\nmesg n 2> /dev/null || true\n"
	names := map[string]string{".bashrc": bashrc, ".profile": profile, ".bash_logout": "# ~/.bash_logout: executed by bash(1) when login shell exits.\n"}
	switch s.distro.family {
	case "rhel", "arch":
		names = map[string]string{
			".bashrc":       "# .bashrc\n\n# Source global definitions\nif [ -f /etc/bashrc ]; then\n\t. /etc/bashrc\nfi\n",
			".bash_profile": "# .bash_profile\n\nif [ -f ~/.bashrc ]; then\n\t. ~/.bashrc\nfi\n", ".bash_logout": "# ~/.bash_logout\n",
		}
	case "alpine":
		names = map[string]string{}
	}
	home := "/home/" + s.persona.User
	b.dir(home, 0o755)
	for name, data := range names {
		b.file("/etc/skel/"+name, data)
		if name != ".bash_logout" || s.rhel() {
			b.file("/root/"+name, data)
		}
		b.file(home+"/"+name, data)
		n, _ := b.at(home + "/" + name)
		n.uid, n.gid = 1000, 1000
	}
	n, _ := b.at(home)
	n.uid, n.gid = 1000, 1000
	if s.rhel() {
		n.perm = 0o700
	}
	if s.rhel() {
		b.put("/root/anaconda-ks.cfg", &node{kind: regular, perm: 0o600, data: "# Generated by Anaconda\ntext\nreboot\nkeyboard --xlayouts='us'\nlang en_US.UTF-8\n"})
	}
}

// logs makes the logs: what a machine has written since it was started, whose last
// lines are from the minute in which somebody looks.
func (s *System) logs(b *builder) {
	log := func(p string, perm uint16, content func(time.Time) string) {
		b.put(p, &node{
			kind: regular, perm: perm, gid: 4, modified: s.persona.Boot, size: int64(len(content(s.persona.Boot.Add(time.Hour)))),
			make: func(*user) string { return content(s.now()) },
		})
	}
	log(s.distro.authLog, 0o640, s.authLog)
	main := map[string]string{"debian": "/var/log/syslog", "rhel": "/var/log/messages"}[s.distro.family]
	if main != "" {
		log(main, 0o640, s.syslog)
	}
	log("/var/log/dmesg", 0o640, func(time.Time) string { return s.dmesg() })
	for _, name := range []string{"wtmp", "btmp", "lastlog"} {
		b.put("/var/log/"+name, &node{kind: regular, perm: map[bool]uint16{true: 0o660, false: 0o664}[name == "btmp"], gid: 43, data: strings.Repeat("\x00", 384)})
	}
	web := "/var/log/" + map[string]string{"nginx": "nginx", "apache2": "apache2", "httpd": "httpd"}[s.webUnit()]
	b.dir(web, 0o755)
	b.file(web+"/access.log", "")
	b.file(web+"/error.log", "")
	switch s.distro.family {
	case "debian":
		b.file("/var/log/dpkg.log", s.persona.Boot.AddDate(0, 0, -3).Format("2006-01-02 15:04:05")+" status installed libc-bin:amd64\n")
		b.dir("/var/log/apt", 0o755)
		for _, name := range []string{"kern.log", "alternatives.log", "faillog"} {
			b.file("/var/log/"+name, "")
		}
	case "rhel":
		b.dir("/var/log/audit", 0o700)
		for _, name := range []string{"cron", "maillog", "boot.log", "yum.log"} {
			b.file("/var/log/"+name, "")
		}
	case "arch":
		b.file("/var/log/pacman.log", "["+s.persona.Boot.AddDate(0, 0, -3).Format("2006-01-02T15:04:05-0700")+"] [PACMAN] Running 'pacman -Syu'\n")
	}
	b.dir("/var/log/journal", 0o755)
}

func (s *System) logLine(t time.Time, format string, args ...any) string {
	return t.UTC().Format("Jan _2 15:04:05 ") + s.persona.Hostname + " " + fmt.Sprintf(format, args...) + "\n"
}

// authLog has a cron session an hour.
func (s *System) authLog(now time.Time) string {
	var b strings.Builder
	from := now.Add(-48 * time.Hour)
	if from.Before(s.persona.Boot) {
		from = s.persona.Boot
		b.WriteString(s.logLine(from.Add(6*time.Second), "sshd[%d]: Server listening on 0.0.0.0 port 22.", s.sshd().pid))
	}
	for t := from.Truncate(time.Hour).Add(time.Hour + 17*time.Minute + time.Second); t.Before(now); t = t.Add(time.Hour) {
		b.WriteString(s.logLine(t, "CRON[%d]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)", lastPID(t)))
		b.WriteString(s.logLine(t, "CRON[%d]: pam_unix(cron:session): session closed for user root", lastPID(t)))
	}
	return b.String()
}

func (s *System) syslog(now time.Time) string {
	var b strings.Builder
	from := now.Add(-24 * time.Hour)
	if from.Before(s.persona.Boot) {
		from = s.persona.Boot
	}
	for t := from.Truncate(time.Hour).Add(time.Hour + 17*time.Minute + time.Second); t.Before(now); t = t.Add(time.Hour) {
		b.WriteString(s.logLine(t, "CRON[%d]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)", lastPID(t)))
	}
	return b.String()
}

func (s *System) dmesg() string {
	h := &s.hardware
	vendor, product, _ := s.dmi()
	var b strings.Builder
	for i, line := range []string{
		strings.TrimSuffix(s.procVersion(), "\n"), "Command line: BOOT_IMAGE=/boot/vmlinuz-" + s.persona.Kernel + " root=" + h.disk + " ro quiet",
		"BIOS-provided physical RAM map:", "NX (Execute Disable) protection: active", "SMBIOS 2.8 present.", "DMI: " + vendor + " " + product,
		fmt.Sprintf("tsc: Detected %.3f MHz processor", h.cpu.mhz), fmt.Sprintf("Memory: %dK/%dK available", h.memoryKB-90000, h.memoryKB),
		"smpboot: CPU0: " + h.cpu.name + " (family: 0x" + h.cpu.family + ", model: 0x" + h.cpu.model + ")", "clocksource: Switched to clocksource tsc",
		"NET: Registered PF_INET protocol family", h.iface + ": Link is Up", "EXT4-fs (" + strings.TrimPrefix(h.disk, "/dev/") + "): mounted filesystem with ordered data mode.",
		"systemd[1]: Detected architecture x86-64.",
	} {
		fmt.Fprintf(&b, "[%5d.%06d] %s\n", i/4, (i*231773)%1000000, line)
	}
	return b.String()
}

func randomBytes(*user) string {
	b := make([]byte, 128<<10)
	_, _ = rand.Read(b) // never fails
	return string(b)
}
