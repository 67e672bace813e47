package shell

import (
	"crypto/md5"  //nolint:gosec // what md5sum is
	"crypto/sha1" //nolint:gosec // what sha1sum is
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base32"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"hash"
	"strconv"
	"strings"

	"golang.org/x/crypto/blake2b"
)

// digests are the hashes of the programs that are called after them.
var digests = map[string]func() hash.Hash{
	"md5sum": md5.New, "sha1sum": sha1.New, "sha224sum": sha256.New224, "sha256sum": sha256.New, "sha384sum": sha512.New384, "sha512sum": sha512.New,
	"b2sum": func() hash.Hash {
		h, _ := blake2b.New512(nil) // without a key, it does not fail
		return h
	},
}

func cmdDigest(p *proc) int {
	o, bad, ok := p.opt("bctwz check=c binary=b text=t quiet=q status=s tag=g", 1)
	if !ok {
		return bad
	}
	digest := func(data string) string {
		h := digests[p.args[0]]()
		h.Write([]byte(data))
		return hex.EncodeToString(h.Sum(nil))
	}
	failed := 0
	status := p.files(o.rest, "%s: %v", func(name, data string) {
		if !o.has("c") {
			p.printf("%s  %s\n", digest(data), name)
			return
		}
		for _, line := range lines(data) {
			want, file, _ := strings.Cut(line, "  ")
			content, err := p.FS.read(&p.user, p.abs(file))
			switch {
			case err != nil:
				p.errorf(1, "%s: %v", file, err)
				p.printf("%s: FAILED open or read\n", file)
				failed++
			case digest(content) == want:
				p.printf("%s: OK\n", file)
			default:
				p.printf("%s: FAILED\n", file)
				failed++
			}
		}
	})
	if failed > 0 {
		return p.errorf(1, "WARNING: %d computed checksum did NOT match", failed)
	}
	return status
}

