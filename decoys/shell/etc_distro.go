package shell

import (
	"fmt"
	"strings"
)

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
	if s.openwrt() {
		return
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
