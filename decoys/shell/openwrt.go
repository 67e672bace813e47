package shell

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"strings"
	"time"
)

// OpenWrt is a router's Linux: BusyBox, a root of squashfs with an overlay, MIPS, and its own
// configuration in /etc/config.

func (s *System) openwrt() bool { return s.distro.family == "openwrt" }

// machine is what uname -m prints.
func (s *System) machine() string {
	if s.openwrt() {
		return "mips"
	}
	return "x86_64"
}

const (
	openwrtRevision = "r20134-5f15225c1e"
	openwrtBusybox  = "BusyBox v1.35.0 (2023-04-27 20:28:15 UTC)"
	openwrtBanner   = "  _______                     ________        __\n |       |.-----.-----.-----.|  |  |  |.----.|  |_\n |   -   ||  _  |  -__|     ||  |  |  ||   _||   _|\n" +
		" |_______||   __|_____|__|__||________||__|  |____|\n          |__| W I R E L E S S   F R E E D O M\n -----------------------------------------------------\n" +
		" OpenWrt 22.03.5, " + openwrtRevision + "\n -----------------------------------------------------\n"
	openwrtAccounts = "daemon:1:1:daemon:/var\nftp:55:55:ftp:/home/ftp\nnetwork:101:101:network:/var\nnobody:65534:65534:nobody:/var\nntp:123:123:ntp:/var/run/ntp\n" +
		"dnsmasq:453:453:dnsmasq:/var/run/dnsmasq\nlogd:514:514:logd:/var/run/logd\nubus:81:81:ubus:/var/run/ubus\n"
	openwrtMounts = "/dev/root /rom squashfs ro,relatime 0 0\nproc /proc proc rw,nosuid,nodev,noexec,noatime 0 0\nsysfs /sys sysfs rw,nosuid,nodev,noexec,noatime 0 0\n" +
		"cgroup2 /sys/fs/cgroup cgroup2 rw,nosuid,nodev,noexec,relatime,nsdelegate 0 0\ntmpfs /tmp tmpfs rw,nosuid,nodev,noatime 0 0\n/dev/mtdblock4 /overlay jffs2 rw,noatime 0 0\n" +
		"overlayfs:/overlay / overlay rw,noatime,lowerdir=/,upperdir=/overlay/upper,workdir=/overlay/work 0 0\ntmpfs /dev tmpfs rw,nosuid,noexec,noatime,size=512k,mode=755 0 0\n" +
		"devpts /dev/pts devpts rw,nosuid,noexec,noatime,mode=600,ptmxmode=000 0 0\ndebugfs /sys/kernel/debug debugfs rw,noatime 0 0\n"
	openwrtApplets = "[ [[ arping ash awk basename bunzip2 bzcat cat chgrp chmod chown chroot clear cmp cp crond crontab cut date dd df dirname dmesg du echo egrep env " +
		"expr false fgrep find flock free fsync getopt grep groups gunzip gzip halt head hexdump hwclock id ifconfig ip ipcalc.sh kill killall less ln lock logger login ls " +
		"lsmod md5sum mkdir mkfifo mknod mkswap mktemp mount mv nc netmsg netstat nice nslookup ntpd passwd pgrep pidof ping ping6 pivot_root poweroff printf ps pwd " +
		"readlink reboot reset rm rmdir route sed seq sh sha256sum sleep sort strings switch_root sync sysctl tail tar tee telnet telnetd test tftp time top touch tr " +
		"traceroute traceroute6 true udhcpc umount uname uniq uptime vi wc which xargs yes zcat"
)

var openwrtSets = []programSet{
	{"/sbin", "uci procd ubusd logd logread netifd ifup ifdown ifstatus wifi firstboot sysupgrade mtd jffs2reset rpcd askfirst urngd modprobe insmod rmmod init"},
	{"/bin", "opkg ubus config_generate ipcalc.sh"},
	{"/usr/sbin", "dropbear dnsmasq hostapd odhcpd iw nft fw4 ntpd-hotplug pppd"},
	{"/usr/bin", "dbclient scp ssh dropbearkey jsonfilter uclient-fetch wget iwinfo getrandom"},
}

