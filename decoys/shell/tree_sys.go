package shell

import (
	"fmt"
	"strings"
)

// devices makes /dev.
func (s *System) devices(b *builder) {
	for _, d := range []struct {
		name         string
		major, minor int
		perm         uint16
		content      func(*user) string
	}{
		{"null", 1, 3, 0o666, nil},
		{"zero", 1, 5, 0o666, func(*user) string { return strings.Repeat("\x00", 128<<10) }},
		{"full", 1, 7, 0o666, nil},
		{"random", 1, 8, 0o666, randomBytes},
		{"urandom", 1, 9, 0o666, randomBytes},
		{"tty", 5, 0, 0o666, nil},
		{"console", 5, 1, 0o600, nil},
		{"ptmx", 5, 2, 0o666, nil},
		{"kmsg", 1, 11, 0o644, nil},
		{"mem", 1, 1, 0o640, nil},
		{"watchdog", 10, 130, 0o600, nil},
		{"tty0", 4, 0, 0o620, nil},
		{"tty1", 4, 1, 0o620, nil},
		{"pts/0", 136, 0, 0o620, nil},
		{"pts/ptmx", 5, 2, 0o000, nil},
	} {
		b.put("/dev/"+d.name, &node{kind: device, perm: d.perm, major: d.major, minor: d.minor, make: d.content})
	}
	b.dir("/dev/fd", 0o755)
	b.link("/dev/stdin", "/proc/self/fd/0")
	b.link("/dev/stdout", "/proc/self/fd/1")
	b.link("/dev/stderr", "/proc/self/fd/2")
	for i, name := range s.hardware.disks() {
		b.put("/dev/"+name, &node{kind: block, perm: 0o660, gid: 6, major: 8, minor: i})
	}
	if name, ok := strings.CutPrefix(s.hardware.disk, "/dev/mapper/"); ok {
		b.link("/dev/mapper/"+name, "../dm-0")
	}
}

// sys makes what scripts look at in /sys.
func (s *System) sys(b *builder) {
	h := &s.hardware
	file := func(p, content string) {
		at := ""
		parts := strings.Split(strings.Trim(p, "/"), "/")
		for _, d := range parts[:len(parts)-1] {
			at += "/" + d
			if _, err := b.at(at); err != nil {
				b.put(at, &node{kind: directory, perm: 0o755, fixed: true, children: map[string]*node{}})
			}
		}
		b.put(p, &node{kind: regular, perm: 0o444, fixed: true, size: 4096, make: func(*user) string { return content + "\n" }})
	}
	vendor, product, bios := s.dmi()
	file("/sys/class/dmi/id/sys_vendor", vendor)
	file("/sys/class/dmi/id/product_name", product)
	file("/sys/class/dmi/id/bios_vendor", bios)
	file("/sys/class/dmi/id/board_vendor", vendor)
	file("/sys/class/dmi/id/chassis_vendor", vendor)
	for name, mac := range map[string]string{h.iface: h.mac, "lo": "00:00:00:00:00:00"} {
		file("/sys/class/net/"+name+"/address", mac)
		file("/sys/class/net/"+name+"/mtu", map[bool]string{true: "65536", false: "1500"}[name == "lo"])
		file("/sys/class/net/"+name+"/operstate", map[bool]string{true: "unknown", false: "up"}[name == "lo"])
	}
	for i := range h.cores {
		file(fmt.Sprintf("/sys/devices/system/cpu/cpu%d/topology/core_id", i), fmt.Sprint(i))
	}
	file("/sys/devices/system/cpu/online", map[bool]string{true: "0", false: fmt.Sprintf("0-%d", h.cores-1)}[h.cores == 1])
	file("/sys/devices/system/cpu/possible", fmt.Sprintf("0-%d", h.cores-1))
	for _, name := range h.disks()[:1] {
		file("/sys/block/"+name+"/size", fmt.Sprint(h.sectors()))
		file("/sys/block/"+name+"/queue/rotational", "0")
	}
	file("/sys/kernel/mm/transparent_hugepage/enabled", "always [madvise] never")
	file("/sys/fs/cgroup/cgroup.controllers", "cpuset cpu io memory hugetlb pids rdma misc")
	file("/sys/module/kernel/parameters/panic", "0")
	for _, d := range []string{"firmware", "bus", "power", "dev", "hypervisor"} {
		if _, err := b.at("/sys/" + d); err != nil {
			b.put("/sys/"+d, &node{kind: directory, perm: 0o755, fixed: true, children: map[string]*node{}})
		}
	}
	if n, err := b.at("/sys"); err == nil {
		n.fixed, n.perm = true, 0o555
	}
}

// dmi is what the firmware says of who made the machine.
func (s *System) dmi() (vendor, product, bios string) {
	switch s.persona.Maker {
	case "kvm":
		return "QEMU", "Standard PC (Q35 + ICH9, 2009)", "SeaBIOS"
	case "vmware":
		return "VMware, Inc.", "VMware Virtual Platform", "Phoenix Technologies LTD"
	case "xen":
		return "Xen", "HVM domU", "Xen"
	case "microsoft":
		return "Microsoft Corporation", "Virtual Machine", "American Megatrends Inc."
	case "dell":
		return "Dell Inc.", "PowerEdge R640", "Dell Inc."
	case "hpe":
		return "HPE", "ProLiant DL360 Gen10", "HPE"
	case "supermicro":
		return "Supermicro", "SYS-5019P-WTR", "American Megatrends Inc."
	case "hp":
		return "HP", "HP EliteDesk 800 G6", "HP"
	case "lenovo":
		return "LENOVO", "20XW00A1US", "LENOVO"
	case "intel":
		return "Intel(R) Client Systems", "NUC11PAHi5", "Intel Corp."
	case "asus":
		return "ASUSTeK COMPUTER INC.", "PRIME B560M-A", "American Megatrends Inc."
	}
	return "To Be Filled By O.E.M.", "To Be Filled By O.E.M.", "American Megatrends Inc."
}

// virtual is what systemd-detect-virt prints.
func (s *System) virtual() string {
	switch s.persona.Maker {
	case "kvm", "vmware", "xen", "microsoft":
		return s.persona.Maker
	}
	return "none"
}

// disks are the names of the disk and its partitions.
func (h *hardware) disks() []string {
	dev := strings.TrimPrefix(h.disk, "/dev/")
	switch {
	case strings.HasPrefix(dev, "mapper/"):
		return []string{"sda", "sda1", "sda2", "sda3", "dm-0"}
	case strings.Contains(dev, "nvme"):
		return []string{"nvme0n1", "nvme0n1p1", "nvme0n1p2"}
	}
	base := strings.TrimRight(dev, "0123456789")
	out := []string{base, base + "1"}
	if !strings.HasSuffix(dev, "1") {
		out = append(out, dev)
	}
	return out
}

// sectors is the size of the whole disk, in 512 bytes.
func (h *hardware) sectors() int { return ((h.diskKB>>20 + 4) / 4 * 4) << 21 }

func (s *System) partitions() string {
	var b strings.Builder
	b.WriteString("major minor  #blocks  name\n\n")
	for i, name := range s.hardware.disks() {
		size := s.hardware.sectors() / 2
		if i > 0 {
			size = s.hardware.diskKB
		}
		fmt.Fprintf(&b, "%4d %8d %10d %s\n", 8, i, size, name)
	}
	return b.String()
}
