package shell

import (
	"strings"
)

// A dialect is which shell a shell is: they word their errors differently.
type dialect byte

const (
	bash dialect = iota
	dash
	ash // of BusyBox
)

// A distro is what the shell has to know of one operating system beside what
// package catalog says.
type distro struct {
	// family is the one whose layout it has: "debian", "rhel", "alpine", "arch" or "openwrt".
	family string
	// sh is what /bin/sh is; the login shell is bash, or ash on Alpine.
	sh dialect
	// bash, coreutils, procps, curl and wget are versions of these packages.
	bash, coreutils, procps, curl, wget string
	codename, python, perl              string
	compiler                            string
	// manager is the package manager.
	manager string
	// path and userPath are PATH of root and of others.
	path, userPath string
	authLog        string
	webUnit        map[string]string
	motd           string
}

const (
	debianPath     = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"
	debianUserPath = "/usr/local/bin:/usr/bin:/bin:/usr/local/games:/usr/games"
	ubuntuPath     = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin:/usr/games:/usr/local/games:/snap/bin"
	rhelPath       = "/root/.local/bin:/root/bin:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin"
	debianGNU      = "\nThe programs included with the %[3]s GNU/Linux system are free software;\n" +
		"the exact distribution terms for each program are described in the\n" +
		"individual files in /usr/share/doc/*/copyright.\n\n" +
		"%[3]s GNU/Linux comes with ABSOLUTELY NO WARRANTY, to the extent\n" +
		"permitted by applicable law.\n"
	ubuntuMotd = "Welcome to %[4]s (GNU/Linux %[2]s x86_64)\n\n * Documentation:  https://help.ubuntu.com\n" +
		" * Management:     https://landscape.canonical.com\n * Support:        https://ubuntu.com/pro\n\n"
)

var (
	debianWeb = map[string]string{"nginx": "nginx", "apache": "apache2"}
	rhelWeb   = map[string]string{"nginx": "nginx", "apache": "httpd"}
)