// routers are those whose firmware it is: system type and model, and megabytes of memory and flash.
var routers = []struct {
	soc, model    string
	memory, flash int
}{
	{"Qualcomm Atheros QCA9558 ver 1 rev 0", "TP-Link Archer C7 v2", 128, 16},
	{"Qualcomm Atheros QCA9563 ver 1 rev 0", "TP-Link Archer A7 v5", 128, 16},
	{"Qualcomm Atheros QCA956X ver 1 rev 0", "TP-Link Archer C7 v5", 128, 16},
	{"Atheros AR9344 rev 2", "TP-Link TL-WDR4300 v1", 128, 8},
}

// router is the hardware of an OpenWrt router.
func (h *hardware) router(r *rand.Rand) {
	m := routers[r.IntN(len(routers))]
	h.soc, h.model = m.soc, m.model
	h.cores, h.memoryKB, h.swapKB = 1, m.memory<<10-6200-r.IntN(900), 0
	h.diskKB = (m.flash-5)<<10 - 64*r.IntN(20) // what kernel and root leave for the overlay
	h.usedKB = h.diskKB/12 + r.IntN(h.diskKB/8)
	h.disk, h.iface = "/dev/mtdblock4", "br-lan"
	h.cpu.mhz = 720
}

func (h *hardware) mipsInfo() string {
	return fmt.Sprintf("system type\t\t: %s\nmachine\t\t\t: %s\nprocessor\t\t: 0\ncpu model\t\t: MIPS 74Kc V5.0\nBogoMIPS\t\t: 358.80\nwait instruction\t: yes\n"+
		"microsecond timers\t: yes\ntlb_entries\t\t: 32\nextra interrupt vector\t: yes\nhardware watchpoint\t: yes, count: 4, address/irw mask: [0x0ffc, 0x0ffc, 0x0ffb, 0x0ffb]\n"+
		"isa\t\t\t: mips1 mips2 mips32r1 mips32r2\nASEs implemented\t: mips16 dsp dsp2\nOptions implemented\t: tlb 4kex 4k_cache prefetch mcheck ejtag llsc dc_aliases perf_cntr_intr_bit perf\n"+
		"shadow register sets\t: 1\nkscratch registers\t: 0\npackage\t\t\t: 0\ncore\t\t\t: 0\nVCED exceptions\t\t: not available\nVCEI exceptions\t\t: not available\n\n", h.soc, h.model)
}

// mipsHeader is how a program of a big-endian 32-bit MIPS begins.
const mipsHeader = "\x7fELF\x01\x02\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\x08\x00\x00\x00\x01" +
	"\x00\x40\x1a\x30\x00\x00\x00\x34\x00\x00\x00\x00\x70\x00\x10\x05\x00\x34\x00\x20\x00\x0a\x00\x28\x00\x1a\x00\x19"

// mipsProgram fills b with a program; see programData.
func (s *System) mipsProgram(b []byte, name string) string {
	copy(b, mipsHeader)
	binary.BigEndian.PutUint32(b[entryAt:], 0x0040_0000+16*uint32(s.own("entry "+name, len(b)/32))) //nolint:gosec // within 32 bits
	binary.BigEndian.PutUint32(b[0x20:], uint32(len(b)-26*40))                                      //nolint:gosec // programs are small
	r := rand.New(rand.NewPCG(uint64(s.own("content "+name, 1<<62)), uint64(len(b))))               //nolint:gosec // scenery, not secrets
	for i := 0x400; i+4 <= len(b); i += 4 {
		if r.IntN(3) > 0 {
			binary.BigEndian.PutUint32(b[i:], r.Uint32())
		}
	}
	copy(b[0x154:], "/lib/ld-musl-mips-sf.so.1\x00")
	copy(b[nameAt:], name+".debug\x00")
	return string(b)
}

// openwrtDisks are the rows of df.
func (s *System) openwrtDisks() []struct {
	device      string
	total, used int
	mount       string
} {
	h := &s.hardware
	used, _, _ := h.memory(s.now())
	return []struct {
		device      string
		total, used int
		mount       string
	}{
		{"/dev/root", 3584, 3584, "/rom"},
		{"tmpfs", h.memoryKB / 2, used % 900, "/tmp"},
		{h.disk, h.diskKB, h.usedKB, "/overlay"},
		{"overlayfs:/overlay", h.diskKB, h.usedKB, "/"},
		{"tmpfs", 512, 0, "/dev"},
	}
}

