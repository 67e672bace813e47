package shell

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

// unitState is what was made of a unit: its file's state, and whether it runs.
func (p *proc) unitState(unit string) (known, active, enabled bool) {
	known = slices.Contains(p.System.units(), unit) || unit == "sshd" || unit == "ssh"
	for _, dir := range []string{"/etc/systemd/system/", "/usr/lib/systemd/system/", "/lib/systemd/system/", "/etc/init.d/"} {
		for _, name := range []string{unit + ".service", unit} {
			if n, err := p.lookup(dir+name, true); err == nil && n.kind == regular {
				known = true
			}
		}
	}
	running := slices.Contains(p.System.units(), unit) || unit == "sshd"
	p.FS.worldMu.Lock()
	defer p.FS.worldMu.Unlock()
	active, enabled = running, running
	if s, ok := p.FS.units[unit+" active"]; ok {
		active = s == "y"
	}
	if s, ok := p.FS.units[unit+" enabled"]; ok {
		enabled = s == "y"
	}
	return known, active, enabled
}

func (p *proc) setUnit(key string, on bool) {
	p.FS.worldMu.Lock()
	defer p.FS.worldMu.Unlock()
	if p.FS.units == nil {
		p.FS.units = map[string]string{}
	}
	if len(p.FS.units) < 200 {
		p.FS.units[key] = map[bool]string{true: "y", false: "n"}[on]
	}
}

func (p *proc) unit(verb, unit string) int {
	known, active, enabled := p.unitState(unit)
	word := func(yes bool, a, b string) int {
		p.print(map[bool]string{true: a, false: b}[yes] + "\n")
		return map[bool]int{true: 0, false: 3}[yes]
	}
	switch verb {
	case "status":
		if !known {
			return p.unitError(4, "Unit %s.service could not be found.", unit)
		}
		since := p.System.persona.Boot.Add(5 * time.Second)
		state, mark := fmt.Sprintf("active (running) since %s; %d days ago", since.Format("Mon 2006-01-02 15:04:05 UTC"), int(p.now().Sub(since).Hours())/24), "●"
		if !active {
			state, mark = "inactive (dead)", "○"
		}
		p.printf("%s %s.service\n     Loaded: loaded (/lib/systemd/system/%[2]s.service; %s; preset: enabled)\n     Active: %s\n",
			mark, unit, map[bool]string{true: "enabled", false: "disabled"}[enabled], state)
		return map[bool]int{true: 0, false: 3}[active]
	case "is-active":
		return word(active, "active", "inactive")
	case "is-enabled":
		if !known {
			p.say("Failed to get unit file state for %s.service: No such file or directory\n", unit)
			return 1
		}
		return min(1, word(enabled, "enabled", "disabled"))
	case "cat", "show", "kill", "edit", "list-dependencies":
		return 0
	case "start", "stop", "restart", "enable", "disable", "reload", "mask", "unmask", "try-restart", "force-reload", "condrestart":
		if p.user.uid != 0 {
			return p.unitError(1, "Failed to %s %s.service: Interactive authentication required.", verb, unit)
		}
		if !known {
			switch verb {
			case "enable", "disable", "mask":
				return p.unitError(1, "Failed to %s unit: Unit file %s.service does not exist.", verb, unit)
			}
			return p.unitError(5, "Failed to %s %s.service: Unit %s.service not found.", verb, unit, unit)
		}
		switch verb {
		case "start", "restart":
			p.setUnit(unit+" active", true)
		case "stop":
			p.setUnit(unit+" active", false)
		case "enable":
			p.setUnit(unit+" enabled", true)
			p.say("Created symlink /etc/systemd/system/multi-user.target.wants/%s.service → /etc/systemd/system/%[1]s.service.\n", unit)
			_ = p.FS.make(root, "/etc/systemd/system/multi-user.target.wants/"+unit+".service", &node{kind: symlink, perm: 0o777, target: "/etc/systemd/system/" + unit + ".service"}) // it may be there
		case "disable":
			p.setUnit(unit+" enabled", false)
		}
		return 0
	}
	return p.unitError(1, "Unknown command verb %s.", verb)
}

func (p *proc) unitError(status int, format string, args ...any) int {
	p.say(format+"\n", args...)
	return status
}

// units are the services that systemd runs.
func (s *System) units() []string {
	ssh, cron := "sshd", "crond"
	if s.distro.family == "debian" {
		ssh, cron = "ssh", "cron"
	}
	units := []string{cron, "dbus", "rsyslog", "systemd-journald", "systemd-logind", "systemd-udevd"}
	if s.serves("ssh") {
		units = append(units, ssh)
	}
	if s.serves("http") {
		units = append(units, s.webUnit())
	}
	slices.Sort(units)
	return units
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
