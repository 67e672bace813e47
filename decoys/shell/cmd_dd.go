package shell

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

func cmdTruncate(p *proc) int {
	o, bad, ok := p.opt("cs:r:o size=s no-create=c reference=r", 1)
	if !ok {
		return bad
	}
	if !o.has("sr") {
		return p.missing("you must specify either ‘--size’ or ‘--reference’")
	}
	status := 0
	for _, name := range o.rest {
		full := p.abs(name)
		if _, err := p.lookup(full, true); err != nil && !o.has("c") {
			_ = p.write(full, "", true) // truncate says why not
		}
		if err := p.FS.truncate(&p.user, full, ddSize(strings.TrimLeft(o.get('s'), "+-<>"))); err != nil {
			status = p.errorf(1, "cannot open '%s' for writing: %v", name, err)
		}
	}
	return status
}

// ddSize is a size as dd and truncate take it, such as 4k.
func ddSize(s string) int64 {
	i := strings.IndexFunc(s, func(r rune) bool { return r < '0' || r > '9' })
	if i < 0 {
		i = len(s)
	}
	n, err := strconv.ParseInt(s[:i], 10, 40)
	if err != nil {
		return 0
	}
	switch strings.ToUpper(s[i:]) {
	case "K", "KB", "KIB":
		n <<= 10
	case "M", "MB", "MIB":
		n <<= 20
	case "G", "GB", "GIB":
		n <<= 30
	case "B":
		n *= 512
	case "W":
		n *= 2
	}
	return min(n, 1<<40)
}

func cmdDd(p *proc) int {
	set := map[string]string{"bs": "512", "if": "-"}
	for _, a := range p.args[1:] {
		name, value, ok := strings.Cut(a, "=")
		if !ok {
			if p.small() {
				return p.help(1)
			}
			p.errorf(1, "unrecognized operand ‘%s’", a)
			return p.try(1)
		}
		set[name] = value
	}
	begin := time.Now()
	bs := max(1, ddSize(set["bs"]))
	data, err := "", error(nil)
	if set["if"] == "-" {
		data = input(p.In)
	} else if data, err = p.FS.read(&p.user, p.abs(set["if"])); err != nil {
		return p.errorf(1, p.either("failed to open '%s': %v", "can't open '%s': %v"), set["if"], err)
	}
	if skip, ok := set["skip"]; ok {
		data = data[min(int64(len(data)), ddSize(skip)*bs):]
	}
	limit := int64(maxFSBytes)
	if count, ok := set["count"]; ok {
		limit = ddSize(count) * bs
	}
	if endless := strings.HasPrefix(set["if"], "/dev/"); endless && data != "" && int64(len(data)) < limit {
		data = strings.Repeat(data, int(min(limit, maxFSBytes)/int64(len(data)))+1)
	}
	full := int64(len(data))
	data = data[:min(full, limit)]
	if out, ok := set["of"]; ok {
		old := ""
		if at := ddSize(set["seek"]) * bs; at > 0 || strings.Contains(set["conv"], "notrunc") {
			old, _ = p.FS.read(root, p.abs(out))
			if at = min(at, maxFSBytes); int64(len(old)) < at {
				old += strings.Repeat("\x00", int(at)-len(old))
			}
			rest := ""
			if strings.Contains(set["conv"], "notrunc") && len(old) > int(at)+len(data) {
				rest = old[int(at)+len(data):]
			}
			data = old[:at] + data + rest
			old = old[:at] + rest
		}
		if err := p.write(p.abs(out), data, false); err != nil {
			if err == errNoSpace { //nolint:errorlint // our own value
				return p.errorf(1, "error writing '%s': %v", out, err)
			}
			return p.errorf(1, p.either("failed to open '%s': %v", "can't open '%s': %v"), out, err)
		}
		data = data[:len(data)-len(old)]
	} else {
		p.print(data)
	}
	if set["status"] == "none" {
		return 0
	}
	n := int64(len(data))
	part := 0
	if n%bs != 0 {
		part = 1
	}
	took := time.Since(begin).Seconds() + 0.0001
	p.say("%d+%d records in\n%[1]d+%[2]d records out\n", n/bs, part)
	if set["status"] == "noxfer" {
		return 0
	}
	plural := "s"
	if n == 1 {
		plural = ""
	}
	human := ""
	if n >= 1000 && !p.small() {
		human = fmt.Sprintf(" (%s, %s)", decimal(n), strings.TrimSuffix(size(n, true), ".0")+"iB")
	}
	if p.small() {
		p.say("%d bytes (%sB) copied, %.6f seconds, %sB/s\n", n, size(n, true), took, size(int64(float64(n)/took), true))
	} else {
		p.say("%d byte%s%s copied, %.6g s, %s/s\n", n, plural, human, took, decimal(int64(float64(n)/took)))
	}
	return 0
}

// decimal is a size in powers of 1000, as dd says it.
func decimal(n int64) string {
	f, unit := float64(n), "B"
	for _, u := range []string{"kB", "MB", "GB"} {
		if f < 1000 {
			break
		}
		f, unit = f/1000, u
	}
	if f < 10 && unit != "B" {
		return fmt.Sprintf("%.1f %s", f, unit)
	}
	return fmt.Sprintf("%.0f %s", f, unit)
}

func cmdShred(p *proc) int {
	o, bad, ok := p.opt("fn:uvzs:x remove=u force=f verbose=v zero=z iterations=n size=s", 1)
	if !ok {
		return bad
	}
	status := 0
	for _, name := range o.rest {
		full := p.abs(name)
		n, err := p.lookup(full, true)
		if err == nil {
			p.settle(full)
			err = p.FS.write(&p.user, full, randomBytes(nil)[:min(n.size, 1<<16)], false)
		}
		if err == nil && o.has("u") {
			err = p.remove(full, false)
		}
		if err != nil {
			status = p.errorf(1, "%s: failed to open for writing: %v", name, err)
		}
	}
	return status
}

// cmdMknod is mkfifo and mknod.
func cmdMknod(p *proc) int {
	o, bad, ok := p.opt("m:Z mode=m", 1)
	if !ok {
		return bad
	}
	if len(o.rest) == 0 {
		return p.missing("missing operand")
	}
	names := o.rest
	n := node{kind: fifo, perm: 0o644}
	if p.args[0] == "mknod" {
		names = o.rest[:1]
		if len(o.rest) > 1 && (o.rest[1] == "c" || o.rest[1] == "b") {
			n.kind = kind(o.rest[1][0])
		}
		if n.kind != fifo && p.user.uid != 0 {
			return p.errorf(1, "%s: %v", names[0], errNotAllowed)
		}
	}
	status := 0
	for _, name := range names {
		c := n
		if err := p.FS.make(&p.user, p.abs(name), &c); err != nil {
			status = p.errorf(1, p.either("cannot create fifo '%s': %v", "%s: %v"), name, err)
		}
	}
	return status
}
