package shell

import (
	"fmt"
	"strconv"
	"strings"
)

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
