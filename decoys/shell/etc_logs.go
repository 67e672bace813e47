package shell

import (
	"crypto/rand"
	"fmt"
	"strings"
	"time"
)

// logs makes the logs: what a machine has written since it was started, whose last
// lines are from the minute in which somebody looks.
func (s *System) logs(b *builder) {
	if s.openwrt() { // keeps its log in memory: logread
		return
	}
	log := func(p string, perm uint16, content func(time.Time) string) {
		b.put(p, &node{
			kind: regular, perm: perm, gid: 4, modified: s.persona.Boot, size: int64(len(content(s.persona.Boot.Add(time.Hour)))),
			make: func(*user) string { return content(s.now()) },
		})
	}
	log(s.distro.authLog, 0o640, s.authLog)
	main := map[string]string{"debian": "/var/log/syslog", "rhel": "/var/log/messages"}[s.distro.family]
	if main != "" {
		log(main, 0o640, s.syslog)
	}
	log("/var/log/dmesg", 0o640, func(time.Time) string { return s.dmesg() })
	for _, name := range []string{"wtmp", "btmp", "lastlog"} {
		b.put("/var/log/"+name, &node{kind: regular, perm: map[bool]uint16{true: 0o660, false: 0o664}[name == "btmp"], gid: 43, data: strings.Repeat("\x00", 384)})
	}
	web := "/var/log/" + map[string]string{"nginx": "nginx", "apache2": "apache2", "httpd": "httpd"}[s.webUnit()]
	b.dir(web, 0o755)
	b.file(web+"/access.log", "")
	b.file(web+"/error.log", "")
	switch s.distro.family {
	case "debian":
		b.file("/var/log/dpkg.log", s.persona.Boot.AddDate(0, 0, -3).Format("2006-01-02 15:04:05")+" status installed libc-bin:amd64\n")
		b.dir("/var/log/apt", 0o755)
		for _, name := range []string{"kern.log", "alternatives.log", "faillog"} {
			b.file("/var/log/"+name, "")
		}
	case "rhel":
		b.dir("/var/log/audit", 0o700)
		for _, name := range []string{"cron", "maillog", "boot.log", "yum.log"} {
			b.file("/var/log/"+name, "")
		}
	case "arch":
		b.file("/var/log/pacman.log", "["+s.persona.Boot.AddDate(0, 0, -3).Format("2006-01-02T15:04:05-0700")+"] [PACMAN] Running 'pacman -Syu'\n")
	}
	b.dir("/var/log/journal", 0o755)
}

func (s *System) logLine(t time.Time, format string, args ...any) string {
	return t.UTC().Format("Jan _2 15:04:05 ") + s.persona.Hostname + " " + fmt.Sprintf(format, args...) + "\n"
}

// authLog has a cron session an hour.
func (s *System) authLog(now time.Time) string {
	var b strings.Builder
	from := now.Add(-48 * time.Hour)
	if from.Before(s.persona.Boot) {
		from = s.persona.Boot
		if s.serves("ssh") {
			b.WriteString(s.logLine(from.Add(6*time.Second), "sshd[%d]: Server listening on 0.0.0.0 port 22.", s.parent("").pid))
		}
	}
	for t := from.Truncate(time.Hour).Add(time.Hour + 17*time.Minute + time.Second); t.Before(now); t = t.Add(time.Hour) {
		b.WriteString(s.logLine(t, "CRON[%d]: pam_unix(cron:session): session opened for user root(uid=0) by (uid=0)", lastPID(t)))
		b.WriteString(s.logLine(t, "CRON[%d]: pam_unix(cron:session): session closed for user root", lastPID(t)))
	}
	return b.String()
}

func (s *System) syslog(now time.Time) string {
	var b strings.Builder
	from := now.Add(-24 * time.Hour)
	if from.Before(s.persona.Boot) {
		from = s.persona.Boot
	}
	for t := from.Truncate(time.Hour).Add(time.Hour + 17*time.Minute + time.Second); t.Before(now); t = t.Add(time.Hour) {
		b.WriteString(s.logLine(t, "CRON[%d]: (root) CMD (   cd / && run-parts --report /etc/cron.hourly)", lastPID(t)))
	}
	return b.String()
}

func (s *System) dmesg() string {
	h := &s.hardware
	vendor, product, _ := s.dmi()
	var b strings.Builder
	for i, line := range []string{
		strings.TrimSuffix(s.procVersion(), "\n"), "Command line: BOOT_IMAGE=/boot/vmlinuz-" + s.persona.Kernel + " root=" + h.disk + " ro quiet",
		"BIOS-provided physical RAM map:", "NX (Execute Disable) protection: active", "SMBIOS 2.8 present.", "DMI: " + vendor + " " + product,
		fmt.Sprintf("tsc: Detected %.3f MHz processor", h.cpu.mhz), fmt.Sprintf("Memory: %dK/%dK available", h.memoryKB-90000, h.memoryKB),
		"smpboot: CPU0: " + h.cpu.name + " (family: 0x" + h.cpu.family + ", model: 0x" + h.cpu.model + ")", "clocksource: Switched to clocksource tsc",
		"NET: Registered PF_INET protocol family", h.iface + ": Link is Up", "EXT4-fs (" + strings.TrimPrefix(h.disk, "/dev/") + "): mounted filesystem with ordered data mode.",
		"systemd[1]: Detected architecture x86-64.",
	} {
		fmt.Fprintf(&b, "[%5d.%06d] %s\n", i/4, (i*231773)%1000000, line)
	}
	return b.String()
}

func randomBytes(*user) string {
	b := make([]byte, 128<<10)
	_, _ = rand.Read(b) // never fails
	return string(b)
}
