package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func (s *System) proc(b *builder) {
	h := &s.hardware
	b.put("/proc", &node{kind: directory, perm: 0o555, fixed: true, children: map[string]*node{}, dynamic: s.procDirs})
	for _, d := range []string{"sys", "sys/kernel", "sys/kernel/random", "sys/vm", "sys/net", "sys/net/ipv4", "sys/fs", "net", "tty", "bus", "irq", "fs"} {
		b.put("/proc/"+d, &node{kind: directory, perm: 0o555, fixed: true, children: map[string]*node{}})
	}
	b.put("/proc/self", &node{kind: symlink, perm: 0o777, fixed: true, make: func(u *user) string { return strconv.Itoa(u.pid()) }})
	b.put("/proc/thread-self", &node{kind: symlink, perm: 0o777, fixed: true, make: func(u *user) string { return fmt.Sprintf("%d/task/%[1]d", u.pid()) }})
	b.put("/proc/mounts", &node{kind: symlink, perm: 0o777, fixed: true, target: "self/mounts"})
	b.procFile("/proc/version", s.procVersion)
	b.procFile("/proc/cpuinfo", h.cpuinfo)
	b.procFile("/proc/meminfo", func() string { return h.meminfo(time.Now()) })
	b.procFile("/proc/uptime", func() string {
		up := s.uptime(time.Now()).Seconds()
		return fmt.Sprintf("%.2f %.2f\n", up, up*float64(h.cores)*0.97)
	})
	b.procFile("/proc/loadavg", func() string { return h.load(time.Now()) + " 1/118 " + strconv.Itoa(lastPID(time.Now())) + "\n" })
	b.procFile("/proc/cmdline", func() string {
		return "BOOT_IMAGE=/boot/vmlinuz-" + s.persona.Kernel + " root=" + h.disk + " ro quiet\n"
	})
	b.procFile("/proc/stat", func() string { return s.stat(time.Now()) })
	b.procFile("/proc/filesystems", func() string {
		return "nodev\tsysfs\nnodev\ttmpfs\nnodev\tbdev\nnodev\tproc\nnodev\tcgroup2\nnodev\tdevtmpfs\nnodev\tsecurityfs\nnodev\tpipefs\nnodev\tramfs\n" +
			"nodev\tdevpts\n\text3\n\text2\n\text4\n\txfs\nnodev\tmqueue\nnodev\tautofs\n"
	})
	b.procFile("/proc/modules", s.modules)
	b.procFile("/proc/partitions", s.partitions)
	b.procFile("/proc/swaps", func() string {
		return fmt.Sprintf("Filename\t\t\t\tType\t\tSize\t\tUsed\t\tPriority\n/swap.img                               file\t\t%d\t\t0\t\t-2\n", h.swapKB)
	})
	b.procFile("/proc/devices", func() string {
		return "Character devices:\n  1 mem\n  4 tty\n  5 /dev/tty\n 10 misc\n136 pts\n\nBlock devices:\n  8 sd\n252 device-mapper\n253 virtblk\n259 blkext\n"
	})
	b.procFile("/proc/interrupts", func() string {
		return fmt.Sprintf("           CPU0       \n  0:         31   IO-APIC   2-edge      timer\n  1:          9   IO-APIC   1-edge      i8042\nLOC:   %8d   Local timer interrupts\n", time.Now().Unix()%90000000)
	})
	for name, value := range s.sysctls() {
		parts := strings.Split(name, ".")
		at := "/proc/sys"
		for _, d := range parts[:len(parts)-1] {
			at += "/" + d
			if _, err := b.at(at); err != nil {
				b.put(at, &node{kind: directory, perm: 0o555, fixed: true, children: map[string]*node{}})
			}
		}
		b.put(at+"/"+parts[len(parts)-1], &node{kind: regular, perm: 0o644, fixed: true, make: func(*user) string { return value + "\n" }})
	}
	b.procFile("/proc/net/dev", func() string {
		return "Inter-|   Receive                                                |  Transmit\n" +
			" face |bytes    packets errs drop fifo frame compressed multicast|bytes    packets errs drop fifo colls carrier compressed\n" +
			fmt.Sprintf("    lo: %7d    1204    0    0    0     0          0         0  %7d    1204    0    0    0     0       0          0\n", 98212, 98212) +
			fmt.Sprintf("%6s: %d %d 0 0 0 0 0 0 %d %d 0 0 0 0 0 0\n", h.iface, s.traffic(31), s.traffic(31)/710, s.traffic(9), s.traffic(9)/180)
	})
	b.procFile("/proc/net/route", func() string {
		return "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n" +
			fmt.Sprintf("%s\t00000000\t%s\t0003\t0\t0\t100\t00000000\t0\t0\t0\n", h.iface, hexAddress(s.gateway()))
	})
	b.procFile("/proc/net/arp", func() string {
		return "IP address       HW type     Flags       HW address            Mask     Device\n" +
			fmt.Sprintf("%-16s 0x1         0x2         %s     *        %s\n", s.gateway(), s.gatewayMAC(), h.iface)
	})
	b.put("/proc/net/tcp", &node{kind: regular, perm: 0o444, fixed: true, make: s.procNetTCP})
	for _, name := range []string{"tcp6", "udp", "udp6", "raw"} {
		b.procFile("/proc/net/"+name, func() string {
			return "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n"
		})
	}
}

func (u *user) pid() int {
	if u.session == nil {
		return 1
	}
	return u.session.pid + u.session.forks
}

