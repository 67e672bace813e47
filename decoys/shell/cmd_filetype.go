package shell

import (
	"fmt"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
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
