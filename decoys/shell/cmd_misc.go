package shell

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

func cmdArch(p *proc) int {
	p.print("x86_64\n")
	return 0
}

func cmdTTY(p *proc) int {
	if p.tty == "" {
		if !slices.Contains(p.args, "-s") {
			p.print("not a tty\n")
		}
		return 1
	}
	p.print("/dev/" + p.tty + "\n")
	return 0
}

func cmdStty(p *proc) int {
	if p.tty == "" {
		return p.errorf(1, p.either("'standard input': Inappropriate ioctl for device", "standard input: Not a tty"))
	}
	for _, a := range p.args[1:] {
		switch a {
		case "size":
			p.printf("24 %d\n", p.columns)
			return 0
		case "-a", "--all":
			p.printf("speed 38400 baud; rows 24; columns %d; line = 0;\nintr = ^C; quit = ^\\; erase = ^?; kill = ^U; eof = ^D; eol = <undef>;\n", p.columns)
			return 0
		case "-g":
			p.print("6d02:5:4bf:8a3b:3:1c:7f:15:4:0:1:0:11:13:1a:0:12:f:17:16:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0:0\n")
			return 0
		case "echo", "-echo":
			if c, ok := p.terminalInput(); ok {
				c.editor.hidden = a == "-echo"
			}
		}
	}
	if len(p.args) == 1 {
		p.print("speed 38400 baud; line = 0;\n-brkint -imaxbel iutf8\n")
	}
	return 0
}

func cmdNproc(p *proc) int {
	p.printf("%d\n", p.System.hardware.cores)
	return 0
}

func cmdLscpu(p *proc) int {
	h := &p.System.hardware
	rows := [][2]string{
		{"Architecture:", "x86_64"},
		{"CPU op-mode(s):", "32-bit, 64-bit"},
		{"Address sizes:", "40 bits physical, 48 bits virtual"},
		{"Byte Order:", "Little Endian"},
		{"CPU(s):", strconv.Itoa(h.cores)},
		{"On-line CPU(s) list:", map[bool]string{true: "0", false: fmt.Sprintf("0-%d", h.cores-1)}[h.cores == 1]},
		{"Vendor ID:", h.cpu.vendor},
		{"Model name:", h.cpu.name},
		{"CPU family:", h.cpu.family},
		{"Model:", h.cpu.model},
		{"Thread(s) per core:", "1"},
		{"Core(s) per socket:", "1"},
		{"Socket(s):", strconv.Itoa(h.cores)},
		{"Stepping:", h.cpu.stepping},
		{"BogoMIPS:", fmt.Sprintf("%.2f", 2*h.cpu.mhz)},
	}
	if v := p.System.virtual(); v != "none" {
		name := map[string]string{"kvm": "KVM", "vmware": "VMware", "xen": "Xen", "microsoft": "Microsoft"}[v]
		rows = append(rows, [2]string{"Hypervisor vendor:", name}, [2]string{"Virtualization type:", "full"})
	}
	for _, row := range rows {
		p.printf("%-33s%s\n", row[0], row[1])
	}
	return 0
}

