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
