package shell

import (
	"crypto/md5" //nolint:gosec // what md5sum is
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"path"
	"strconv"
	"strings"
)

// cmdPath is basename and dirname.
func cmdPath(p *proc) int {
	if len(p.args) < 2 {
		return p.missing("missing operand")
	}
	if p.args[0] == "dirname" {
		p.print(path.Dir(p.args[1]) + "\n")
		return 0
	}
	base := path.Base(p.args[1])
	if len(p.args) > 2 {
		base = strings.TrimSuffix(base, p.args[2])
	}
	p.print(base + "\n")
	return 0
}

func cmdReadlink(p *proc) int {
	_, names, _ := p.options("fenm", "")
	for _, name := range names {
		n, err := p.lookup(p.abs(name), false)
		if err != nil {
			return 1
		}
		if n.kind == symlink {
			name = path.Join(path.Dir(p.abs(name)), n.target)
		}
		p.print(p.abs(name) + "\n")
	}
	return 0
}

// cmdDigest is md5sum and sha256sum.
func cmdDigest(p *proc) int {
	_, names, _ := p.options("bct", "")
	return p.files(names, "%s: %v", func(name, data string) {
		sum := md5.Sum([]byte(data)) //nolint:gosec // what md5sum is
		digest := hex.EncodeToString(sum[:])
		if p.args[0] == "sha256sum" {
			long := sha256.Sum256([]byte(data))
			digest = hex.EncodeToString(long[:])
		}
		p.printf("%s  %s\n", digest, name)
	})
}

func cmdBase64(p *proc) int {
	set, names, _ := p.options("di", "w")
	bad := false
	status := p.files(names, "%s: %v", func(_, data string) {
		if has(set, "d") || has(set, "--decode") {
			raw, err := base64.StdEncoding.DecodeString(strings.Join(strings.Fields(data), ""))
			bad = err != nil
			p.print(string(raw))
			return
		}
		text, width := base64.StdEncoding.EncodeToString([]byte(data)), 76
		if v, ok := set["w"]; ok {
			width, _ = strconv.Atoi(v)
		}
		for width > 0 && len(text) > width {
			p.print(text[:width] + "\n")
			text = text[width:]
		}
		p.print(text)
		if width > 0 {
			p.print("\n")
		}
	})
	if bad {
		return p.errorf(1, "invalid input")
	}
	return status
}

func cmdSeq(p *proc) int {
	first, step, last := 1, 1, 0
	n := make([]int, 0, 3)
	for _, a := range p.args[1:] {
		v, err := strconv.Atoi(a)
		if err != nil {
			return p.errorf(1, "invalid floating point argument: ‘%s’", a)
		}
		n = append(n, v)
	}
	switch len(n) {
	case 1:
		last = n[0]
	case 2:
		first, last = n[0], n[1]
	case 3:
		first, step, last = n[0], n[1], n[2]
	default:
		return p.missing("missing operand")
	}
	if step == 0 {
		return p.errorf(1, "invalid Zero increment value: ‘0’")
	}
	for i, count := first, 0; (step > 0 && i <= last || step < 0 && i >= last) && count < 100000; i, count = i+step, count+1 {
		p.printf("%d\n", i)
	}
	return 0
}

func cmdNproc(p *proc) int {
	p.printf("%d\n", p.System.hardware.cores)
	return 0
}

func cmdLscpu(p *proc) int {
	h := &p.System.hardware
	for _, row := range [][2]string{
		{"Architecture:", "x86_64"},
		{"CPU op-mode(s):", "32-bit, 64-bit"},
		{"Byte Order:", "Little Endian"},
		{"CPU(s):", strconv.Itoa(h.cores)},
		{"Vendor ID:", h.cpu.vendor},
		{"Model name:", h.cpu.name},
		{"CPU family:", h.cpu.family},
		{"Model:", h.cpu.model},
		{"Thread(s) per core:", "1"},
		{"Core(s) per socket:", "1"},
		{"Socket(s):", strconv.Itoa(h.cores)},
		{"Stepping:", h.cpu.stepping},
		{"BogoMIPS:", fmt.Sprintf("%.2f", 2*h.cpu.mhz)},
		{"Hypervisor vendor:", "KVM"},
		{"Virtualization type:", "full"},
	} {
		p.printf("%-33s%s\n", row[0], row[1])
	}
	return 0
}

func cmdMount(p *proc) int {
	data, _ := p.FS.read(&p.user, "/proc/mounts")
	for _, line := range lines(data) {
		if f := strings.Fields(line); len(f) > 3 {
			p.printf("%s on %s type %s (%s)\n", f[0], f[1], f[2], f[3])
		}
	}
	return 0
}
