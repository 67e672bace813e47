package shell

import (
	"fmt"
	"slices"
	"strings"
	"time"
)

func cmdSystemctl(p *proc) int {
	_, rest, _ := p.options("alqf", "tnp")
	units := []string{"cron", "dbus", "ssh", "systemd-journald", "systemd-logind", p.webUnit()}
	if len(rest) == 0 || rest[0] == "list-units" {
		p.print("  UNIT                       LOAD   ACTIVE SUB     DESCRIPTION\n")
		for _, u := range units {
			p.printf("  %-26s loaded active running %s\n", u+".service", u)
		}
		p.printf("\n%d loaded units listed.\n", len(units))
		return 0
	}
	unit := ""
	if len(rest) > 1 {
		unit = strings.TrimSuffix(rest[1], ".service")
	}
	known := slices.Contains(units, unit) || unit == "sshd"
	switch rest[0] {
	case "status":
		if !known {
			return p.unitError(4, "Unit %s.service could not be found.", unit)
		}
		started := p.System.persona.Boot.Add(5 * time.Second)
		p.printf("● %s.service\n     Loaded: loaded (/lib/systemd/system/%s.service; enabled; preset: enabled)\n     Active: active (running) since %s\n",
			unit, unit, started.Format("Mon 2006-01-02 15:04:05 UTC"))
		return 0
	case "is-active", "is-enabled":
		word := map[bool]string{true: "active", false: "inactive"}[known]
		p.print(word + "\n")
		return map[bool]int{true: 0, false: 3}[known]
	case "start", "stop", "restart", "enable", "disable", "reload", "mask":
		if p.user.uid != 0 {
			return p.unitError(1, "Failed to %s %s.service: Interactive authentication required.", rest[0], unit)
		}
		if !known {
			return p.unitError(5, "Failed to %s %s.service: Unit %s.service not found.", rest[0], unit, unit)
		}
		return 0
	case "daemon-reload":
		return 0
	}
	return p.unitError(1, "Unknown command verb %s.", rest[0])
}

func (p *proc) unitError(status int, format string, args ...any) int {
	_, _ = fmt.Fprintf(p.Err, format+"\n", args...)
	return status
}

func (p *proc) webUnit() string {
	if p.System.persona.WebServer.Name == "apache" {
		return "apache2"
	}
	return "nginx"
}
