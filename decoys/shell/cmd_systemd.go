package shell

import (
	"slices"
	"strings"
)

// cmdJournalctl shows the log that the machine writes.
func cmdJournalctl(p *proc) int {
	if strings.Contains(strings.Join(p.args, " "), "--vacuum") || slices.Contains(p.args, "--rotate") || slices.Contains(p.args, "--flush") {
		if p.user.uid == 0 {
			p.say("Vacuuming done, freed 0B of archived journals from /var/log/journal.\n")
		}
		return 0
	}
	p.printf("%s%s", p.System.authLog(p.now()), p.System.syslog(p.now()))
	return 0
}

func cmdTimedatectl(p *proc) int {
	now := p.now()
	p.printf("               Local time: %s\n           Universal time: %[1]s\n                 RTC time: %s\n                Time zone: Etc/UTC (UTC, +0000)\n"+
		"System clock synchronized: yes\n              NTP service: active\n          RTC in local TZ: no\n", now.Format("Mon 2006-01-02 15:04:05 MST"), now.Format("Mon 2006-01-02 15:04:05"))
	return 0
}

func cmdDetectVirt(p *proc) int {
	v := p.System.virtual()
	p.print(v + "\n")
	return truth(v != "none")
}

func cmdLogger(*proc) int { return 0 }