// cmdMount is mount, umount and findmnt.
func cmdMount(p *proc) int {
	var rest []string
	remount := false
	for i := 1; i < len(p.args); i++ {
		a := p.args[i]
		if a == "-o" || a == "-t" {
			i++
			remount = remount || i < len(p.args) && strings.Contains(p.args[i], "remount")
		} else if !strings.HasPrefix(a, "-") {
			rest = append(rest, a)
		}
	}
	switch {
	case p.args[0] == "umount" && len(rest) == 0, p.args[0] == "mount" && len(rest) > 0 && p.user.uid != 0:
		return p.errorf(1, "only root can do that")
	case p.args[0] == "umount":
		if p.user.uid != 0 {
			return p.errorf(32, "%s: must be superuser to unmount.", rest[0])
		}
		for _, l := range lines(p.System.mounts()) {
			if f := strings.Fields(l); len(f) > 1 && f[1] == strings.TrimSuffix(rest[0], "/") {
				return p.errorf(32, "%s: target is busy.", rest[0])
			}
		}
		return p.errorf(32, "%s: not mounted.", rest[0])
	case p.args[0] == "mount" && len(rest) > 0:
		if remount {
			return 0
		}
		if len(rest) == 1 {
			return p.errorf(1, "%s: can't find in /etc/fstab.", rest[0])
		}
		if _, err := p.lookup(p.abs(rest[1]), true); err != nil {
			return p.errorf(32, "%s: mount point does not exist.", rest[1])
		}
		return 0
	}
	if p.args[0] == "findmnt" {
		p.print("TARGET      SOURCE FSTYPE OPTIONS\n")
	}
	for _, line := range lines(p.System.mounts()) {
		f := strings.Fields(line)
		if p.args[0] == "findmnt" {
			p.printf("%-11s %s %s %s\n", f[1], f[0], f[2], f[3])
			continue
		}
		p.printf("%s on %s type %s (%s)\n", f[0], f[1], f[2], f[3])
	}
	return 0
}

// cmdDisk is lsblk, blkid and fdisk.
func cmdDisk(p *proc) int {
	h := &p.System.hardware
	disks := h.disks()
	bytes := int64(h.sectors()) * 512
	switch p.args[0] {
	case "lsblk":
		p.print("NAME     MAJ:MIN RM  SIZE RO TYPE MOUNTPOINTS\n")
		p.printf("%-8s   8:0    0 %4s  0 disk \n", disks[0], strings.Replace(size(bytes, true), ".0", "", 1))
		for i, d := range disks[1:] {
			mount, branch := "", "├─"
			if i == len(disks)-2 {
				mount, branch = "/", "└─"
			}
			length := size(int64(h.diskKB)<<10, true)
			if mount == "" {
				length = "1M"
			}
			p.printf("%s%-6s   8:%d    0 %4s  0 %s %s\n", branch, d, i+1, length, map[bool]string{true: "lvm ", false: "part"}[d == "dm-0"], mount)
		}
		return 0
	case "blkid":
		p.printf("%s: UUID=\"%s\" BLOCK_SIZE=\"4096\" TYPE=\"%s\" PARTUUID=\"%08x-01\"\n", h.disk, h.bootID, map[bool]string{true: "xfs", false: "ext4"}[p.System.rhel()], sum(h.machine)*90001)
		return 0
	}
	if p.user.uid != 0 {
		return p.errorf(1, "cannot open /dev/%s: Permission denied", disks[0])
	}
	if !slices.Contains(p.args, "-l") {
		p.say("\nUsage:\n fdisk [options] <disk>         change partition table\n fdisk [options] -l [<disk>...] list partition table(s)\n")
		return 1
	}
	p.printf("Disk /dev/%s: %d GiB, %d bytes, %d sectors\nUnits: sectors of 1 * 512 = 512 bytes\nSector size (logical/physical): 512 bytes / 512 bytes\nDisklabel type: dos\n\n"+
		"Device     Boot Start      End  Sectors Size Id Type\n/dev/%s *     2048 %d %d %dG 83 Linux\n", disks[0], bytes>>30, bytes, h.sectors(), disks[1], h.sectors()-1, h.sectors()-2048, bytes>>30)
	return 0
}

func cmdDmesg(p *proc) int {
	if slices.Contains(p.args, "-c") || slices.Contains(p.args, "-C") {
		if p.user.uid != 0 {
			return p.errorf(1, "read kernel buffer failed: Operation not permitted")
		}
	}
	if p.user.uid != 0 && p.System.persona.OS.ID != "centos" && p.System.distro.family != "alpine" {
		return p.errorf(1, "read kernel buffer failed: Operation not permitted")
	}
	p.print(p.System.dmesg())
	return 0
}

func cmdVmstat(p *proc) int {
	h := &p.System.hardware
	_, cache, free := h.memory(p.now())
	p.print("procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu-----\n r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st\n")
	p.printf(" 1  0      0 %6d %6d %6d    0    0     3     9   57  109  0  0 99  0  0\n", free, cache/9, cache*7/9)
	return 0
}