// sysctls are what sysctl -a shows and /proc/sys has.
func (s *System) sysctls() map[string]string {
	return map[string]string{
		"kernel.hostname": s.persona.Hostname, "kernel.osrelease": s.persona.Kernel, "kernel.ostype": "Linux", "kernel.version": s.kernel.version,
		"kernel.random.boot_id": s.hardware.bootID, "kernel.random.entropy_avail": "256", "kernel.pid_max": "4194304", "kernel.core_pattern": "core",
		"kernel.randomize_va_space": "2", "kernel.threads-max": strconv.Itoa(s.hardware.memoryKB / 128), "kernel.dmesg_restrict": "0", "kernel.sysrq": "438",
		"kernel.domainname": "(none)", "kernel.panic": "0", "kernel.nmi_watchdog": "0", "kernel.kptr_restrict": "0", "kernel.yama.ptrace_scope": "0",
		"vm.swappiness": "60", "vm.nr_hugepages": "0", "vm.overcommit_memory": "0", "vm.max_map_count": "65530", "vm.drop_caches": "0",
		"fs.file-max": "9223372036854775807", "fs.nr_open": "1048576", "net.ipv4.ip_forward": "0", "net.ipv4.tcp_syncookies": "1",
		"net.ipv4.ip_local_port_range": "32768\t60999", "net.core.somaxconn": "4096", "net.ipv4.icmp_echo_ignore_all": "0",
		"net.ipv4.tcp_fin_timeout": "60", "net.ipv6.conf.all.disable_ipv6": "0", "net.ipv4.conf.all.rp_filter": "2",
	}
}

// traffic grows as time goes by.
func (s *System) traffic(rate int) int {
	return s.hardware.usedKB*rate + int(s.uptime(time.Now()).Seconds())*rate*7
}

func (s *System) stat(now time.Time) string {
	up := int(s.uptime(now).Seconds())
	var b strings.Builder
	line := func(name string, cores int) {
		fmt.Fprintf(&b, "%s %d %d %d %d %d 0 %d 0 0 0\n", name, up*cores/2, up/90, up*cores/3, up*97*cores, up/7, up/40)
	}
	line("cpu ", s.hardware.cores)
	for i := range s.hardware.cores {
		line("cpu"+strconv.Itoa(i), 1)
	}
	fmt.Fprintf(&b, "intr %d 31 9\nctxt %d\nbtime %d\nprocesses %d\nprocs_running 1\nprocs_blocked 0\n", up*70, up*130, s.persona.Boot.Unix(), lastPID(now)+up/9)
	return b.String()
}

func (s *System) mounts() string {
	if s.openwrt() {
		return openwrtMounts
	}
	h := &s.hardware
	options := "ext4 rw,relatime,errors=remount-ro"
	if s.rhel() {
		options = "xfs rw,relatime,attr2,inode64,noquota"
	} else if s.distro.family != "debian" {
		options = "ext4 rw,relatime"
	}
	return fmt.Sprintf("sysfs /sys sysfs rw,nosuid,nodev,noexec,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,relatime 0 0\n"+
		"udev /dev devtmpfs rw,nosuid,relatime,size=%dk,nr_inodes=%d,mode=755,inode64 0 0\n"+
		"devpts /dev/pts devpts rw,nosuid,noexec,relatime,gid=5,mode=620,ptmxmode=000 0 0\n"+
		"tmpfs /run tmpfs rw,nosuid,nodev,noexec,relatime,size=%dk,mode=755,inode64 0 0\n%s / %s 0 0\n"+
		"tmpfs /dev/shm tmpfs rw,nosuid,nodev,inode64 0 0\ncgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime 0 0\n",
		h.memoryKB/2-9000, h.memoryKB/8, h.memoryKB/10, h.disk, options)
}

// modules is /proc/modules.
func (s *System) modules() string {
	var b strings.Builder
	for i, name := range strings.Fields("intel_rapl_msr intel_rapl_common kvm_intel kvm irqbypass ghash_clmulni_intel aesni_intel crypto_simd cryptd rapl " +
		"joydev evdev serio_raw pcspkr button sg loop fuse efi_pstore configfs ip_tables x_tables autofs4 ext4 crc16 mbcache jbd2 crc32c_generic " +
		"sd_mod t10_pi cdrom ata_generic libata scsi_mod psmouse i2c_piix4 crc32_pclmul") {
		fmt.Fprintf(&b, "%s %d %d - Live 0x0000000000000000\n", name, 16384+4096*(sum(name)%60), i%3)
	}
	return b.String()
}

// procDirs are the processes under /proc as u sees them.
func (s *System) procDirs(u *user) map[string]*node {
	list := s.processes()
	if u.session != nil {
		x := u.session
		list = x.processes()
		if u.pid() != x.pid {
			list = append(list, process{exe: x.runningAt, pid: u.pid(), ppid: x.pid, user: x.user.name, command: strings.Join(x.running, " "), at: time.Now(), tty: x.tty, memoryKB: 900})
		}
	}
	out := make(map[string]*node, len(list))
	for _, x := range list {
		n := &node{kind: directory, perm: 0o555, fixed: true, modified: s.began(x)}
		n.dynamic = func(u *user) map[string]*node { return s.procDir(x, u) }
		if x.user == u.name {
			n.uid, n.gid = u.uid, u.gid
		}
		out[strconv.Itoa(x.pid)] = n
	}
	return out
}
