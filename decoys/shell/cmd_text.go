package shell

import (
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
)

// lines cuts text into lines without their ends.
func lines(text string) []string {
	if text == "" {
		return nil
	}
	return strings.Split(strings.TrimSuffix(text, "\n"), "\n")
}

func cmdCat(p *proc) int {
	o, bad, ok := p.opt("AbeEnstTuv show-all=A number=n number-nonblank=b squeeze-blank=s show-ends=E show-tabs=T show-nonprinting=v", 1)
	if !ok {
		return bad
	}
	if len(o.set) == 0 && (len(o.rest) == 0 || len(o.rest) == 1 && o.rest[0] == "-") {
		return p.pass()
	}
	line := 0
	return p.files(o.rest, "%s: %v", func(_, data string) {
		if len(o.set) == 0 || o.has("u") && len(o.set) == 1 {
			p.print(data)
			return
		}
		blank := false
		for text := range strings.Lines(data) {
			text, ended := strings.CutSuffix(text, "\n")
			if text == "" && blank && o.has("s") {
				continue
			}
			blank = text == ""
			if o.has("Ateve") && o.has("AevtTE") {
				text = visible(text, o.has("ATt"), o.has("Aevt"))
			}
			if o.has("n") && !o.has("b") || o.has("b") && text != "" {
				line++
				text = fmt.Sprintf("%6d\t%s", line, text)
			}
			if ended && o.has("AeE") {
				text += "$"
			}
			if ended {
				text += "\n"
			}
			p.print(text)
		}
	})
}

// pass hands the input on as it comes.
func (p *proc) pass() int {
	if p.In == nil {
		return 0
	}
	if _, err := io.Copy(p.Out, io.LimitReader(p.In, maxOutput)); err != nil && p.ctx.Err() != nil {
		return 130
	}
	return 0
}

// visible shows control characters as ^X and high ones as M-x.
func visible(s string, tabs, controls bool) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		switch {
		case c == '\t' && !tabs, !controls && c != '\t':
			b.WriteByte(c)
			continue
		case c >= 128 && controls:
			b.WriteString("M-")
			c -= 128
		}
		switch {
		case c < 32:
			b.WriteString("^" + string(rune(c+64)))
		case c == 127:
			b.WriteString("^?")
		default:
			b.WriteByte(c)
		}
	}
	return b.String()
}

func cmdTac(p *proc) int {
	o, bad, ok := p.opt("brs:", 1)
	if !ok {
		return bad
	}
	return p.files(o.rest, "failed to open '%s' for reading: %v", func(_, data string) {
		list := strings.SplitAfter(data, "\n")
		slices.Reverse(list)
		p.print(strings.Join(list, ""))
	})
}

func cmdNl(p *proc) int {
	o, bad, ok := p.opt("b:n:s:w:v:i:", 1)
	if !ok {
		return bad
	}
	n := 0
	return p.files(o.rest, "%s: %v", func(_, data string) {
		for _, line := range lines(data) {
			if line == "" && o.get('b') != "a" {
				p.print("       \n")
				continue
			}
			n++
			p.printf("%6d\t%s\n", n, line)
		}
	})
}

// cmdHead is head and tail.
func cmdHead(p *proc) int {
	if len(p.args) > 1 && len(p.args[1]) > 1 && (p.args[1][0] == '-' || p.args[1][0] == '+' && p.args[0] == "tail") && p.args[1][1] >= '0' && p.args[1][1] <= '9' {
		p.args = append([]string{p.args[0], "-n", strings.TrimPrefix(p.args[1], "-")}, p.args[2:]...)
	}
	o, bad, ok := p.opt("qvfFn:c:s: lines=n bytes=c quiet=q silent=q verbose=v follow=f retry=F pid=s", 1)
	if !ok {
		return bad
	}
	count, unit, value := 10, byte('n'), "10"
	for _, u := range []byte("nc") {
		if o.has(string(u)) {
			n, err := strconv.Atoi(strings.TrimRight(strings.TrimLeft(o.get(u), "+-"), "kKMb"))
			if err != nil {
				return p.errorf(1, "invalid number of %s: ‘%s’", map[byte]string{'n': "lines", 'c': "bytes"}[u], o.get(u))
			}
			switch v := o.get(u); {
			case strings.HasSuffix(v, "k"), strings.HasSuffix(v, "K"):
				n <<= 10
			case strings.HasSuffix(v, "M"):
				n <<= 20
			}
			count, unit, value = max(0, n), u, o.get(u)
		}
	}
	first := true
	status := p.files(o.rest, "cannot open '%s' for reading: %v", func(name, data string) {
		if len(o.rest) > 1 && !o.has("q") || o.has("v") {
			if !first {
				p.print("\n")
			}
			if name == "-" {
				name = "standard input"
			}
			p.printf("==> %s <==\n", name)
			first = false
		}
		parts := strings.SplitAfter(data, "\n")
		if parts[len(parts)-1] == "" {
			parts = parts[:len(parts)-1]
		}
		if unit == 'c' {
			from, to := cutPart(len(data), count, p.args[0], value)
			p.print(data[from:to])
			return
		}
		from, to := cutPart(len(parts), count, p.args[0], value)
		p.print(strings.Join(parts[from:to], ""))
	})
	if p.args[0] == "tail" && o.has("fF") && p.background == nil {
		p.sleep(maxSleep) // nothing more is written to it
		return 130
	}
	return status
}

// cutPart says which of n items head or tail shows.
func cutPart(n, count int, tool, value string) (from, to int) {
	k := min(count, n)
	switch {
	case tool == "head" && strings.HasPrefix(value, "-"):
		return 0, n - k
	case tool == "head":
		return 0, k
	case strings.HasPrefix(value, "+"):
		return min(max(0, count-1), n), n
	}
	return n - k, n
}