func cmdSysctl(p *proc) int {
	all := p.System.sysctls()
	status := 0
	for i := 1; i < len(p.args); i++ {
		a := strings.TrimSpace(p.args[i])
		name, value, set := strings.Cut(a, "=")
		name = strings.TrimSpace(strings.ReplaceAll(name, "/", "."))
		switch {
		case a == "-a" || a == "-A" || a == "--all":
			names := make([]string, 0, len(all))
			for n := range all {
				names = append(names, n)
			}
			slices.Sort(names)
			for _, n := range names {
				p.printf("%s = %s\n", n, all[n])
			}
		case a == "-p" || strings.HasPrefix(a, "--system"):
		case strings.HasPrefix(a, "-"):
		case set && p.user.uid != 0:
			status = p.errorf(255, "permission denied on key \"%s\"", name)
		case set:
			p.printf("%s = %s\n", name, strings.TrimSpace(value))
		case all[name] == "":
			status = p.errorf(255, "cannot stat /proc/sys/%s: No such file or directory", strings.ReplaceAll(name, ".", "/"))
		case slices.Contains(p.args, "-n"):
			p.print(all[name] + "\n")
		default:
			p.printf("%s = %s\n", name, all[name])
		}
	}
	return status
}

func cmdLsmod(p *proc) int {
	p.print("Module                  Size  Used by\n")
	for _, line := range lines(p.System.modules()) {
		f := strings.Fields(line)
		p.printf("%-19s %8s  %s\n", f[0], f[1], f[2])
	}
	return 0
}

// cmdModprobe is modprobe, insmod and rmmod.
func cmdModprobe(p *proc) int {
	var rest []string
	for _, a := range p.args[1:] {
		if !strings.HasPrefix(a, "-") {
			rest = append(rest, a)
		}
	}
	if len(rest) == 0 {
		return p.errorf(1, "ERROR: missing parameters. See -h.")
	}
	known := strings.Contains(p.System.modules(), strings.TrimSuffix(path.Base(rest[0]), ".ko")+" ") || rest[0] == "msr"
	switch {
	case p.user.uid != 0:
		return p.errorf(1, "ERROR: could not insert '%s': Operation not permitted", rest[0])
	case p.args[0] == "insmod":
		if _, err := p.lookup(p.abs(rest[0]), true); err != nil {
			return p.errorf(1, "ERROR: could not load module %s: %v", rest[0], err)
		}
		return p.errorf(1, "ERROR: could not insert module %s: Invalid module format", rest[0])
	case known:
		return 0
	case p.args[0] == "rmmod":
		return p.errorf(1, "ERROR: Module %s is not currently loaded", rest[0])
	}
	return p.errorf(1, p.either("FATAL: Module %s not found in directory /lib/modules/"+p.System.persona.Kernel, "module %s not found in modules.dep"), rest[0])
}