func (s *System) openwrtEtc(b *builder) {
	p := s.persona
	lan, mask := s.address, "255.255.255.0"
	b.file("/etc/openwrt_release", "DISTRIB_ID='OpenWrt'\nDISTRIB_RELEASE='22.03.5'\nDISTRIB_REVISION='"+openwrtRevision+"'\nDISTRIB_TARGET='ath79/generic'\n"+
		"DISTRIB_ARCH='mips_24kc'\nDISTRIB_DESCRIPTION='OpenWrt 22.03.5 "+openwrtRevision+"'\nDISTRIB_TAINTS=''\n")
	b.file("/etc/openwrt_version", openwrtRevision+"\n")
	b.file("/usr/lib/os-release", "NAME=\"OpenWrt\"\nVERSION=\"22.03.5\"\nID=\"openwrt\"\nID_LIKE=\"lede openwrt\"\nPRETTY_NAME=\"OpenWrt 22.03.5\"\nVERSION_ID=\"22.03.5\"\n"+
		"HOME_URL=\"https://openwrt.org/\"\nBUILD_ID=\""+openwrtRevision+"\"\nOPENWRT_BOARD=\"ath79/generic\"\nOPENWRT_ARCH=\"mips_24kc\"\nOPENWRT_RELEASE=\"OpenWrt 22.03.5 "+openwrtRevision+"\"\n")
	b.link("/etc/os-release", "../usr/lib/os-release")
	b.file("/etc/banner", openwrtBanner)
	b.file("/etc/passwd", passwd(s.accounts()))
	b.file("/etc/group", "root:x:0:\ndaemon:x:1:\nadm:x:4:\nmail:x:8:\ndialout:x:20:\naudio:x:29:\nwww-data:x:33:\nftp:x:55:\nusers:x:100:\nnetwork:x:101:\nnogroup:x:65534:\n")
	hash := strings.Map(func(c rune) rune {
		return rune("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"[c%64])
	}, string(asRunes(p.Key("shadow root", 30))))
	b.secret("/etc/shadow", fmt.Sprintf("root:$1$%s$%s:%d:0:99999:7:::\ndaemon:*:0:0:99999:7:::\nftp:*:0:0:99999:7:::\nnetwork:*:0:0:99999:7:::\nnobody:*:0:0:99999:7:::\n",
		hash[:8], hash[8:30], p.Boot.Unix()/86400-90))
	b.file("/etc/hosts", "127.0.0.1 localhost\n\n::1     localhost ip6-localhost ip6-loopback\nff02::1 ip6-allnodes\nff02::2 ip6-allrouters\n")
	b.file("/etc/shells", "/bin/ash\n")
	b.file("/etc/TZ", "UTC\n")
	b.file("/etc/rc.local", "# Put your custom commands here that should be executed once\n# the system init finished. By default this file does nothing.\n\nexit 0\n")
	b.file("/etc/inittab", "::sysinit:/etc/init.d/rcS S boot\n::shutdown:/etc/init.d/rcS K shutdown\n::askconsole:/usr/libexec/login.sh\n")
	b.file("/etc/opkg/distfeeds.conf", openwrtFeeds())
	b.file("/etc/opkg.conf", "dest root /\ndest ram /tmp\nlists_dir ext /var/opkg-lists\noption overlay_root /overlay\noption check_signature\n")
	b.file("/etc/resolv.conf", "search lan\nnameserver 127.0.0.1\nnameserver ::1\n")
	b.link("/etc/mtab", "/proc/mounts")
	b.file("/etc/device_info", "DEVICE_MANUFACTURER='OpenWrt'\nDEVICE_MANUFACTURER_URL='https://openwrt.org/'\nDEVICE_PRODUCT='Generic'\nDEVICE_REVISION='v0'\n")
	for name, text := range s.uci(lan.String(), mask) {
		b.file("/etc/config/"+name, text)
	}
	for _, name := range strings.Fields("boot cron dnsmasq dropbear firewall log network odhcpd sysctl sysntpd system telnet umount wpad") {
		b.put("/etc/init.d/"+name, &node{kind: regular, perm: 0o755, data: "#!/bin/sh /etc/rc.common\n\nSTART=50\nUSE_PROCD=1\n"})
	}
}

func asRunes(b []byte) []rune {
	out := make([]rune, len(b))
	for i, c := range b {
		out[i] = rune(c)
	}
	return out
}

