package shell

import (
	"path"
	"slices"
	"strings"
	"time"
)

// process is one line of ps.
type process struct {
	pid, ppid int
	user      string
	command   string
	memoryKB  int
	started   time.Duration // after boot
	// at is when it began, if that is not a time after boot; until is when it ends,
	// the zero time if never.
	at, until time.Time
	tty       string
	exe       string // if it is not what the command begins with
}

// kernel reports a thread of the kernel.
func (p *process) kernel() bool { return strings.HasPrefix(p.command, "[") }

// base is what ps shows without arguments, of at most 15 characters.
func (p *process) base() string {
	if p.kernel() {
		return strings.Trim(p.command, "[]")
	}
	word, _, _ := strings.Cut(p.command, " ")
	word = strings.TrimPrefix(path.Base(strings.TrimSuffix(word, ":")), "-")
	return word[:min(15, len(word))]
}

// threads are those of the kernel, with gaps as there are after some uptime.
func (s *System) threads() []process {
	list := []process{{pid: 2, user: "root", command: "[kthreadd]"}}
	pid := 3
	for _, name := range strings.Fields("rcu_gp rcu_par_gp slub_flushwq netns kworker/0:0H-events_highpri mm_percpu_wq rcu_tasks_kthread " +
		"rcu_tasks_rude_kthread ksoftirqd/0 rcu_preempt migration/0 idle_inject/0 cpuhp/0 kdevtmpfs inet_frag_wq kauditd khungtaskd oom_reaper " +
		"writeback kcompactd0 ksmd khugepaged kintegrityd kblockd blkcg_punt_bio edac-poller devfreq_wq kswapd0 kthrotld acpi_thermal_pm " +
		"mld ipv6_addrconf kstrp scsi_eh_0 scsi_tmf_0 jbd2/" + s.hardware.journal() + "-8 ext4-rsv-conver") {
		list = append(list, process{pid: pid, ppid: 2, user: "root", command: "[" + name + "]"})
		pid += 1 + len(name)%4
	}
	for n := range min(3, s.hardware.cores+1) {
		list = append(list, process{pid: 187 + 9*n + sum(s.persona.Hostname)%9, ppid: 2, user: "root", command: "[kworker/" + string(rune('0'+n)) + ":1-events]"})
	}
	return list
}

// processes are those of a small server; a session adds its own.
func (s *System) processes() []process {
	list := append([]process{{pid: 1, user: "root", command: "/sbin/init", memoryKB: 12300}}, s.threads()...)
	pid := 260 + sum(s.persona.Hostname)%90
	add := func(user, command string, kb int) {
		list = append(list, process{pid: pid, ppid: 1, user: user, command: command, memoryKB: kb, started: time.Duration(len(list)-30) * 300 * time.Millisecond})
		pid += 7 + len(command)%19
	}
	switch s.distro.family {
	case "openwrt":
		list[0].command = "/sbin/procd"
		add("ubus", "/sbin/ubusd", 1200)
		add("root", "/sbin/askfirst /usr/libexec/login.sh", 760)
		add("root", "/sbin/urngd", 780)
		add("logd", "/sbin/logd -S 64", 1300)
		add("root", "/sbin/rpcd -s /var/run/ubus/ubus.sock -t 30", 2100)
		add("root", "/usr/sbin/hostapd -s -g /var/run/hostapd/global", 3900)
		add("root", "/sbin/netifd", 1900)
		add("root", "/usr/sbin/odhcpd", 1500)
		add("root", "/usr/sbin/crond -f -c /etc/crontabs -l 5", 1200)
		add("dnsmasq", "/usr/sbin/dnsmasq -C /var/etc/dnsmasq.conf.cfg01411c -k -x /var/run/dnsmasq/dnsmasq.cfg01411c.pid", 1700)
		add("root", "/usr/sbin/ntpd -n -N -S /usr/sbin/ntpd-hotplug -p 0.openwrt.pool.ntp.org", 1200)
	case "alpine":
		add("root", "/sbin/syslogd -t -n", 900)
		add("root", "/usr/sbin/acpid -f", 700)
		add("root", "/usr/sbin/crond -c /etc/crontabs -f", 800)
		add("chrony", "/usr/sbin/chronyd -f /etc/chrony/chrony.conf", 2600)
		add("root", "/sbin/getty 38400 tty1", 700)
	case "rhel":
		list[0].command = "/usr/lib/systemd/systemd --switched-root --system --deserialize 31"
		add("root", "/usr/lib/systemd/systemd-journald", 15800)
		add("root", "/usr/lib/systemd/systemd-udevd", 11400)
		add("root", "/sbin/auditd", 3200)
		add("dbus", "/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation", 4300)
		add("root", "/usr/sbin/NetworkManager --no-daemon", 19200)
		add("root", "/usr/lib/systemd/systemd-logind", 9600)
		add("chrony", "/usr/sbin/chronyd -F 2", 3400)
		add("root", "/usr/sbin/crond -n", 3700)
		add("root", "/usr/sbin/rsyslogd -n", 8800)
		add("root", "/sbin/agetty -o -p -- \\u --noclear - linux", 1900)
	case "arch":
		add("root", "/usr/lib/systemd/systemd-journald", 15800)
		add("root", "/usr/lib/systemd/systemd-udevd", 9400)
		add("dbus", "/usr/bin/dbus-broker-launch --scope system --audit", 4300)
		add("root", "/usr/lib/systemd/systemd-logind", 8600)
		add("systemd+", "/usr/lib/systemd/systemd-networkd", 9600)
		add("root", "/sbin/agetty -o -- \\u --noreset --noclear - linux", 1900)
	default:
		add("root", "/lib/systemd/systemd-journald", 15800)
		add("root", "/lib/systemd/systemd-udevd", 6400)
		if s.persona.OS.ID == "ubuntu" {
			add("root", "/sbin/multipathd -d -s", 27000)
			add("systemd+", "/lib/systemd/systemd-networkd", 8200)
			add("systemd+", "/lib/systemd/systemd-resolved", 12600)
			add("root", "/usr/bin/python3 /usr/bin/networkd-dispatcher --run-startup-triggers", 18900)
			add("root", "/usr/lib/snapd/snapd", 39000)
		}
		add("root", "/usr/sbin/cron -f", 2700)
		add("message+", "/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only", 4700)
		add("syslog", "/usr/sbin/rsyslogd -n -iNONE", 5600)
		if s.persona.OS.ID != "ubuntu" {
			list[len(list)-1].user = "root"
		}
		add("root", "/lib/systemd/systemd-logind", 7600)
		add("root", "/sbin/agetty -o -p -- \\u --noclear - linux", 1900)
	}
	return append(list, s.daemons(pid, len(list))...)
}

