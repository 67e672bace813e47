package transport

import "errors"

// An inflater is a decoder of DEFLATE (RFC 1951) in the zlib format (RFC 1950) that gives
// back all that the bytes so far mean. compress/flate does not when the peer ends a packet
// with a partial flush, as OpenSSH's does: it waits for the end of a block. Decoding goes
// step by step; one for which bits are missing is undone and done again with the next packet.
type inflater struct {
	in   []byte // not used up yet
	bit  int    // of in
	out  []byte // the last window of what came out, and what is new
	step func() error

	literals, distances huffman
	stored              int // bytes left of a stored block
}

const (
	inflateWindow = 32 << 10
	// maxInflated bounds what one packet may become, in bytes.
	maxInflated = maxPacket
)

var errNeedBits = errors.New("more bits are needed")

func newInflater() *inflater {
	f := &inflater{}
	f.step = f.header
	return f
}

// inflate returns what a packet's bytes mean, valid until the next call.
func (f *inflater) inflate(data []byte) ([]byte, error) {
	f.in = append(f.in, data...)
	if old := len(f.out) - inflateWindow; old > 0 {
		if cap(f.out) > 3*inflateWindow { // a large packet's room is not kept
			f.out = append(make([]byte, 0, 2*inflateWindow), f.out[old:]...)
		} else {
			f.out = append(f.out[:0], f.out[old:]...)
		}
	}
	start := len(f.out)
	for {
		at := f.bit
		err := f.step()
		if err == errNeedBits { //nolint:errorlint // it is never wrapped
			f.bit = at
			break
		}
		if err != nil || len(f.out)-start > maxInflated {
			return nil, errSilent
		}
	}
	f.in = append(f.in[:0], f.in[f.bit/8:]...)
	f.bit %= 8
	if len(f.in) > 4096 { // the longest that one step needs is a block's tables
		return nil, errSilent
	}
	return f.out[start:], nil
}

// bits reads n bits, at most 16, the lowest first.
func (f *inflater) bits(n int) (v int, err error) {
	if f.bit+n > 8*len(f.in) {
		return 0, errNeedBits
	}
	for i := range n {
		v |= int(f.in[f.bit/8]>>(f.bit%8)&1) << i
		f.bit++
	}
	return v, nil
}

// header is the two bytes before the first block.
func (f *inflater) header() error {
	v, err := f.bits(16)
	if err != nil {
		return err
	}
	cmf, flags := v&0xff, v>>8
	if cmf&0x0f != 8 || (cmf<<8|flags)%31 != 0 || flags&0x20 != 0 {
		return errSilent
	}
	f.step = f.block
	return nil
}

// block is the beginning of a block (RFC 1951 section 3.2.3).
func (f *inflater) block() error {
	v, err := f.bits(3)
	if err != nil {
		return err
	}
	switch v >> 1 {
	case 0:
		return f.storedBlock()
	case 1:
		f.literals, f.distances = fixedLiterals, fixedDistances
	case 2:
		if err := f.tables(); err != nil {
			return err
		}
	default:
		return errSilent
	}
	f.step = f.symbol
	return nil
}

func (f *inflater) storedBlock() error {
	f.bit = (f.bit + 7) &^ 7
	n, err := f.bits(16)
	if err != nil {
		return err
	}
	inverse, err := f.bits(16)
	if err != nil {
		return err
	}
	if n != ^inverse&0xffff {
		return errSilent
	}
	f.stored, f.step = n, f.storedByte
	return nil
}

func (f *inflater) storedByte() error {
	if f.stored == 0 {
		f.step = f.block
		return nil
	}
	v, err := f.bits(8)
	if err != nil {
		return err
	}
	f.stored--
	f.out = append(f.out, byte(v)) //nolint:gosec // 8 bits
	return nil
}

// Lengths and distances: the first value of each code, and how many bits are added
// (RFC 1951 section 3.2.5).
var (
	lengthBase = [...]int{3, 4, 5, 6, 7, 8, 9, 10, 11, 13, 15, 17, 19, 23, 27, 31, 35, 43, 51, 59, 67, 83, 99, 115, 131, 163, 195, 227, 258}
	lengthBits = [...]int{0, 0, 0, 0, 0, 0, 0, 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 3, 3, 4, 4, 4, 4, 5, 5, 5, 5, 0}
	distBase   = [...]int{
		1, 2, 3, 4, 5, 7, 9, 13, 17, 25, 33, 49, 65, 97, 129, 193, 257, 385, 513, 769, 1025, 1537, 2049, 3073, 4097, 6145, 8193, 12289, 16385, 24577,
	}
	distBits = [...]int{0, 0, 0, 0, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 7, 7, 8, 8, 9, 9, 10, 10, 11, 11, 12, 12, 13, 13}
)