// uci are the files of /etc/config.
func (s *System) uci(lan, mask string) map[string]string {
	p := s.persona
	key := fmt.Sprintf("%x", p.Key("wireless key", 6))
	ssid := "OpenWrt-" + strings.ToUpper(fmt.Sprintf("%x", []byte(p.MAC[4:])))
	ula := p.Key("ula", 5)
	return map[string]string{
		"system": "\nconfig system\n\toption hostname '" + p.Hostname + "'\n\toption timezone 'UTC'\n\toption ttylogin '0'\n\toption log_size '64'\n\toption urandom_seed '0'\n\n" +
			"config timeserver 'ntp'\n\toption enabled '1'\n\toption enable_server '0'\n\tlist server '0.openwrt.pool.ntp.org'\n\tlist server '1.openwrt.pool.ntp.org'\n",
		"network": "\nconfig interface 'loopback'\n\toption device 'lo'\n\toption proto 'static'\n\toption ipaddr '127.0.0.1'\n\toption netmask '255.0.0.0'\n\n" +
			fmt.Sprintf("config globals 'globals'\n\toption ula_prefix 'fd%02x:%02x%02x:%02x%02x::/48'\n\n", ula[0], ula[1], ula[2], ula[3], ula[4]) +
			"config device\n\toption name 'br-lan'\n\toption type 'bridge'\n\tlist ports 'eth0.1'\n\nconfig interface 'lan'\n\toption device 'br-lan'\n\toption proto 'static'\n" +
			"\toption ipaddr '" + lan + "'\n\toption netmask '" + mask + "'\n\toption gateway '" + s.gateway() + "'\n",
		"wireless": "\nconfig wifi-device 'radio0'\n\toption type 'mac80211'\n\toption path 'pci0000:00/0000:00:00.0'\n\toption channel '36'\n\toption band '5g'\n\toption htmode 'VHT80'\n\n" +
			"config wifi-iface 'default_radio0'\n\toption device 'radio0'\n\toption network 'lan'\n\toption mode 'ap'\n\toption ssid '" + ssid + "'\n\toption encryption 'psk2'\n\toption key '" + key + "'\n",
		"dropbear": "\nconfig dropbear\n\toption enable '0'\n\toption PasswordAuth 'on'\n\toption RootPasswordAuth 'on'\n\toption Port '22'\n",
		"dhcp": "\nconfig dnsmasq\n\toption domainneeded '1'\n\toption localise_queries '1'\n\toption rebind_protection '1'\n\toption local '/lan/'\n\toption domain 'lan'\n\n" +
			"config dhcp 'lan'\n\toption interface 'lan'\n\toption ignore '1'\n",
		"firewall": "\nconfig defaults\n\toption input 'ACCEPT'\n\toption output 'ACCEPT'\n\toption forward 'REJECT'\n\toption synflood_protect '1'\n\n" +
			"config zone\n\toption name 'lan'\n\tlist network 'lan'\n\toption input 'ACCEPT'\n\toption output 'ACCEPT'\n\toption forward 'ACCEPT'\n",
	}
}

func openwrtFeeds() string {
	var b strings.Builder
	for _, f := range []string{"core targets/ath79/generic/packages", "base packages/mips_24kc/base", "luci packages/mips_24kc/luci", "packages packages/mips_24kc/packages", "routing packages/mips_24kc/routing"} {
		name, path, _ := strings.Cut(f, " ")
		fmt.Fprintf(&b, "src/gz openwrt_%s https://downloads.openwrt.org/releases/22.03.5/%s\n", name, path)
	}
	return b.String()
}

// openwrtLog is what logread shows.
func (s *System) openwrtLog() string {
	at := s.persona.Boot.Add(8 * time.Second).UTC().Format("Mon Jan _2 15:04:05 2006")
	return at + " kern.notice kernel: [    0.000000] Linux version " + s.persona.Kernel + " " + s.kernel.compiler + " " + s.kernel.version + "\n" +
		at + " kern.info kernel: [    0.000000] MIPS: machine is " + s.hardware.model + "\n" + at + " daemon.notice procd: /etc/rc.d/S96led: setting up led WAN\n" +
		at + " daemon.notice netifd: Interface 'lan' is now up\n" + at + " daemon.info procd: - init complete -\n"
}