// serves reports whether the machine has a service.
func (s *System) serves(slug string) bool { return slices.Contains(s.services, slug) }

// daemons are the processes of the machine's services, from pid on; after is how many were started before.
func (s *System) daemons(pid, after int) (list []process) {
	add := func(user, command string, kb int) {
		list = append(list, process{
			pid: pid, ppid: 1, user: user, command: command, memoryKB: kb, started: time.Duration(after+len(list)-30) * 300 * time.Millisecond,
		})
		pid += 7 + len(command)%19
	}
	if s.serves("telnet") {
		add("root", s.telnetd(), 2100)
	}
	if s.serves("ssh") {
		s.addSSHD(add)
	}
	if s.serves("http") {
		s.addWeb(add)
	}
	return list
}

// telnetd is the command of what waits for telnet connections.
func (s *System) telnetd() string {
	switch s.distro.family {
	case "alpine", "openwrt":
		return "/usr/sbin/telnetd"
	case "rhel":
		return "/usr/sbin/xinetd -stayalive -pidfile /var/run/xinetd.pid"
	}
	return "/usr/sbin/inetutils-inetd"
}

func (s *System) addSSHD(add func(user, command string, kb int)) {
	command := "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups"
	switch {
	case s.busybox():
		command = "sshd: /usr/sbin/sshd [listener] 0 of 10-100 startups"
	case s.persona.OS.Slug == "centos7":
		command = "/usr/sbin/sshd -D"
	}
	add("root", command, 9100)
}

func (s *System) addWeb(add func(user, command string, kb int)) {
	if s.persona.WebServer.Name == "apache" {
		who := map[string]string{"apache2": "www-data", "httpd": "apache"}[s.webUnit()]
		command := map[string]string{"apache2": "/usr/sbin/apache2 -k start", "httpd": "/usr/sbin/httpd -DFOREGROUND"}[s.webUnit()]
		add("root", command, 5800)
		add(who, command, 4300)
		add(who, command, 4300)
		return
	}
	add("root", "nginx: master process /usr/sbin/nginx -g daemon on; master_process on;", 5800)
	add(map[bool]string{true: "www-data", false: "nginx"}[s.distro.family == "debian"], "nginx: worker process", 4300)
}

func (s *System) webUnit() string { return s.distro.webUnit[s.webName()] }

func (s *System) webName() string {
	if s.persona.WebServer.Name == "apache" {
		return "apache"
	}
	return "nginx"
}

// parent is the process that sessions by a service are children of.
func (s *System) parent(service string) process {
	word := "sshd"
	if service == telnet {
		word = s.telnetd()
	}
	for _, x := range s.processes() {
		if strings.Contains(x.command, word) {
			return x
		}
	}
	return process{pid: 1}
}
