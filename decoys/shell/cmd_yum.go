package shell

import (
	"strings"
)

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

func cmdLsbRelease(p *proc) int {
	d := p.System.persona.OS
	title := map[string]string{"debian": "Debian", "ubuntu": "Ubuntu", "kali": "Kali"}[d.ID]
	o, bad, ok := p.opt("vidrcash id=i description=d release=r codename=c all=a short=s", 2)
	if !ok {
		return bad
	}
	rows := []struct{ letter, name, value string }{
		{"i", "Distributor ID", title},
		{"d", "Description", d.Name},
		{"r", "Release", d.VersionID},
		{"c", "Codename", p.System.codename()},
	}
	if len(o.set) == 0 || o.has("av") {
		p.say("No LSB modules are available.\n")
	}
	for _, r := range rows {
		switch {
		case !o.has("a") && !o.has(r.letter):
		case o.has("s"):
			p.print(r.value + "\n")
		default:
			p.printf("%s:\t%s\n", r.name, r.value)
		}
	}
	return 0
}

// units are the services that systemd runs.
func (s *System) units() []string {
	ssh, cron := "sshd", "crond"
	if s.distro.family == "debian" {
		ssh, cron = "ssh", "cron"
	}
	return []string{cron, "dbus", "rsyslog", ssh, "systemd-journald", "systemd-logind", "systemd-udevd", s.webUnit()}
}

// cmdSystemctl is systemctl and service.
func cmdSystemctl(p *proc) int {
	var rest []string
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		if a == "-t" || a == "-n" || a == "-p" {
			i++
		} else if !strings.HasPrefix(a, "-") {
			rest = append(rest, a)
		}
	}
	if p.args[0] == "service" && len(rest) > 1 {
		rest[0], rest[1] = rest[1], rest[0]
	}
	if len(rest) == 0 || rest[0] == "list-units" || rest[0] == "list-unit-files" {
		p.print("  UNIT                       LOAD   ACTIVE SUB     DESCRIPTION\n")
		for _, u := range p.System.units() {
			p.printf("  %-26s loaded active running %s\n", u+".service", u)
		}
		p.printf("\nLOAD   = Reflects whether the unit definition was properly loaded.\nACTIVE = The high-level unit activation state, i.e. generalization of SUB.\n"+
			"SUB    = The low-level unit activation state, values depend on unit type.\n%d loaded units listed.\n", len(p.System.units()))
		return 0
	}
	switch rest[0] {
	case "daemon-reload", "daemon-reexec", "list-timers", "reset-failed", "isolate", "set-default":
		if p.user.uid != 0 {
			return p.unitError(1, "Failed to reload daemon: Interactive authentication required.")
		}
		return 0
	case "is-system-running":
		p.print("running\n")
		return 0
	case "get-default":
		p.print("multi-user.target\n")
		return 0
	case "reboot", "poweroff", "halt":
		p.args = rest
		return cmdReboot(p)
	}
	if len(rest) < 2 {
		return p.unitError(1, "Too few arguments.")
	}
	status := 0
	for _, unit := range rest[1:] {
		if got := p.unit(rest[0], strings.TrimSuffix(unit, ".service")); got != 0 {
			status = got
		}
	}
	return status
}
