package shell

import (
	"fmt"
	"regexp"
	"strings"
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
	text := map[string]string{"debian": debianAccounts, "rhel": rhelAccounts, "alpine": alpineAccounts, "arch": archAccounts, "openwrt": openwrtAccounts}[s.distro.family]
	nologin := map[string]string{"debian": "/usr/sbin/nologin", "rhel": "/sbin/nologin", "alpine": "/sbin/nologin", "arch": "/usr/bin/nologin", "openwrt": "/bin/false"}[s.distro.family]
	for line := range strings.FieldsFuncSeq(text, func(r rune) bool { return r == '\n' }) {
		c := append(strings.Split(line, ":"), nologin)
		list = append(list, account{c[0], number(c[1]), number(c[2]), c[3], c[4], c[5]})
	}
	if s.openwrt() {
		return list
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
	if s.openwrt() {
		s.openwrtEtc(b)
		return
	}
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
