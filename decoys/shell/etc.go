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

// baseAccounts are those of Debian's base-passwd with what a small server adds.
var baseAccounts = []account{
	{"root", 0, 0, "root", "/root", "/bin/bash"},
	{"daemon", 1, 1, "daemon", "/usr/sbin", "/usr/sbin/nologin"},
	{"bin", 2, 2, "bin", "/bin", "/usr/sbin/nologin"},
	{"sys", 3, 3, "sys", "/dev", "/usr/sbin/nologin"},
	{"sync", 4, 65534, "sync", "/bin", "/bin/sync"},
	{"games", 5, 60, "games", "/usr/games", "/usr/sbin/nologin"},
	{"man", 6, 12, "man", "/var/cache/man", "/usr/sbin/nologin"},
	{"lp", 7, 7, "lp", "/var/spool/lpd", "/usr/sbin/nologin"},
	{"mail", 8, 8, "mail", "/var/mail", "/usr/sbin/nologin"},
	{"news", 9, 9, "news", "/var/spool/news", "/usr/sbin/nologin"},
	{"uucp", 10, 10, "uucp", "/var/spool/uucp", "/usr/sbin/nologin"},
	{"proxy", 13, 13, "proxy", "/bin", "/usr/sbin/nologin"},
	{"www-data", 33, 33, "www-data", "/var/www", "/usr/sbin/nologin"},
	{"backup", 34, 34, "backup", "/var/backups", "/usr/sbin/nologin"},
	{"list", 38, 38, "Mailing List Manager", "/var/list", "/usr/sbin/nologin"},
	{"irc", 39, 39, "ircd", "/run/ircd", "/usr/sbin/nologin"},
	{"nobody", 65534, 65534, "nobody", "/nonexistent", "/usr/sbin/nologin"},
	{"_apt", 100, 65534, "", "/nonexistent", "/usr/sbin/nologin"},
	{"systemd-network", 998, 998, "systemd Network Management", "/", "/usr/sbin/nologin"},
	{"messagebus", 101, 107, "", "/nonexistent", "/usr/sbin/nologin"},
	{"sshd", 102, 65534, "", "/run/sshd", "/usr/sbin/nologin"},
}

var loginName = regexp.MustCompile(`^[a-z_][a-z0-9_-]{0,30}$`)

// MayLogIn reports whether name could be that of somebody who logs in here:
// it is fit for a user name and not a system account without a shell.
func (s *System) MayLogIn(name string) bool {
	if !loginName.MatchString(name) {
		return false
	}
	for _, a := range baseAccounts {
		if a.name == name {
			return strings.HasSuffix(a.shell, "/bash")
		}
	}
	return true
}

// accounts are those of the machine as it was installed.
func (s *System) accounts() []account {
	return append(append([]account{}, baseAccounts...),
		account{s.persona.User, 1000, 1000, s.persona.User + ",,,", "/home/" + s.persona.User, "/bin/bash"})
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
	b.file("/etc/os-release", s.osRelease())
	b.file("/etc/machine-id", s.hardware.machine+"\n")
	b.file("/etc/passwd", passwd(s.accounts()))
	b.file("/etc/group", s.groups())
	b.secret("/etc/shadow", s.shadow())
	b.file("/etc/resolv.conf", "nameserver "+s.gateway()+"\n")
	b.file("/etc/shells", "# /etc/shells: valid login shells\n/bin/sh\n/bin/bash\n/usr/bin/bash\n/bin/rbash\n/usr/bin/rbash\n/bin/dash\n/usr/bin/dash\n")
	b.file("/etc/fstab", fmt.Sprintf("# /etc/fstab: static file system information.\n%s / ext4 errors=remount-ro 0 1\n", s.hardware.disk))
	b.file("/etc/crontab", "SHELL=/bin/sh\n\n17 *\t* * *\troot\tcd / && run-parts --report /etc/cron.hourly\n"+
		"25 6\t* * *\troot\ttest -x /usr/sbin/anacron || { cd / && run-parts --report /etc/cron.daily; }\n")
	b.file("/etc/ssh/sshd_config", "Include /etc/ssh/sshd_config.d/*.conf\n\nPermitRootLogin yes\nKbdInteractiveAuthentication no\nUsePAM yes\n"+
		"AllowTcpForwarding no\nX11Forwarding no\nPrintMotd no\nAcceptEnv LANG LC_*\n")
	if p.OS.ID == "debian" {
		b.file("/etc/debian_version", p.OS.VersionID+".5\n")
		b.file("/etc/issue", "Debian GNU/Linux 12 \\n \\l\n\n")
	} else {
		b.file("/etc/issue", p.OS.Name+" \\n \\l\n\n")
		b.file("/etc/lsb-release", fmt.Sprintf("DISTRIB_ID=Ubuntu\nDISTRIB_RELEASE=%s\nDISTRIB_CODENAME=%s\nDISTRIB_DESCRIPTION=%q\n",
			p.OS.VersionID, s.codename(), p.OS.Name))
	}
}

func (s *System) codename() string {
	return map[string]string{"debian": "bookworm", "ubuntu22": "jammy", "ubuntu20": "focal"}[s.persona.OS.Slug]
}

func (s *System) osRelease() string {
	d := s.persona.OS
	if d.ID == "debian" {
		return fmt.Sprintf("PRETTY_NAME=%q\nNAME=\"Debian GNU/Linux\"\nVERSION_ID=%q\nVERSION=\"%s (%s)\"\nVERSION_CODENAME=%s\nID=debian\n"+
			"HOME_URL=\"https://www.debian.org/\"\nSUPPORT_URL=\"https://www.debian.org/support\"\nBUG_REPORT_URL=\"https://bugs.debian.org/\"\n",
			d.Name, d.VersionID, d.VersionID, s.codename(), s.codename())
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
	return "root:x:0:\ndaemon:x:1:\nbin:x:2:\nsys:x:3:\nadm:x:4:" + u + "\ntty:x:5:\ndisk:x:6:\nlp:x:7:\nmail:x:8:\nsudo:x:27:" + u +
		"\nwww-data:x:33:\nshadow:x:42:\nusers:x:100:" + u + "\nnogroup:x:65534:\n" + u + ":x:1000:\n"
}

// shadow has hashes of nothing: their salt and digest derive from the seed.
func (s *System) shadow() string {
	const alphabet = "./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
	hash := func(who string) string {
		key := s.persona.Key("shadow "+who, 22+43)
		for i := range key {
			key[i] = alphabet[key[i]%64]
		}
		return "$y$j9T$" + string(key[:22]) + "$" + string(key[22:])
	}
	var b strings.Builder
	day := s.persona.Boot.Unix()/86400 - 90
	for _, a := range s.accounts() {
		secret := "*"
		if strings.HasSuffix(a.shell, "/bash") {
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
