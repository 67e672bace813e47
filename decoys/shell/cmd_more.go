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

func cmdTrue(*proc) int  { return 0 }
func cmdFalse(*proc) int { return 1 }

func cmdTest(p *proc) int {
	args := p.args[1:]
	if p.args[0] == "[" {
		if len(args) == 0 || args[len(args)-1] != "]" {
			return p.fail(p.Streams, 2, "[: missing `]'")
		}
		args = args[:len(args)-1]
	}
	return truth(p.testArgs(args))
}

// cmdSh is sh, bash and source: another shell, a script or one of the input.
func cmdSh(p *proc) int {
	args := p.args[1:]
	for len(args) > 0 && strings.HasPrefix(args[0], "-") && args[0] != "-c" {
		if args[0] == "--version" {
			p.printf("GNU bash, version %s (x86_64-pc-linux-gnu)\n", p.System.bashVersion())
			return 0
		}
		args = args[1:]
	}
	switch {
	case len(args) > 1 && args[0] == "-c":
		return p.source(p, args[1], args[2:], p.args[0])
	case len(args) == 0:
		if p.tty != "" { // an interactive shell within this one makes no difference
			return 0
		}
		return p.source(p, input(p.In), nil, p.args[0])
	}
	data, err := p.FS.read(&p.user, p.abs(args[0]))
	if err != nil {
		_, _ = fmt.Fprintf(p.Err, "%s: %s: %v\n", p.args[0], args[0], err)
		return 127
	}
	if strings.ContainsRune(data, 0) {
		return p.errorf(126, "%s: cannot execute binary file", args[0])
	}
	if p.args[0] == "." || p.args[0] == "source" {
		file, err := parse(data)
		if err != nil {
			p.syntaxError(data, err, p.Streams, "")
			return 2
		}
		return p.deeper(p.Streams, func() int { return p.stmts(p.ctx, file.Stmts, p.Streams) })
	}
	return p.source(p, data, args[1:], args[0])
}

// cmdRun is sudo, nohup, nice, timeout, time and the like: what is left after
// their own options and values is a command.
func cmdRun(p *proc) int {
	i := 1
	if p.args[0] == "timeout" {
		i = 2
	}
	for i < len(p.args) && strings.HasPrefix(p.args[i], "-") {
		i++
	}
	if p.args[0] == "sudo" && p.user.uid != 0 {
		return p.errorf(1, "a terminal is required to read the password; either use the -S option to read from standard input or configure an askpass helper")
	}
	return p.again(i)
}

func cmdXargs(p *proc) int {
	words := strings.Fields(input(p.In))
	i := 1
	for i < len(p.args) && strings.HasPrefix(p.args[i], "-") {
		if p.args[i] == "-n" || p.args[i] == "-I" {
			i++
		}
		i++
	}
	args := []string{"echo"}
	if i < len(p.args) {
		args = append([]string{}, p.args[i:]...)
	}
	args = append(args, words[:min(len(words), maxSteps)]...)
	return p.deeper(p.Streams, func() int { return p.run(p.ctx, args, p.Streams) })
}

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
		n, err := p.FS.stat(p.abs(name), false)
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
		{"Architecture:", "x86_64"}, {"CPU op-mode(s):", "32-bit, 64-bit"}, {"Byte Order:", "Little Endian"}, {"CPU(s):", strconv.Itoa(h.cores)},
		{"Vendor ID:", h.cpu.vendor}, {"Model name:", h.cpu.name}, {"CPU family:", h.cpu.family}, {"Model:", h.cpu.model},
		{"Thread(s) per core:", "1"}, {"Core(s) per socket:", "1"}, {"Socket(s):", strconv.Itoa(h.cores)}, {"Stepping:", h.cpu.stepping},
		{"BogoMIPS:", fmt.Sprintf("%.2f", 2*h.cpu.mhz)}, {"Hypervisor vendor:", "KVM"}, {"Virtualization type:", "full"},
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

func cmdCrontab(p *proc) int {
	set, names, _ := p.options("lrei", "u")
	at := "/var/spool/cron/crontabs/" + p.user.name
	root := &user{}
	switch {
	case has(set, "l"):
		data, err := p.FS.read(root, at)
		if err != nil {
			_, _ = fmt.Fprintf(p.Err, "no crontab for %s\n", p.user.name)
			return 1
		}
		p.print(data)
	case has(set, "r"):
		if p.FS.remove(root, at, false) != nil {
			_, _ = fmt.Fprintf(p.Err, "no crontab for %s\n", p.user.name)
			return 1
		}
	case len(names) > 0:
		return p.files(names, "%s: %v", func(_, data string) { _ = p.FS.write(root, at, data, false) })
	}
	return 0
}

// cmdApt is apt and apt-get, which find no mirror.
func cmdApt(p *proc) int {
	_, rest, _ := p.options("yqfdsu", "ot")
	if p.user.uid != 0 {
		_, _ = fmt.Fprint(p.Err, "E: Could not open lock file /var/lib/dpkg/lock-frontend - open (13: Permission denied)\n"+
			"E: Unable to acquire the dpkg frontend lock (/var/lib/dpkg/lock-frontend), are you root?\n")
		return 100
	}
	mirror := map[string]string{"debian": "deb.debian.org", "ubuntu": "archive.ubuntu.com"}[p.System.persona.Distro.ID]
	if len(rest) == 0 {
		p.print("apt 2.6.1 (amd64)\n")
		return 0
	}
	switch rest[0] {
	case "update":
		p.sleep(p.NetworkDelay)
		p.printf("Err:1 http://%s/%s %s InRelease\n  Temporary failure resolving '%s'\nReading package lists... Done\n",
			mirror, p.System.persona.Distro.ID, p.System.codename(), mirror)
		_, _ = fmt.Fprintf(p.Err, "W: Failed to fetch http://%s/%s/dists/%s/InRelease  Temporary failure resolving '%s'\n"+
			"W: Some index files failed to download. They have been ignored, or old ones used instead.\n",
			mirror, p.System.persona.Distro.ID, p.System.codename(), mirror)
		return 0
	case "install":
		p.print("Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n")
		for _, name := range rest[1:] {
			_, _ = fmt.Fprintf(p.Err, "E: Unable to locate package %s\n", name)
		}
		return 100
	}
	p.print("Reading package lists... Done\nBuilding dependency tree... Done\nReading state information... Done\n" +
		"0 upgraded, 0 newly installed, 0 to remove and 0 not upgraded.\n")
	return 0
}

func cmdLsbRelease(p *proc) int {
	d := p.System.persona.Distro
	title := map[string]string{"debian": "Debian", "ubuntu": "Ubuntu"}[d.ID]
	p.printf("No LSB modules are available.\nDistributor ID:\t%s\nDescription:\t%s\nRelease:\t%s\nCodename:\t%s\n", title, d.Name, d.VersionID, p.System.codename())
	return 0
}
