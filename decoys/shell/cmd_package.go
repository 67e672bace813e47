package shell

import (
	"slices"
	"strings"
)

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

// cmdYum is yum, dnf, apk, pacman and snap, which find no mirror either.
func cmdYum(p *proc) int {
	var rest []string
	for _, a := range p.args[1:] {
		if !strings.HasPrefix(a, "-") || p.args[0] == "pacman" {
			rest = append(rest, a)
		}
	}
	verb := strings.Join(rest[:min(1, len(rest))], "")
	switch p.args[0] {
	case "apk":
		return p.apk(verb, rest)
	case "pacman":
		return p.pacman(verb, rest)
	case "snap":
		p.say("error: cannot communicate with server: timeout exceeded while waiting for response\n")
		return 1
	}
	switch verb {
	case "":
		p.say("usage: %s [options] COMMAND\n", p.args[0])
		return 1
	case "list", "repolist", "history", "info":
		p.print("Installed Packages\nbash.x86_64    " + p.System.shortBash() + "-1    @anaconda\n")
		return 0
	case "clean":
		p.print("0 files removed\n")
		return 0
	}
	if p.user.uid != 0 {
		p.say("Error: This command has to be run with superuser privileges (under the root user on most systems).\n")
		return 1
	}
	p.sleep(p.NetworkDelay)
	if p.System.persona.OS.Slug == "centos7" {
		p.print("Loaded plugins: fastestmirror\nDetermining fastest mirrors\n")
		p.say("Could not retrieve mirrorlist http://mirrorlist.centos.org/?release=7&arch=x86_64&repo=os&infra=stock error was\n" +
			"14: curl#6 - \"Could not resolve host: mirrorlist.centos.org; Unknown error\"\n\n\n One of the configured repositories failed (Unknown),\n" +
			" and yum doesn't have enough cached data to continue. At this point the only\n safe thing yum can do is fail.\n\nCannot find a valid baseurl for repo: base/7/x86_64\n")
		return 1
	}
	repo, host := "Rocky Linux 9 - BaseOS", "mirrors.rockylinux.org"
	if p.System.persona.OS.ID == "fedora" {
		repo, host = "Fedora 39 - x86_64", "mirrors.fedoraproject.org"
	}
	p.printf("%-48s 0.0  B/s |   0  B     00:00    \n", repo)
	p.say("Errors during downloading metadata for repository '%s':\n  - Curl error (6): Couldn't resolve host name for https://%s/mirrorlist [Could not resolve host: %[2]s]\n"+
		"Error: Failed to download metadata for repo '%[1]s': Cannot prepare internal mirrorlist: Curl error (6): Couldn't resolve host name for https://%[2]s/mirrorlist [Could not resolve host: %[2]s]\n",
		map[bool]string{true: "fedora", false: "baseos"}[p.System.persona.OS.ID == "fedora"], host)
	return 1
}

func (p *proc) apk(verb string, rest []string) int {
	const mirror = "https://dl-cdn.alpinelinux.org/alpine/v3.19/"
	switch verb {
	case "":
		p.print("apk-tools 2.14.0, compiled for x86_64.\n\nusage: apk [<OPTIONS>...] COMMAND [<ARGUMENTS>...]\n")
		return 1
	case "info", "list":
		p.print("alpine-baselayout\nbusybox\napk-tools\nmusl\nopenssh\n")
		return 0
	case "add", "update", "upgrade":
		if p.user.uid != 0 {
			p.say("ERROR: Unable to lock database: Permission denied\nERROR: Failed to open apk database: Permission denied\n")
			return 99
		}
		for _, part := range []string{"main", "community"} {
			p.printf("fetch %s%s/x86_64/APKINDEX.tar.gz\n", mirror, part)
			p.sleep(p.NetworkDelay)
			p.say("WARNING: fetching %s%s: temporary error (try again later)\n", mirror, part)
		}
		if verb != "add" {
			p.say("2 unavailable, 0 stale; 15 distinct packages available\n")
			return 2
		}
		p.say("ERROR: unable to select packages:\n")
		for _, n := range rest[1:] {
			p.say("  %s (no such package):\n    required by: world[%[1]s]\n", n)
		}
		return len(rest) - 1
	}
	return 0
}

func (p *proc) pacman(verb string, rest []string) int {
	switch {
	case strings.HasPrefix(verb, "-Q"):
		p.print("bash " + p.System.shortBash() + "-1\ncoreutils " + p.System.distro.coreutils + "-2\nlinux " + p.System.persona.Kernel + "\nopenssh 9.8p1-1\npacman 6.1.0-3\n")
		return 0
	case strings.HasPrefix(verb, "-S") && p.user.uid != 0:
		p.say("error: you cannot perform this operation unless you are root.\n")
		return 1
	case strings.HasPrefix(verb, "-Sy"):
		p.print(":: Synchronizing package databases...\n")
		for _, db := range []string{"core", "extra"} {
			p.sleep(p.NetworkDelay)
			p.say("error: failed retrieving file '%s.db' from geo.mirror.pkgbuild.com : Could not resolve host: geo.mirror.pkgbuild.com\n", db)
		}
		p.say("error: failed to synchronize all databases (failed to retrieve some files)\n")
		return 1
	case strings.HasPrefix(verb, "-S"):
		for _, n := range rest[1:] {
			if !strings.HasPrefix(n, "-") {
				p.say("error: target not found: %s\n", n)
			}
		}
		return 1
	}
	p.say("error: no operation specified (use -h for help)\n")
	return 1
}