// symbol is a literal byte, a copy of what came before, or the end of the block.
func (f *inflater) symbol() error {
	s, err := f.decode(&f.literals)
	if err != nil {
		return err
	}
	switch {
	case s < 256:
		f.out = append(f.out, byte(s)) //nolint:gosec // below 256
		return nil
	case s == 256:
		f.step = f.block
		return nil
	}
	length, err := f.extended(s-257, lengthBase[:], lengthBits[:])
	if err != nil {
		return err
	}
	if s, err = f.decode(&f.distances); err != nil {
		return err
	}
	distance, err := f.extended(s, distBase[:], distBits[:])
	if err != nil {
		return err
	}
	if distance > len(f.out) {
		return errSilent
	}
	for range length {
		f.out = append(f.out, f.out[len(f.out)-distance])
	}
	return nil
}

func (f *inflater) extended(code int, base, extra []int) (int, error) {
	if code >= len(base) {
		return 0, errSilent
	}
	v, err := f.bits(extra[code])
	return base[code] + v, err
}

// codeOrder is the order in which the lengths of the code lengths' codes come.
var codeOrder = [...]int{16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15}

// tables reads the codes of a block (RFC 1951 section 3.2.7).
func (f *inflater) tables() error {
	counts, err := f.bits(14)
	if err != nil {
		return err
	}
	literals, distances, codes := counts&31+257, counts>>5&31+1, counts>>10+4
	var lengths [320]byte
	for _, i := range codeOrder[:codes] {
		v, err := f.bits(3)
		if err != nil {
			return err
		}
		lengths[i] = byte(v) //nolint:gosec // 3 bits
	}
	code := newHuffman(lengths[:len(codeOrder)])
	clear(lengths[:])
	for i := 0; i < literals+distances; {
		s, err := f.decode(&code)
		if err != nil {
			return err
		}
		if s < 16 {
			lengths[i] = byte(s) //nolint:gosec // below 16
			i++
			continue
		}
		repeat := [...]struct{ bits, add int }{{2, 3}, {3, 3}, {7, 11}}[s-16]
		n, err := f.bits(repeat.bits)
		if err != nil {
			return err
		}
		n += repeat.add
		if i+n > literals+distances || s == 16 && i == 0 {
			return errSilent
		}
		for range n {
			if s == 16 {
				lengths[i] = lengths[i-1]
			}
			i++
		}
	}
	f.literals = newHuffman(lengths[:literals])
	f.distances = newHuffman(lengths[literals : literals+distances])
	return nil
}

// A huffman is a canonical code: how many symbols there are of each length, and the
// symbols in the order of their codes.
type huffman struct {
	count   [16]int
	symbols []uint16
}

func newHuffman(lengths []byte) huffman {
	var h huffman
	for _, n := range lengths {
		if n > 0 {
			h.count[n]++
		}
	}
	var at [17]int
	for n := 1; n < 16; n++ {
		at[n+1] = at[n] + h.count[n]
	}
	h.symbols = make([]uint16, at[16])
	for s, n := range lengths {
		if n > 0 {
			h.symbols[at[n]] = uint16(s)
			at[n]++
		}
	}
	return h
}

// decode reads one symbol, bit by bit.
func (f *inflater) decode(h *huffman) (int, error) {
	code, first, index := 0, 0, 0
	for n := 1; n < 16; n++ {
		b, err := f.bits(1)
		if err != nil {
			return 0, err
		}
		code |= b
		if c := h.count[n]; code-first < c {
			if i := index + code - first; i >= 0 && i < len(h.symbols) {
				return int(h.symbols[i]), nil
			}
			return 0, errSilent
		}
		index += h.count[n]
		first = (first + h.count[n]) << 1
		code <<= 1
	}
	return 0, errSilent
}

var fixedLiterals, fixedDistances = fixedCodes()

func fixedCodes() (literals, distances huffman) {
	var l [288]byte
	for i := range l {
		switch {
		case i < 144 || i >= 280:
			l[i] = 8
		case i < 256:
			l[i] = 9
		default:
			l[i] = 7
		}
	}
	var d [30]byte
	for i := range d {
		d[i] = 5
	}
	return newHuffman(l[:]), newHuffman(d[:])
}