// cmdHardware is lspci, lsusb and dmidecode.
func cmdHardware(p *proc) int {
	vendor, product, bios := p.System.dmi()
	switch p.args[0] {
	case "lspci":
		card, disk := "Intel Corporation 82574L Gigabit Network Connection", "Intel Corporation 82801IR SATA Controller"
		if p.System.virtual() == "kvm" {
			card, disk = "Red Hat, Inc. Virtio network device", "Red Hat, Inc. Virtio block device"
		}
		if p.System.virtual() == "vmware" {
			card, disk = "VMware VMXNET3 Ethernet Controller", "VMware PVSCSI SCSI Controller"
		}
		p.printf("00:00.0 Host bridge: Intel Corporation 82G33/G31/P35/P31 Express DRAM Controller\n00:01.0 VGA compatible controller: Device 1234:1111 (rev 02)\n"+
			"00:02.0 SCSI storage controller: %s\n00:03.0 Ethernet controller: %s\n", disk, card)
		return 0
	case "lsusb":
		p.print("Bus 001 Device 001: ID 1d6b:0002 Linux Foundation 2.0 root hub\n")
		return 0
	}
	if p.user.uid != 0 {
		p.print("# dmidecode 3.4\n")
		p.say("/sys/firmware/dmi/tables/smbios_entry_point: Permission denied\nScanning /dev/mem for entry point.\n/dev/mem: Permission denied\n")
		return 1
	}
	if i := slices.Index(p.args, "-s"); i > 0 && i+1 < len(p.args) {
		p.print(map[string]string{"system-manufacturer": vendor, "system-product-name": product, "bios-vendor": bios, "baseboard-manufacturer": vendor}[p.args[i+1]] + "\n")
		return 0
	}
	p.printf("# dmidecode 3.4\nGetting SMBIOS data from sysfs.\nSMBIOS 2.8 present.\n\nHandle 0x0000, DMI type 0, 24 bytes\nBIOS Information\n\tVendor: %s\n\n"+
		"Handle 0x0100, DMI type 1, 27 bytes\nSystem Information\n\tManufacturer: %s\n\tProduct Name: %s\n\n", bios, vendor, product)
	return 0
}

func cmdLsof(p *proc) int {
	p.print("COMMAND     PID   TID TASKCMD               USER   FD      TYPE             DEVICE  SIZE/OFF       NODE NAME\n")
	for _, l := range p.System.listening() {
		p.printf("%-9.9s %5d                           %-8s    3u     IPv4              %d       0t0        TCP *:%d (LISTEN)\n", l.process.base(), l.process.pid, "root", 17000+l.port, l.port)
	}
	return 0
}

func cmdLdd(p *proc) int {
	if len(p.args) < 2 {
		return p.errorf(1, "missing file arguments")
	}
	at := p.args[1]
	if at == "--version" {
		p.print("ldd (Debian GLIBC 2.36-9+deb12u4) 2.36\n")
		return 0
	}
	data, err := p.FS.read(&p.user, p.abs(at))
	switch {
	case err != nil:
		p.say("ldd: %s: No such file or directory\n", at)
		return 1
	case !strings.HasPrefix(data, "\x7fELF"):
		p.print("\tnot a dynamic executable\n")
		return 1
	}
	p.print("\tlinux-vdso.so.1 (0x00007ffd3a5f6000)\n\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f1d0a200000)\n\t/lib64/ld-linux-x86-64.so.2 (0x00007f1d0a45c000)\n")
	return 0
}

func cmdFileType(p *proc) int {
	status := 0
	for _, name := range p.args[1:] {
		if strings.HasPrefix(name, "-") {
			continue
		}
		n, err := p.lookup(p.abs(name), false)
		data, readErr := p.FS.read(&p.user, p.abs(name))
		what := ""
		switch {
		case err != nil:
			what = "cannot open `" + name + "' (No such file or directory)"
		case n.kind == directory && n.perm&0o1000 != 0:
			what = "sticky, directory"
		case n.kind == symlink:
			what = "symbolic link to " + n.target
		case n.kind != regular:
			what = kindName(n)
		case readErr != nil:
			what = "regular file, no read permission"
		case data == "":
			what = "empty"
		default:
			what = contentType(data)
		}
		p.printf("%s: %s\n", name, what)
	}
	return status
}