// distros are what the shell passes for, by the slugs of package catalog.
var distros = map[string]distro{
	"debian": {
		family: "debian", sh: dash, bash: "5.2.15(1)-release", coreutils: "9.1", procps: "4.0.2", curl: "7.88.1", wget: "1.21.3",
		codename: "bookworm", python: "3.11.2", perl: "5.36.0", manager: "apt", path: debianPath, userPath: debianUserPath,
		compiler: "(debian-kernel@lists.debian.org) (gcc-12 (Debian 12.2.0-14) 12.2.0, GNU ld (GNU Binutils for Debian) 2.40)",
		authLog:  "/var/log/auth.log", webUnit: debianWeb, motd: "Linux %[1]s %[2]s %[5]s x86_64\n" + debianGNU,
	},
	"ubuntu22": {
		family: "debian", sh: dash, bash: "5.1.16(1)-release", coreutils: "8.32", procps: "3.3.17", curl: "7.81.0", wget: "1.21.2",
		codename: "jammy", python: "3.10.12", perl: "5.34.0", manager: "apt", path: ubuntuPath, userPath: ubuntuPath,
		compiler: "(buildd@lcy02-amd64-%03d) (gcc (Ubuntu 11.4.0-1ubuntu1~22.04) 11.4.0, GNU ld (GNU Binutils for Ubuntu) 2.38)",
		authLog:  "/var/log/auth.log", webUnit: debianWeb, motd: ubuntuMotd,
	},
	"ubuntu20": {
		family: "debian", sh: dash, bash: "5.0.17(1)-release", coreutils: "8.30", procps: "3.3.16", curl: "7.68.0", wget: "1.20.3",
		codename: "focal", python: "3.8.10", perl: "5.30.0", manager: "apt", path: ubuntuPath, userPath: ubuntuPath,
		compiler: "(buildd@lcy02-amd64-%03d) (gcc version 9.4.0 (Ubuntu 9.4.0-1ubuntu1~20.04.2))",
		authLog:  "/var/log/auth.log", webUnit: debianWeb, motd: ubuntuMotd,
	},
	"kali": {
		family: "debian", sh: dash, bash: "5.2.21(1)-release", coreutils: "9.4", procps: "4.0.4", curl: "8.8.0", wget: "1.24.5",
		codename: "kali-rolling", python: "3.11.9", perl: "5.38.2", manager: "apt", path: debianPath, userPath: debianUserPath,
		compiler: "(devel@kali.org) (x86_64-linux-gnu-gcc-13 (Debian 13.2.0-25) 13.2.0, GNU ld (GNU Binutils for Debian) 2.42)",
		authLog:  "/var/log/auth.log", webUnit: debianWeb, motd: "Linux %[1]s %[2]s %[5]s x86_64\n" + debianGNU,
	},
	"rocky9": {
		family: "rhel", sh: bash, bash: "5.1.8(1)-release", coreutils: "8.32", procps: "3.3.17", curl: "7.76.1", wget: "1.21.1",
		codename: "Blue Onyx", python: "3.9.18", perl: "5.32.1", manager: "dnf", path: rhelPath, userPath: rhelPath,
		compiler: "(mockbuild@iad1-prod-build001.bld.equ.rockylinux.org) (gcc (GCC) 11.4.1 20231218 (Red Hat 11.4.1-3), GNU ld version 2.35.2-43.el9)",
		authLog:  "/var/log/secure", webUnit: rhelWeb,
	},
	"centos7": {
		family: "rhel", sh: bash, bash: "4.2.46(2)-release", coreutils: "8.22", procps: "3.3.10", curl: "7.29.0", wget: "1.14",
		codename: "Core", python: "2.7.5", perl: "5.16.3", manager: "yum", path: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/root/bin",
		userPath: "/usr/local/bin:/usr/bin:/usr/local/sbin:/usr/sbin", compiler: "(mockbuild@kbuilder.bsys.centos.org) (gcc version 4.8.5 20150623 (Red Hat 4.8.5-44) (GCC) )",
		authLog: "/var/log/secure", webUnit: rhelWeb,
	},
	"fedora": {
		family: "rhel", sh: bash, bash: "5.2.26(1)-release", coreutils: "9.3", procps: "4.0.3", curl: "8.2.1", wget: "1.21.4",
		codename: "", python: "3.12.3", perl: "5.38.2", manager: "dnf", path: rhelPath, userPath: rhelPath,
		compiler: "(mockbuild@bkernel01.iad2.fedoraproject.org) (gcc (GCC) 13.2.1 20240316 (Red Hat 13.2.1-7), GNU ld version 2.40-14.fc39)",
		authLog:  "/var/log/secure", webUnit: rhelWeb,
	},
	"arch": {
		family: "arch", sh: bash, bash: "5.2.32(1)-release", coreutils: "9.5", procps: "4.0.4", curl: "8.9.1", wget: "1.24.5",
		codename: "", python: "3.12.5", perl: "5.38.2", manager: "pacman", path: "/usr/local/sbin:/usr/local/bin:/usr/bin",
		userPath: "/usr/local/sbin:/usr/local/bin:/usr/bin", compiler: "(linux@archlinux) (gcc (GCC) 14.2.1 20240805, GNU ld (GNU Binutils) 2.43.0)",
		authLog: "/var/log/auth.log", webUnit: rhelWeb,
	},
	"alpine": {
		family: "alpine", sh: ash, curl: "8.5.0", wget: "busybox", python: "3.11.9", perl: "5.38.2", manager: "apk",
		path: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", userPath: "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		compiler: "(buildozer@build-3-19-x86_64) (gcc (Alpine 13.2.1_git20231014) 13.2.1 20231014, GNU ld (GNU Binutils) 2.41)",
		authLog:  "/var/log/messages", webUnit: rhelWeb,
		motd: "Welcome to Alpine!\n\nThe Alpine Wiki contains a large amount of how-to guides and general\n" +
			"information about administrating Alpine systems.\nSee <https://wiki.alpinelinux.org/>.\n\n" +
			"You can setup the system with the command: setup-alpine\n\nYou may change this message by editing /etc/motd.\n\n",
	},
	"openwrt": {
		family: "openwrt", sh: ash, curl: "7.83.1", wget: "busybox", manager: "opkg", path: "/usr/sbin:/usr/bin:/sbin:/bin", userPath: "/usr/sbin:/usr/bin:/sbin:/bin",
		compiler: "(builder@buildhost) (mips-openwrt-linux-musl-gcc (OpenWrt GCC 11.2.0 r20134-5f15225c1e) 11.2.0, GNU ld (GNU Binutils) 2.37)",
		authLog:  "/var/log/messages", webUnit: rhelWeb, motd: "\n\n" + openwrtBusybox + " built-in shell (ash)\n\n" + openwrtBanner,
	},
}

// OSes are the operating systems that the shell passes for, as package catalog
// names them.
func OSes() []string {
	return []string{"debian", "ubuntu22", "ubuntu20", "rocky9", "centos7", "alpine", "fedora", "kali", "arch"}
}

// busybox reports that the commands are BusyBox's.
func (s *System) busybox() bool { return s.distro.family == "alpine" || s.openwrt() }

func (s *System) rhel() bool { return s.distro.family == "rhel" }

// login is the dialect of a login shell.
func (s *System) login() dialect {
	if s.busybox() {
		return ash
	}
	return bash
}

// shell is the login shell of an account.
func (s *System) shell() string {
	if s.busybox() {
		return "/bin/ash"
	}
	return "/bin/bash"
}

// shortBash is bash's version without its build, such as 5.2.15.
func (s *System) shortBash() string {
	v, _, _ := strings.Cut(s.distro.bash, "(")
	return v
}

// oldBash reports bash before 5.1, which says some things differently and does
// not turn bracketed paste on.
func (s *System) oldBash() bool {
	return strings.HasPrefix(s.distro.bash, "4.") || strings.HasPrefix(s.distro.bash, "5.0")
}

func (s *System) bashVersion() string { return s.distro.bash }

func (s *System) codename() string { return s.distro.codename }

// sftpServer is the folder of OpenSSH's sftp-server.
func (d *distro) sftpServer() string {
	switch d.family {
	case "rhel":
		return "/usr/libexec/openssh"
	case "debian":
		return "/usr/lib/openssh"
	}
	return "/usr/lib/ssh"
}
