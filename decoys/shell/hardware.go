package shell

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet/persona"
)

// hardware is what the machine is made of. It derives from the persona, as
// everything that outlasts a session does.
type hardware struct {
	cpu              cpu
	cores            int
	memoryKB, swapKB int
	diskKB           int // of the root file system
	usedKB           int
	disk             string // device of the root file system
	iface, mac       string
	bootID, machine  string
	soc, model       string // of an OpenWrt router
}

type cpu struct {
	vendor, name, family, model, stepping string
	mhz                                   float64
	cacheKB                               int
}

var cpus = []cpu{
	{"GenuineIntel", "Intel(R) Xeon(R) Gold 6226R CPU @ 2.90GHz", "6", "85", "7", 2893.202, 22528},
	{"GenuineIntel", "Intel(R) Xeon(R) Silver 4214 CPU @ 2.20GHz", "6", "85", "7", 2194.843, 16896},
	{"GenuineIntel", "Intel(R) Xeon(R) CPU E5-2680 v4 @ 2.40GHz", "6", "79", "1", 2399.998, 35840},
	{"GenuineIntel", "Intel(R) Xeon(R) CPU E5-2650 v3 @ 2.30GHz", "6", "63", "2", 2297.338, 25600},
	{"GenuineIntel", "Intel(R) Xeon(R) E-2236 CPU @ 3.40GHz", "6", "158", "10", 3407.998, 12288},
	{"AuthenticAMD", "AMD EPYC 7302P 16-Core Processor", "23", "49", "0", 2999.998, 512},
	{"AuthenticAMD", "AMD EPYC 7402 24-Core Processor", "23", "49", "0", 2794.748, 512},
	{"AuthenticAMD", "AMD EPYC 7543 32-Core Processor", "25", "1", "1", 2794.750, 512},
}

// board is what Linux calls the disk and the network card of a machine.
type board struct{ disks, ifaces []string }

// boardOf is the board that goes with the maker of the network card.
func boardOf(maker string) board {
	switch maker {
	case "kvm":
		return board{[]string{"/dev/vda1", "/dev/sda1", "/dev/mapper/vg0-root"}, []string{"ens3", "ens18", "enp1s0"}}
	case "vmware":
		return board{[]string{"/dev/sda1", "/dev/sda2", "/dev/mapper/vg0-root"}, []string{"ens192", "ens160", "ens33"}}
	case "xen":
		return board{[]string{"/dev/xvda1", "/dev/xvda2"}, []string{"eth0", "enX0"}}
	case "microsoft":
		return board{[]string{"/dev/sda1", "/dev/sda2", "/dev/mapper/vg0-root"}, []string{"eth0"}}
	}
	return board{[]string{"/dev/sda2", "/dev/nvme0n1p2", "/dev/mapper/vg0-root"}, []string{"eno1", "enp3s0", "eno1np0"}}
}

func newHardware(p *persona.Persona) hardware {
	r := p.Rand("hardware")
	gib := []int{2, 4, 4, 8, 8, 16}[r.IntN(6)]
	h := hardware{
		cpu: cpus[r.IntN(len(cpus))], cores: []int{1, 2, 2, 4, 4, 8}[r.IntN(6)],
		memoryKB: gib<<20 - 30000 - r.IntN(90000)*gib/2, swapKB: 998396 + 4*r.IntN(300000),
		diskKB: []int{20, 32, 40, 64, 80, 120}[r.IntN(6)]<<20*94/100 - r.IntN(200000),
		mac:    p.MAC.String(),
	}
	board := boardOf(p.Maker)
	h.disk, h.iface = board.disks[r.IntN(len(board.disks))], board.ifaces[r.IntN(len(board.ifaces))]
	if p.OS.ID == "ubuntu" && h.disk == "/dev/mapper/vg0-root" {
		h.disk = "/dev/mapper/ubuntu--vg-ubuntu--lv"
	}
	h.usedKB = h.diskKB/10 + r.IntN(h.diskKB/3)
	if p.OS.ID == "openwrt" {
		h.router(p.Rand("router"))
	}
	id := p.Key("machine id", 32)
	h.machine = fmt.Sprintf("%x", id[:16])
	b := id[16:]
	h.bootID = fmt.Sprintf("%x-%x-4%x-8%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])[:36]
	return h
}

// memory is how much of it is in use now: it moves, as it does on a machine
// that runs, but not between two commands in one second.
func (h *hardware) memory(now time.Time) (used, cache, free int) {
	r := rand.New(rand.NewPCG(uint64(h.memoryKB), uint64(now.Unix()/7))) //nolint:gosec // scenery, not secrets
	used = h.memoryKB*(9+h.memoryKB%13)/100 + r.IntN(9000)
	cache = h.memoryKB*(31+h.diskKB%23)/100 + r.IntN(15000)
	return used, cache, h.memoryKB - used - cache
}

// load is the three load averages.
func (h *hardware) load(now time.Time) string {
	r := rand.New(rand.NewPCG(uint64(h.diskKB), uint64(now.Unix()/15))) //nolint:gosec // scenery, not secrets
	base := float64(h.diskKB%40) / 100
	return fmt.Sprintf("%.2f %.2f %.2f", base*r.Float64(), base*0.8, base*0.7)
}

func (h *hardware) cpuinfo() string {
	if h.soc != "" {
		return h.mipsInfo()
	}
	var b strings.Builder
	const flags = "fpu vme de pse tsc msr pae mce cx8 apic sep mtrr pge mca cmov pat pse36 clflush mmx fxsr sse sse2 ht syscall nx " +
		"pdpe1gb rdtscp lm constant_tsc rep_good nopl xtopology cpuid pni pclmulqdq ssse3 fma cx16 sse4_1 sse4_2 x2apic movbe popcnt " +
		"aes xsave avx f16c rdrand hypervisor lahf_lm abm 3dnowprefetch fsgsbase bmi1 avx2 smep bmi2 rdseed adx smap xsaveopt arat"
	for i := range h.cores {
		fmt.Fprintf(&b, "processor\t: %d\nvendor_id\t: %s\ncpu family\t: %s\nmodel\t\t: %s\nmodel name\t: %s\nstepping\t: %s\n"+
			"microcode\t: 0x1\ncpu MHz\t\t: %.3f\ncache size\t: %d KB\nphysical id\t: %d\nsiblings\t: 1\ncore id\t\t: 0\ncpu cores\t: 1\n"+
			"apicid\t\t: %d\ninitial apicid\t: %d\nfpu\t\t: yes\nfpu_exception\t: yes\ncpuid level\t: 13\nwp\t\t: yes\nflags\t\t: %s\n"+
			"bogomips\t: %.2f\nclflush size\t: 64\ncache_alignment\t: 64\naddress sizes\t: 40 bits physical, 48 bits virtual\n"+
			"power management:\n\n", i, h.cpu.vendor, h.cpu.family, h.cpu.model, h.cpu.name, h.cpu.stepping, h.cpu.mhz, h.cpu.cacheKB,
			i, i, i, flags, 2*h.cpu.mhz)
	}
	return b.String()
}

// journal is what the kernel calls the root file system's device.
func (h *hardware) journal() string {
	if strings.HasPrefix(h.disk, "/dev/mapper/") {
		return "dm-0"
	}
	return strings.TrimPrefix(h.disk, "/dev/")
}