func contentType(data string) string {
	first, _, _ := strings.Cut(data, "\n")
	switch {
	case strings.HasPrefix(data, elfHeader):
		return "ELF 64-bit LSB pie executable, x86-64, version 1 (SYSV), dynamically linked, interpreter /lib64/ld-linux-x86-64.so.2, for GNU/Linux 3.2.0, stripped"
	case strings.HasPrefix(data, "\x7fELF") && len(data) > 18:
		machine := map[byte]string{3: "Intel 80386", 8: "MIPS, MIPS-I", 40: "ARM, EABI5", 62: "x86-64", 183: "ARM aarch64"}[data[18]]
		return fmt.Sprintf("ELF %s-bit LSB executable, %s, version 1 (SYSV), statically linked, stripped", map[byte]string{1: "32", 2: "64"}[data[4]], machine)
	case strings.HasPrefix(data, "\x1f\x8b"):
		return "gzip compressed data, from Unix, original size modulo 2^32 " + strconv.Itoa(len(data))
	case strings.HasPrefix(data, "PK\x03\x04"):
		return "Zip archive data, at least v2.0 to extract"
	case strings.HasPrefix(first, "#!") && strings.Contains(first, "bash"):
		return "Bourne-Again shell script, ASCII text executable"
	case strings.HasPrefix(first, "#!") && strings.Contains(first, "sh"):
		return "POSIX shell script, ASCII text executable"
	case strings.HasPrefix(first, "#!"):
		return "a " + strings.TrimSpace(first[2:]) + " script, ASCII text executable"
	case strings.ContainsRune(data[:min(len(data), 512)], 0):
		return "data"
	}
	return "ASCII text"
}

func cmdCal(p *proc) int {
	now := p.now()
	first := time.Date(now.Year(), now.Month(), 1, 0, 0, 0, 0, time.UTC)
	title := first.Format("January 2006")
	p.printf("%s%s\nSu Mo Tu We Th Fr Sa\n%s", strings.Repeat(" ", (20-len(title))/2), title, strings.Repeat("   ", int(first.Weekday())))
	for d := first; d.Month() == first.Month(); d = d.AddDate(0, 0, 1) {
		end := " "
		if d.Weekday() == time.Saturday || d.AddDate(0, 0, 1).Month() != first.Month() {
			end = "\n"
		}
		p.printf("%2d%s", d.Day(), end)
	}
	return 0
}

func cmdYes(p *proc) int {
	word := "y"
	if len(p.args) > 1 {
		word = strings.Join(p.args[1:], " ")
	}
	text := strings.Repeat(word+"\n", max(1, 4096/(len(word)+1)))
	for p.ctx.Err() == nil {
		if _, err := p.Out.Write([]byte(text)); err != nil {
			return 1
		}
	}
	return 130
}

func cmdHostid(p *proc) int {
	p.printf("%.8s\n", p.System.hardware.machine)
	return 0
}

func cmdPathchk(p *proc) int {
	for _, a := range p.args[1:] {
		if len(a) > maxPath || len(path.Base(a)) > maxName {
			return p.errorf(1, "limit %d exceeded by length %d of file name component ‘%s’", maxName, len(path.Base(a)), path.Base(a))
		}
	}
	return 0
}

// cmdExpr is expr.
func cmdExpr(p *proc) int {
	args := p.args[1:]
	switch {
	case len(args) == 0:
		return p.missing("missing operand")
	case len(args) == 2 && args[0] == "length":
		p.printf("%d\n", len(args[1]))
		return truth(args[1] != "")
	case len(args) == 4 && args[0] == "substr":
		s, from, n := args[1], number(args[2]), number(args[3])
		from = min(max(from-1, 0), len(s))
		p.print(s[from:min(len(s), from+max(0, n))] + "\n")
		return 0
	case len(args) == 3 && args[0] == "index":
		p.printf("%d\n", strings.IndexAny(args[1], args[2])+1)
		return 0
	case len(args) == 3 && (args[1] == ":" || args[0] == "match"):
		text, pattern := args[0], args[2]
		if args[0] == "match" {
			text = args[1]
		}
		re, err := compileSmall("^(?:" + basicRegexp(pattern) + ")")
		if err != nil {
			return p.errorf(2, "Invalid regular expression")
		}
		m := re.FindStringSubmatch(text)
		switch {
		case len(m) > 1:
			p.print(m[1] + "\n")
			return truth(m[1] != "")
		case m != nil:
			p.printf("%d\n", len(m[0]))
			return 0
		}
		p.print("0\n")
		return 1
	}
	value, ok := exprValue(args)
	if !ok {
		return p.errorf(2, "syntax error: unexpected argument ‘%s’", args[len(args)-1])
	}
	if strings.HasPrefix(value, "\x00") {
		return p.errorf(2, "%s", value[1:])
	}
	p.print(value + "\n")
	return truth(value != "0" && value != "")
}

