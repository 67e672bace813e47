package shell

import (
	"fmt"
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
}

// processes are those of a small server; a session adds its own.
func (s *System) processes() []process {
	list := []process{
		{1, 0, "root", "/sbin/init", 12300, 0},
		{2, 0, "root", "[kthreadd]", 0, 0},
		{3, 2, "root", "[rcu_gp]", 0, 0},
		{10, 2, "root", "[mm_percpu_wq]", 0, 0},
		{14, 2, "root", "[ksoftirqd/0]", 0, 0},
		{15, 2, "root", "[rcu_preempt]", 0, 0},
		{46, 2, "root", "[kswapd0]", 0, 0},
		{181, 2, "root", "[jbd2/" + s.hardware.journal() + "-8]", 0, time.Second},
		{224, 1, "root", "/lib/systemd/systemd-journald", 15800, time.Second},
		{251, 1, "root", "/lib/systemd/systemd-udevd", 6400, 2 * time.Second},
		{412, 1, "root", "/usr/sbin/cron -f", 2700, 4 * time.Second},
		{413, 1, "message+", "/usr/bin/dbus-daemon --system --address=systemd: --nofork --nopidfile --systemd-activation --syslog-only", 4700, 4 * time.Second},
		{418, 1, "root", "/lib/systemd/systemd-logind", 7600, 4 * time.Second},
		{455, 1, "root", "/sbin/agetty -o -p -- \\u --noclear - linux", 1900, 5 * time.Second},
	}
	web := "nginx: master process /usr/sbin/nginx -g daemon on; master_process on;"
	if s.persona.WebServer.Name == "apache" {
		web = "/usr/sbin/apache2 -k start"
	}
	return append(list,
		process{497, 1, "root", "sshd: /usr/sbin/sshd -D [listener] 0 of 10-100 startups", 9100, 5 * time.Second},
		process{521, 1, "root", web, 5800, 6 * time.Second})
}

func (s *System) proc(b *builder) {
	h := &s.hardware
	for _, d := range []string{"self", "sys", "sys/kernel", "sys/kernel/random", "net", "1"} {
		b.dir("/proc/"+d, 0o555)
	}
	b.procFile("/proc/version", s.procVersion)
	b.procFile("/proc/cpuinfo", h.cpuinfo)
	b.procFile("/proc/meminfo", func() string { return h.meminfo(time.Now()) })
	b.procFile("/proc/uptime", func() string {
		up := s.uptime(time.Now()).Seconds()
		return fmt.Sprintf("%.2f %.2f\n", up, up*float64(h.cores)*0.97)
	})
	b.procFile("/proc/loadavg", func() string { return h.load(time.Now()) + " 1/118 " + fmt.Sprint(lastPID(time.Now())) + "\n" })
	b.procFile("/proc/cmdline", func() string {
		return "BOOT_IMAGE=/boot/vmlinuz-" + s.persona.Kernel + " root=" + h.disk + " ro quiet\n"
	})
	b.procFile("/proc/mounts", func() string {
		return h.disk + " / ext4 rw,relatime,errors=remount-ro 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n" +
			"sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0\ntmpfs /run tmpfs rw,nosuid,nodev,noexec,relatime 0 0\n" +
			"tmpfs /dev/shm tmpfs rw,nosuid,nodev 0 0\n"
	})
	b.procFile("/proc/filesystems", func() string { return "nodev\tsysfs\nnodev\ttmpfs\nnodev\tproc\n\text4\n\text3\n\text2\n" })
	b.procFile("/proc/sys/kernel/hostname", func() string { return s.persona.Hostname + "\n" })
	b.procFile("/proc/sys/kernel/osrelease", func() string { return s.persona.Kernel + "\n" })
	b.procFile("/proc/sys/kernel/random/boot_id", func() string { return h.bootID + "\n" })
	b.procFile("/proc/1/cmdline", func() string { return "/sbin/init\x00" })
	b.procFile("/proc/1/cgroup", func() string { return "0::/init.scope\n" })
	b.procFile("/proc/net/dev", func() string {
		return "Inter-|   Receive                                                |  Transmit\n" +
			" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n" +
			fmt.Sprintf("    lo: %7d    1204    0    0    0     0          0         0  %7d    1204    0    0    0     0       0          0\n", 98212, 98212) +
			fmt.Sprintf("%6s: %d %d 0 0 0 0 0 0 %d %d 0 0 0 0 0 0\n", h.iface, h.usedKB*31, h.usedKB/40, h.usedKB*9, h.usedKB/70)
	})
}

func (h *hardware) meminfo(now time.Time) string {
	_, cache, free := h.memory(now)
	var b strings.Builder
	for _, row := range []struct {
		name string
		kb   int
	}{
		{"MemTotal", h.memoryKB},
		{"MemFree", free},
		{"MemAvailable", free + cache*9/10},
		{"Buffers", cache / 9},
		{"Cached", cache * 7 / 9},
		{"SwapCached", 0},
		{"Active", cache / 2},
		{"Inactive", cache / 3},
		{"SwapTotal", h.swapKB},
		{"SwapFree", h.swapKB},
		{"Dirty", 84},
		{"Slab", cache / 9},
	} {
		fmt.Fprintf(&b, "%-15s %8d kB\n", row.name+":", row.kb)
	}
	return b.String()
}

// lastPID goes up as it does on a machine that runs cron jobs.
func lastPID(now time.Time) int { return 1200 + int(now.Unix()/9)%28000 }
