package shell

import (
	"encoding/hex"
	"fmt"
	"strings"
)

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