// exprValue evaluates by precedence, the weakest first.
func exprValue(args []string) (string, bool) {
	if len(args) == 1 {
		return args[0], true
	}
	for _, level := range [][]string{{"|"}, {"&"}, {"<", "<=", "=", "==", "!=", ">=", ">"}, {"+", "-"}, {"*", "/", "%"}} {
		depth := 0
		for i := len(args) - 1; i > 0; i-- {
			switch args[i] {
			case ")":
				depth++
			case "(":
				depth--
			}
			if depth == 0 && i < len(args)-1 && slices.Contains(level, args[i]) {
				a, ok := exprValue(args[:i])
				b, ok2 := exprValue(args[i+1:])
				if !ok || !ok2 {
					return "", false
				}
				return exprOp(args[i], a, b), true
			}
		}
	}
	if len(args) > 2 && args[0] == "(" && args[len(args)-1] == ")" {
		return exprValue(args[1 : len(args)-1])
	}
	return "", false
}

func exprOp(op, a, b string) string {
	x, err := strconv.Atoi(a)
	y, err2 := strconv.Atoi(b)
	numbers := err == nil && err2 == nil
	switch op {
	case "|":
		if a != "" && a != "0" {
			return a
		}
		return b
	case "&":
		if a != "" && a != "0" && b != "" && b != "0" {
			return a
		}
		return "0"
	case "+", "-", "*", "/", "%":
		if !numbers {
			return "\x00non-integer argument"
		}
		if y == 0 && (op == "/" || op == "%") {
			return "\x00division by zero"
		}
		switch op {
		case "+":
			return strconv.Itoa(x + y)
		case "-":
			return strconv.Itoa(x - y)
		case "*":
			return strconv.Itoa(x * y)
		case "/":
			return strconv.Itoa(x / y)
		}
		return strconv.Itoa(x % y)
	}
	c := strings.Compare(a, b)
	if numbers {
		c = x - y
	}
	return strconv.Itoa(flag(map[string]bool{"<": c < 0, "<=": c <= 0, "=": c == 0, "==": c == 0, "!=": c != 0, ">=": c >= 0, ">": c > 0}[op]))
}

func cmdClear(p *proc) int {
	p.print("\x1b[H\x1b[2J\x1b[3J")
	return 0
}

func cmdLocate(p *proc) int {
	for i := range p.args {
		if i > 0 && !strings.HasPrefix(p.args[i], "-") {
			p.args = []string{"find", "/", "-path", "*" + p.args[i] + "*"}
			return cmdFind(p)
		}
	}
	return p.errorf(1, "no pattern to search for specified")
}

func cmdWhereis(p *proc) int {
	for _, name := range p.args[1:] {
		p.print(name + ":")
		for _, dir := range []string{"/usr/bin", "/usr/sbin", "/etc", "/usr/local/bin"} {
			if _, err := p.lookup(dir+"/"+name, true); err == nil {
				p.print(" " + dir + "/" + name)
			}
		}
		p.print("\n")
	}
	return 0
}

func cmdGetconf(p *proc) int {
	value, ok := map[string]string{
		"LONG_BIT": "64", "PAGE_SIZE": "4096", "PAGESIZE": "4096", "_NPROCESSORS_ONLN": strconv.Itoa(p.System.hardware.cores), "_NPROCESSORS_CONF": strconv.Itoa(p.System.hardware.cores),
		"ARG_MAX": "2097152", "OPEN_MAX": "1024", "CLK_TCK": "100", "GNU_LIBC_VERSION": "glibc 2.36", "PATH": "/bin:/usr/bin", "NAME_MAX": "255", "PATH_MAX": "4096",
	}[strings.Join(p.args[1:], " ")]
	if !ok {
		return p.errorf(2, "Unrecognized variable `%s'", strings.Join(p.args[1:], " "))
	}
	p.print(value + "\n")
	return 0
}

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

