package shell

import (
	"slices"
	"strings"
)

// cmdCrontab is crontab; tables are files where the distribution has them.
func cmdCrontab(p *proc) int {
	dir := map[string]string{"debian": "/var/spool/cron/crontabs/", "alpine": "/etc/crontabs/"}[p.System.distro.family]
	at := or(dir, "/var/spool/cron/") + p.user.name
	list, remove, names := false, false, []string{}
	for i := 1; i < len(p.args); i++ {
		switch a := p.args[i]; {
		case a == "-l":
			list = true
		case a == "-r":
			remove = true
		case a == "-u":
			if i++; i < len(p.args) {
				at = or(dir, "/var/spool/cron/") + p.args[i]
				if p.user.uid != 0 && p.args[i] != p.user.name {
					p.say("must be privileged to use -u\n")
					return 1
				}
			}
		case a == "-e":
			return p.edits(at)
		case a == "-" || !strings.HasPrefix(a, "-"):
			names = append(names, a)
		}
	}
	switch {
	case list:
		data, err := p.FS.read(root, at)
		if err != nil {
			if p.small() {
				return p.errorf(1, "can't open '%s': %v", p.user.name, err)
			}
			p.say("no crontab for %s\n", p.user.name)
			return 1
		}
		p.print(data)
	case remove:
		if p.FS.remove(root, at, false) != nil && !p.small() {
			p.say("no crontab for %s\n", p.user.name)
			return 1
		}
	case len(names) == 0 && p.tty != "" && isTerminal(p.Out):
		fallthrough
	default:
		return p.files(names, "%s: %v", func(_, data string) {
			for i, line := range lines(data) {
				w := strings.Fields(line)
				if len(w) > 0 && w[0][0] != '#' && w[0][0] != '@' && !strings.Contains(w[0], "=") && (len(w) < 6 || strings.Trim(w[0], "0123456789*/,-") != "") {
					p.say("%q:%d: bad minute\nerrors in crontab file, can't install.\n", or(strings.Join(names, ""), "-"), i)
					return
				}
			}
			if p.FS.write(root, at, data, false) == nil {
				_ = p.FS.change(root, at, func(n *node) { n.perm, n.uid = 0o600, p.user.uid }) // it was just written
				p.pending[at] = false
			}
		})
	}
	return 0
}

// edits is an editor on a file: see cmdVi.
func (p *proc) edits(at string) int {
	run := *p
	run.args = []string{"vi", at}
	return cmdVi(&run)
}

