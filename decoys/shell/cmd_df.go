package shell

import (
	"strings"
)

func cmdDf(p *proc) int {
	set, bad, ok := p.opt("hkTHimPalt:x:B: human-readable=h si=H all=a inodes=i print-type=T type=t local=l portability=P block-size=B total=a output=B", 1)
	if !ok {
		return bad
	}
	h := &p.System.hardware
	rows := []struct {
		device      string
		total, used int
		mount       string
	}{
		{"udev", h.memoryKB/2 - 9000, 0, "/dev"},
		{"tmpfs", h.memoryKB / 10, 700 + h.memoryKB%500, "/run"},
		{h.disk, h.diskKB, h.usedKB, "/"},
		{"tmpfs", h.memoryKB / 2, 0, "/dev/shm"},
		{"tmpfs", 5120, 0, "/run/lock"},
	}
	if p.System.openwrt() {
		rows = rows[:0]
		for _, r := range p.System.openwrtDisks() {
			rows = append(rows, struct {
				device      string
				total, used int
				mount       string
			}(r))
		}
	}
	if len(set.rest) > 0 {
		at, err := p.FS.real(&p.user, p.abs(set.rest[0]))
		if err != nil {
			return p.errorf(1, "%s: %v", set.rest[0], err)
		}
		best := min(2, len(rows)-1)
		for i, r := range rows {
			if at == r.mount || strings.HasPrefix(at, r.mount+"/") {
				best = i
			}
		}
		rows = rows[best : best+1]
	}
	width := len("Filesystem")
	for _, r := range rows {
		width = max(width, len(r.device))
	}
	kind := func(mount string) string {
		if !set.has("T") {
			return ""
		}
		switch mount {
		case "/":
			return " ext4    "
		case "/dev":
			return " devtmpfs"
		case "":
			return " Type    "
		}
		return " tmpfs   "
	}
	switch {
	case set.has("i"):
		p.printf("%-*s%s  Inodes  IUsed   IFree IUse%% Mounted on\n", width, "Filesystem", kind(""))
	case set.has("hH"):
		p.printf("%-*s%s  Size  Used Avail Use%% Mounted on\n", width, "Filesystem", kind(""))
	case set.has("m"):
		p.printf("%-*s%s 1M-blocks     Used Available Use%% Mounted on\n", width, "Filesystem", kind(""))
	case set.has("P"):
		p.printf("%-*s%s 1024-blocks     Used Available Capacity Mounted on\n", width, "Filesystem", kind(""))
	default:
		p.printf("%-*s%s 1K-blocks     Used Available Use%% Mounted on\n", width, "Filesystem", kind(""))
	}
	for _, r := range rows {
		free := r.total - r.used
		if r.mount == "/" {
			free -= r.total / 20 // kept for root
		}
		percent := (r.used*100 + r.used + free - 1) / (r.used + free)
		switch {
		case set.has("i"):
			p.printf("%-*s%s %7d %6d %7d %4d%% %s\n", width, r.device, kind(r.mount), r.total/16, r.used/40+300, r.total/16-r.used/40-300, max(1, percent/2), r.mount)
		case set.has("hH"):
			p.printf("%-*s%s  %4s  %4s  %4s %3d%% %s\n", width, r.device, kind(r.mount), size(int64(r.total)<<10, true), size(int64(r.used)<<10, true),
				size(int64(free)<<10, true), percent, r.mount)
		case set.has("m"):
			p.printf("%-*s%s %9d %8d %9d %3d%% %s\n", width, r.device, kind(r.mount), r.total>>10, r.used>>10, free>>10, percent, r.mount)
		default:
			p.printf("%-*s%s %9d %8d %9d %3d%% %s\n", width, r.device, kind(r.mount), r.total, r.used, free, percent, r.mount)
		}
	}
	return 0
}

func cmdDu(p *proc) int {
	o, bad, ok := p.opt("ashcdkmbxLSHDlt:d:B:X: all=a summarize=s human-readable=h total=c max-depth=d bytes=b exclude=X apparent-size=b block-size=B", 1)
	if !ok {
		return bad
	}
	names := o.rest
	if len(names) == 0 {
		names = []string{"."}
	}
	depth := 1000
	if o.has("d") {
		depth = number(o.get('d'))
	}
	if o.has("s") {
		depth = 0
	}
	total := int64(0)
	show := func(bytes int64, name string) {
		switch {
		case o.has("b"):
			p.printf("%d\t%s\n", bytes, name)
		case o.has("h"):
			p.printf("%s\t%s\n", size(max(bytes, 4096), true), name)
		case o.has("m"):
			p.printf("%d\t%s\n", (bytes+1<<20-1)>>20, name)
		default:
			p.printf("%d\t%s\n", bytes>>10, name)
		}
	}
	status := 0
	var visit func(name, full string, n node, level int) int64
	visit = func(name, full string, n node, level int) int64 {
		sum := blocks(n) * 512
		if o.has("b") {
			sum = n.size
		}
		if n.kind == directory {
			entries, err := p.FS.list(&p.user, full)
			if err != nil {
				status = p.errorf(1, "cannot read directory '%s': %v", name, err)
			}
			for _, e := range entries {
				if p.steps++; p.over(p.ctx) {
					return sum
				}
				sum += visit(strings.TrimSuffix(name, "/")+"/"+e.name, full+"/"+e.name, e.node, level+1)
				if e.kind != directory {
					p.steps--
				}
			}
		}
		if level <= depth && (n.kind == directory || o.has("a") || level == 0) {
			show(sum, name)
		}
		return sum
	}
	for _, name := range names {
		n, err := p.lookup(p.abs(name), false)
		if err != nil {
			status = p.errorf(1, p.either("cannot access '%s': %v", "%s: %v"), name, err)
			continue
		}
		total += visit(name, p.abs(name), n, 0)
	}
	if o.has("c") {
		show(total, "total")
	}
	return status
}
