package httpfp

import "strings"

// maxFields bounds how many fields of a header block are looked at; pseudo-headers come first
// (RFC 9113 section 8.3) and are four at most.
const maxFields = 16

// pseudoOrder reads the names of pseudo-headers from a header block (RFC 7541 section 6): m is
// :method, a :authority, s :scheme, p :path. It ends with the first header that is none.
func pseudoOrder(block []byte) string {
	var order strings.Builder
	for range maxFields {
		if len(block) == 0 {
			break
		}
		b := block[0]
		var index int
		var ok, literal bool
		switch {
		case b&0x80 != 0: // indexed
			index, block, ok = integer(block, 7)
		case b&0xc0 == 0x40: // literal that is indexed from here on
			index, block, ok = integer(block, 6)
			literal = true
		case b&0xe0 == 0x20: // the size of the dynamic table changes
			if _, block, ok = integer(block, 5); !ok {
				return order.String()
			}
			continue
		default: // literal that is not indexed, or never
			index, block, ok = integer(block, 4)
			literal = true
		}
		letter := staticName(index)
		if ok && literal && index == 0 {
			var name string
			name, block, ok = text(block)
			letter = literalNames[name]
		}
		if ok && literal {
			_, block, ok = text(block)
		}
		if letter == 0 {
			break
		}
		order.WriteByte(letter)
		if !ok {
			break
		}
	}
	return order.String()
}

// staticName is the letter of a pseudo-header of the static table (RFC 7541 appendix A).
func staticName(index int) byte {
	switch index {
	case 1:
		return 'a'
	case 2, 3:
		return 'm'
	case 4, 5:
		return 'p'
	case 6, 7:
		return 's'
	}
	return 0
}

// literalNames are pseudo-headers as they are written out, plainly and in the Huffman code of
// RFC 7541 appendix B, with a byte before them that says which.
var literalNames = map[string]byte{
	"\x00:authority": 'a', "\x00:method": 'm', "\x00:path": 'p', "\x00:scheme": 's',
	"\x80\xb8\x3b\x53\x39\xec\x32\x7d\x7f": 'a',
	"\x80\xb9\x49\x53\x39\xe4":             'm',
	"\x80\xb9\x58\xd3\x3f":                 'p',
	"\x80\xb8\x82\x4e\x5a\x4b":             's',
}

// integer reads one whose first byte has the given number of bits for it (RFC 7541 section 5.1).
func integer(b []byte, bits int) (value int, rest []byte, ok bool) {
	most := 1<<bits - 1
	value, b = int(b[0])&most, b[1:]
	if value < most {
		return value, b, true
	}
	for shift := 0; shift <= 21; shift += 7 {
		if len(b) == 0 {
			break
		}
		c := b[0]
		b = b[1:]
		value += int(c&0x7f) << shift
		if c&0x80 == 0 {
			return value, b, true
		}
	}
	return 0, nil, false
}

// text reads a string (RFC 7541 section 5.2), with a byte before it that says how it is coded.
func text(b []byte) (value string, rest []byte, ok bool) {
	if len(b) == 0 {
		return "", nil, false
	}
	coded := b[0] & 0x80
	n, b, ok := integer(b, 7)
	if !ok || n > len(b) {
		return "", nil, false
	}
	return string(append([]byte{coded}, b[:n]...)), b[n:], true
}
