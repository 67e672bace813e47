package shell

import (
	"path"
	"slices"
	"strings"
)

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