// cmdBase64 is base64 and base32.
func cmdBase64(p *proc) int {
	o, bad, ok := p.opt("diDw: decode=d wrap=w ignore-garbage=i", 1)
	if !ok {
		return bad
	}
	encode, decode := base64.StdEncoding.EncodeToString, base64.StdEncoding.DecodeString
	if p.args[0] == "base32" {
		encode, decode = base32.StdEncoding.EncodeToString, base32.StdEncoding.DecodeString
	}
	broken := false
	status := p.files(o.rest, "%s: %v", func(_, data string) {
		if o.has("dD") {
			raw, err := decode(strings.Join(strings.Fields(data), ""))
			broken = err != nil
			p.print(string(raw))
			return
		}
		text, width := encode([]byte(data)), 76
		if o.has("w") {
			width = number(o.get('w'))
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
	if broken {
		if p.small() {
			return p.errorf(1, "truncated input")
		}
		return p.errorf(1, "invalid input")
	}
	return status
}

// cmdOd is od: octal words by default, or what -t and its short forms ask for.
func cmdOd(p *proc) int {
	o, bad, ok := p.opt("A:t:N:j:vw:bcdoxs address-radix=A format=t read-bytes=N skip-bytes=j", 1)
	if !ok {
		return bad
	}
	kind := o.get('t')
	for short, long := range map[byte]string{'b': "o1", 'c': "c", 'x': "x2", 'd': "u2"} {
		if o.has(string(short)) {
			kind = long
		}
	}
	if kind == "" {
		kind = "o2"
	}
	var all strings.Builder
	status := p.files(o.rest, "%s: %v", func(_, data string) { all.WriteString(data) })
	data := all.String()
	if o.has("j") {
		data = data[min(len(data), max(0, number(o.get('j')))):]
	}
	if o.has("N") {
		data = data[:min(len(data), max(0, number(o.get('N'))))]
	}
	size := max(1, number(strings.TrimLeft(kind, "acdfouxz")))
	switch {
	case strings.HasPrefix(kind, "x") && len(kind) == 1:
		size = 4
	case strings.HasPrefix(kind, "c"):
		size = 1
	}
	size = min(size, 8)
	address := func(n int) {
		switch o.get('A') {
		case "n":
		case "x":
			p.printf("%06x", n)
		case "d":
			p.printf("%07d", n)
		default:
			p.printf("%07o", n)
		}
	}
	for at := 0; at < len(data); at += 16 {
		row := data[at:min(len(data), at+16)]
		address(at)
		for i := 0; i < len(row); i += size {
			v := uint64(0)
			for j := min(size, len(row)-i) - 1; j >= 0; j-- {
				v = v<<8 | uint64(row[i+j])
			}
			switch kind[0] {
			case 'x':
				p.printf(" %0*x", size*2, v)
			case 'c':
				p.printf(" %3s", charName(byte(v)))
			case 'd', 'u':
				p.printf(" %*d", []int{0, 3, 5, 0, 10, 0, 0, 0, 20}[size], v)
			default:
				p.printf(" %0*o", []int{0, 3, 6, 0, 11, 0, 0, 0, 22}[size], v)
			}
		}
		p.print("\n")
	}
	address(len(data))
	if o.get('A') != "n" {
		p.print("\n")
	}
	return status
}

func charName(c byte) string {
	if s, ok := map[byte]string{0: `\0`, 7: `\a`, 8: `\b`, 9: `\t`, 10: `\n`, 11: `\v`, 12: `\f`, 13: `\r`}[c]; ok {
		return s
	}
	if c < 32 || c > 126 {
		return fmt.Sprintf("%03o", c)
	}
	return string(rune(c))
}

// cmdHexdump is hexdump, hd and xxd.
func cmdHexdump(p *proc) int {
	o, bad, ok := p.opt("Cn:s:vbcdoxe:f:l:g:c:pru canonical=C length=n skip=s", 1)
	if !ok {
		return bad
	}
	var all strings.Builder
	status := p.files(o.rest, "%s: %v", func(_, data string) { all.WriteString(data) })
	data := all.String()
	if o.has("s") {
		data = data[min(len(data), max(0, number(o.get('s')))):]
	}
	if v := o.get('n') + o.get('l'); v != "" {
		data = data[:min(len(data), max(0, number(v)))]
	}
	if p.args[0] == "xxd" {
		p.xxd(o, data)
		return status
	}
	at, last, starred := 0, "", false
	for ; at < len(data); at += 16 {
		row := data[at:min(len(data), at+16)]
		if row == last && !o.has("v") {
			if !starred {
				p.print("*\n")
			}
			starred = true
			continue
		}
		last, starred = row, false
		if o.has("C") || p.args[0] == "hd" {
			var left strings.Builder
			for i := range 16 {
				if i == 8 {
					left.WriteByte(' ')
				}
				if i < len(row) {
					fmt.Fprintf(&left, " %02x", row[i])
				} else {
					left.WriteString("   ")
				}
			}
			p.printf("%08x %s  |%s|\n", at, left.String(), dotted(row))
			continue
		}
		p.printf("%07x", at)
		for i := 0; i < len(row); i += 2 {
			v := int(row[i])
			if i+1 < len(row) {
				v |= int(row[i+1]) << 8
			}
			p.printf(" %04x", v)
		}
		p.print("\n")
	}
	if o.has("C") || p.args[0] == "hd" {
		p.printf("%08x\n", len(data))
	} else {
		p.printf("%07x\n", len(data))
	}
	return status
}

func dotted(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 32 || r > 126 {
			return '.'
		}
		return r
	}, latin(s))
}

// latin makes every byte a rune.
func latin(s string) string {
	r := make([]rune, len(s))
	for i := range len(s) {
		r[i] = rune(s[i])
	}
	return string(r)
}

func (p *proc) xxd(o *opts, data string) {
	switch {
	case o.has("r"):
		var digits strings.Builder
		for _, line := range lines(data) {
			if !o.has("p") {
				if _, rest, ok := strings.Cut(line, ": "); ok {
					line, _, _ = strings.Cut(rest, "  ")
				}
			}
			digits.WriteString(strings.Join(strings.Fields(line), ""))
		}
		raw, _ := hex.DecodeString(digits.String()) // as far as it goes
		p.print(string(raw))
	case o.has("p"):
		text := hex.EncodeToString([]byte(data))
		for len(text) > 60 {
			p.print(text[:60] + "\n")
			text = text[60:]
		}
		p.print(text + "\n")
	default:
		for at := 0; at < len(data); at += 16 {
			row := data[at:min(len(data), at+16)]
			var left strings.Builder
			for i := range row {
				if i > 0 && i%2 == 0 {
					left.WriteByte(' ')
				}
				left.WriteString(hex.EncodeToString([]byte{row[i]}))
			}
			p.printf("%08x: %-39s  %s\n", at, left.String(), dotted(row))
		}
	}
}

// cmdCksum is cksum (POSIX's CRC) and sum (that of BSD).
func cmdCksum(p *proc) int {
	o, bad, ok := p.opt("rsa: sysv=s algorithm=a", 1)
	if !ok {
		return bad
	}
	return p.files(o.rest, "%s: %v", func(name, data string) {
		if name == "-" {
			name = ""
		} else {
			name = " " + name
		}
		if p.args[0] == "sum" {
			v := uint32(0)
			for _, c := range []byte(data) {
				v = (v>>1 + (v&1)<<15 + uint32(c)) & 0xffff
			}
			p.printf("%05d %5d%s\n", v, (len(data)+1023)/1024, name)
			return
		}
		crc := uint32(0)
		step := func(c byte) {
			crc ^= uint32(c) << 24
			for range 8 {
				if crc&0x80000000 != 0 {
					crc = crc<<1 ^ 0x04c11db7
				} else {
					crc <<= 1
				}
			}
		}
		for _, c := range []byte(data) {
			step(c)
		}
		for n := len(data); n > 0; n >>= 8 {
			step(byte(n))
		}
		p.printf("%d %d%s\n", ^crc, len(data), name)
	})
}

// cmdSplit is split, and csplit at line numbers.
func cmdSplit(p *proc) int {
	o, bad, ok := p.opt("b:l:n:a:dfk:s bytes=b lines=l number=n suffix-length=a numeric-suffixes=d", 1)
	if !ok {
		return bad
	}
	names := []string{}
	prefix := "x"
	if len(o.rest) > 0 {
		names = o.rest[:1]
	}
	if len(o.rest) > 1 {
		prefix = o.rest[1]
	}
	return p.files(names, "cannot open '%s' for reading: %v", func(_, data string) {
		var parts []string
		switch {
		case o.has("b"):
			n := max(1, int(ddSize(o.get('b'))))
			for len(data) > 0 {
				k := min(n, len(data))
				parts = append(parts, data[:k])
				data = data[k:]
			}
		default:
			n := 1000
			if o.has("l") {
				n = max(1, number(o.get('l')))
			}
			list := strings.SplitAfter(data, "\n")
			for len(list) > 0 && list[0] != "" {
				k := min(n, len(list))
				parts = append(parts, strings.Join(list[:k], ""))
				list = list[k:]
			}
		}
		for i, part := range parts[:min(len(parts), 676)] {
			name := prefix + string(rune('a'+i/26)) + string(rune('a'+i%26))
			if o.has("d") {
				name = fmt.Sprintf("%s%02d", prefix, i)
			}
			if err := p.write(p.abs(name), part, false); err != nil {
				p.errorf(1, "%s: %v", name, err)
				return
			}
		}
	})
}

func cmdSeq(p *proc) int {
	o, bad, ok := p.optNumbers("ws:f: equal-width=w separator=s format=f")
	if !ok {
		return bad
	}
	n := make([]float64, 0, 3)
	precision := 0
	for _, a := range o.rest {
		v, err := strconv.ParseFloat(a, 64)
		if err != nil {
			p.errorf(1, p.either("invalid floating point argument: ‘%s’", "invalid number '%s'"), a)
			if p.small() {
				return 1
			}
			return p.try(1)
		}
		if _, frac, ok := strings.Cut(a, "."); ok {
			precision = max(precision, len(frac))
		}
		n = append(n, v)
	}
	first, step, last := 1.0, 1.0, 0.0
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
		p.errorf(1, "invalid Zero increment value: ‘0’")
		return p.try(1)
	}
	separator := "\n"
	if o.has("s") {
		separator = unescape(o.get('s'))
	}
	width := 0
	if o.has("w") {
		width = max(len(strconv.FormatFloat(last, 'f', precision, 64)), len(strconv.FormatFloat(first, 'f', precision, 64)))
	}
	var b strings.Builder
	for i := 0; i < 200000 && b.Len() < maxOutput; i++ {
		v := first + float64(i)*step
		if step > 0 && v > last || step < 0 && v < last {
			break
		}
		if i > 0 {
			b.WriteString(separator)
		}
		text := strconv.FormatFloat(v, 'f', min(precision, 20), 64)
		if f := o.get('f'); f != "" && conversion.MatchString(strings.ReplaceAll(f, "g", "s")) {
			text = conversion.ReplaceAllStringFunc(strings.ReplaceAll(f, "g", "s"), func(c string) string { return convert(c, text) })
		}
		b.WriteString(strings.Repeat("0", max(0, width-len(text))) + text)
	}
	if b.Len() > 0 {
		b.WriteByte('\n')
	}
	p.print(b.String())
	return 0
}

// optNumbers is opt where operands may be negative numbers.
func (p *proc) optNumbers(spec string) (*opts, int, bool) {
	for i := 1; i < len(p.args); i++ {
		if a := p.args[i]; len(a) > 1 && a[0] == '-' && (a[1] >= '0' && a[1] <= '9' || a[1] == '.') {
			args := append(append([]string{}, p.args[:i]...), "--")
			p.args = append(args, p.args[i:]...)
			break
		}
	}
	return p.opt(spec, 1)
}

func cmdFactor(p *proc) int {
	args := p.args[1:]
	if len(args) == 0 {
		args = strings.Fields(input(p.In))
	}
	status := 0
	for _, a := range args[:min(len(args), maxArguments)] {
		n, err := strconv.ParseUint(a, 10, 40)
		if err != nil {
			status = p.errorf(1, "‘%s’ is not a valid positive integer", a)
			continue
		}
		p.print(a + ":")
		for f := uint64(2); f*f <= n; f++ {
			for n%f == 0 {
				p.printf(" %d", f)
				n /= f
			}
		}
		if n > 1 {
			p.printf(" %d", n)
		}
		p.print("\n")
	}
	return status
}