// cmdApt is apt and apt-get, which find no mirror.
func cmdApt(p *proc) int {
	o, _, ok := p.opt("yqfdsumVho:t:c:a: yes=y quiet=q assume-yes=y no-install-recommends=m fix-broken=f allow-unauthenticated=u force-yes=y purge=u reinstall=m upgradable=u installed=m", 100)
	if !ok {
		return 100
	}
	if len(o.rest) == 0 {
		p.printf("%s 2.6.1 (amd64)\nUsage: %[1]s [options] command\n", p.args[0])
		return 0
	}
	verb := o.rest[0]
	if p.user.uid != 0 && slices.Contains([]string{"update", "install", "remove", "upgrade", "purge", "autoremove", "dist-upgrade"}, verb) {
		if verb == "update" {
			p.say("E: Could not open lock file /var/lib/apt/lists/lock - open (13: Permission denied)\nE: Unable to lock directory /var/lib/apt/lists/\n")
			return 100
		}
		p.say("E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n" +
			"E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n")
		return 100
	}
	mirror := map[string]string{"debian": "deb.debian.org/debian", "ubuntu": "archive.ubuntu.com/ubuntu", "kali": "http.kali.org/kali"}[p.System.persona.OS.ID]
	host, _, _ := strings.Cut(mirror, "/")
	const lists = "Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n"
	if p.args[0] == "apt" && !isTerminal(p.Out) {
		p.say("\nWARNING: apt does not have a stable CLI interface. Use with caution in scripts.\n\n")
	}
	switch verb {
	case "update":
		p.sleep(p.NetworkDelay)
		p.printf("Err:1 http://%s %s InRelease\n  Temporary failure resolving '%s'\nReading package lists... Done\n", mirror, p.System.codename(), host)
		p.say("W: Failed to fetch http://%s/dists/%s/InRelease  Temporary failure resolving '%s'\n"+
			"W: Some index files failed to download. They have been ignored, or old ones used instead.\n", mirror, p.System.codename(), host)
		return 0
	case "install":
		p.print(lists)
		status := 0
		for _, name := range o.rest[1:] {
			if p.installed(name) {
				p.printf("%s is already the newest version.\n", name)
				continue
			}
			p.say("E: Unable to locate package %s\n", name)
			status = 100
		}
		if status == 0 {
			p.print("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
		}
		return status
	case "list", "search", "show", "policy":
		if verb == "list" {
			p.print("Listing... Done\n")
		}
		return 0
	case "remove", "purge":
		p.print(lists)
		for _, name := range o.rest[1:] {
			if !p.installed(name) {
				p.say("E: Unable to locate package %s\n", name)
				return 100
			}
		}
	case "upgrade", "dist-upgrade", "autoremove", "full-upgrade":
		p.print(lists + "Calculating upgrade... Done\n")
	case "clean", "autoclean", "moo", "check":
		return 0
	default:
		p.say("E: Invalid operation %s\n", verb)
		return 100
	}
	p.print("0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
	return 0
}

// installed reports whether there is a program of that name.
func (p *proc) installed(name string) bool {
	for _, dir := range []string{"/usr/bin/", "/usr/sbin/", "/bin/", "/sbin/"} {
		if _, err := p.lookup(dir+name, true); err == nil {
			return true
		}
	}
	return slices.Contains([]string{"coreutils", "openssh-server", "ca-certificates", "libc6", "bash-completion", "procps", "util-linux"}, name)
}

// cmdDpkg is dpkg, rpm and the like where they list what there is.
func cmdDpkg(p *proc) int {
	rest := strings.Join(p.args[1:], " ")
	packages := []string{"bash", "coreutils", "curl", "dash", "grep", "gzip", "openssh-server", "procps", "sed", "sudo", "systemd", "tar", "util-linux", "wget"}
	switch {
	case strings.Contains(rest, "--print-architecture"):
		p.print("amd64\n")
	case strings.Contains(rest, "-qa"), strings.Contains(rest, "-a") && p.args[0] == "rpm":
		for _, n := range packages {
			p.printf("%s-%s.el9.x86_64\n", n, or(p.System.shortBash(), "1.0")+"-1")
		}
	case strings.Contains(rest, "-l") || strings.Contains(rest, "--list"):
		p.print("Desired=Unknown/Install/Remove/Purge/Hold\n| Status=Not/Inst/Conf-files/Unpacked/halF-conf/Half-inst/trig-aWait/Trig-pend\n|/ Err?=(none)/Reinst-required (Status,Err: uppercase=bad)\n" +
			"||/ Name           Version      Architecture Description\n+++-==============-============-============-=================================\n")
		for _, n := range packages {
			p.printf("ii  %-14s %-12s %-12s %s\n", n, p.System.shortBash()+"-1", "amd64", n)
		}
	case strings.Contains(rest, "-s ") || strings.Contains(rest, "-q "), strings.Contains(rest, "-S "), strings.Contains(rest, "-qf"):
		name := p.args[len(p.args)-1]
		if p.installed(name) {
			p.printf("Package: %s\nStatus: install ok installed\n", name)
			return 0
		}
		if p.args[0] == "rpm" {
			p.printf("package %s is not installed\n", name)
		} else {
			p.say("dpkg-query: package '%s' is not installed and no information is available\n", name)
		}
		return 1
	case strings.Contains(rest, "-i"):
		return p.errorf(1, "error: cannot access archive '%s': No such file or directory", p.args[len(p.args)-1])
	}
	return 0
}