// cmdAt is at and batch: a job that is to run later, of which its number is said.
func cmdAt(p *proc) int {
	_ = input(p.In)
	p.say("warning: commands will be executed using /bin/sh\njob %d at %s\n", 1+p.forks, p.now().Add(time.Minute).Format("Mon Jan _2 15:04:05 2006"))
	return 0
}

// cmdScreen is screen and tmux, which need a terminal.
func cmdScreen(p *proc) int {
	rest := strings.Join(p.args[1:], " ")
	switch {
	case strings.Contains(rest, "-ls") || strings.Contains(rest, "-list"):
		p.printf("No Sockets found in /run/screen/S-%s.\n", p.user.name)
		return 1
	case rest == "ls" || strings.HasPrefix(rest, "list-sessions") || strings.HasPrefix(rest, "a"):
		p.say("no server running on /tmp/tmux-%d/default\n", p.user.uid)
		return 1
	case strings.Contains(rest, "-d"):
		for i, a := range p.args {
			if i > 1 && !strings.HasPrefix(a, "-") && p.which(a) != "" {
				j := p.newJob(strings.Join(p.args[i:], " "))
				j.took = longest
				p.detach(j)
				return 0
			}
		}
		return 0
	case p.tty == "":
		if p.args[0] == "tmux" {
			p.say("open terminal failed: not a terminal\n")
		} else {
			p.say("Must be connected to a terminal.\n")
		}
		return 1
	}
	p.print("\x1b[H\x1b[2J")
	return p.nested(bash)
}

// cmdSELinux is getenforce and sestatus.
func cmdSELinux(p *proc) int {
	if p.args[0] == "getenforce" {
		p.print("Permissive\n")
	} else {
		p.print("SELinux status:                 enabled\nSELinuxfs mount:                /sys/fs/selinux\nLoaded policy name:             targeted\nCurrent mode:                   permissive\n")
	}
	return 0
}

func cmdUfw(p *proc) int {
	if p.user.uid != 0 {
		p.say("ERROR: You need to be root to run this script\n")
		return 1
	}
	if len(p.args) > 1 && p.args[1] == "status" {
		p.print("Status: inactive\n")
	} else if len(p.args) > 1 && p.args[1] == "disable" {
		p.print("Firewall stopped and disabled on system startup\n")
	}
	return 0
}

// cmdSSHKeygen makes a key pair that is none.
func cmdSSHKeygen(p *proc) int {
	at, kind := valueAfter(p.args, "-f"), or(valueAfter(p.args, "-t"), "rsa")
	if at == "" {
		at = p.user.home + "/.ssh/id_" + kind
	}
	if slices.Contains(p.args, "-R") || slices.Contains(p.args, "-l") {
		return 0
	}
	p.printf("Generating public/private %s key pair.\n", kind)
	_ = p.FS.mkdir(&p.user, p.abs(path.Dir(at)), 0o700) // it may be there
	blob := strings.TrimRight(fmt.Sprintf("%x", randomBytes(nil)[:140]), "\n")
	private := "-----BEGIN OPENSSH PRIVATE KEY-----\n" + blob + "\n-----END OPENSSH PRIVATE KEY-----\n"
	public := fmt.Sprintf("ssh-%s AAAAB3NzaC1yc2E%s %s@%s\n", kind, blob[:200], p.user.name, p.hostname())
	if err := p.write(p.abs(at), private, false); err != nil {
		p.say("Saving key \"%s\" failed: %v\n", at, err)
		return 1
	}
	_ = p.FS.change(&p.user, p.abs(at), func(n *node) { n.perm = 0o600 }) // it was just written
	_ = p.write(p.abs(at)+".pub", public, false)                          // without room there is none
	p.printf("Your identification has been saved in %s\nYour public key has been saved in %[1]s.pub\nThe key fingerprint is:\nSHA256:%s %s@%s\n", at, blob[:43], p.user.name, p.hostname())
	return 0
}
