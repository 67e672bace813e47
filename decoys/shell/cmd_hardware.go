package shell

import (
	"fmt"
	"slices"
	"strconv"
)

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

func cmdDmesg(p *proc) int {
	if slices.Contains(p.args, "-c") || slices.Contains(p.args, "-C") {
		if p.user.uid != 0 {
			return p.errorf(1, "read kernel buffer failed: Operation not permitted")
		}
	}
	if p.user.uid != 0 && p.System.persona.OS.ID != "centos" && !p.System.busybox() {
		return p.errorf(1, "read kernel buffer failed: Operation not permitted")
	}
	p.print(p.System.dmesg())
	return 0
}
