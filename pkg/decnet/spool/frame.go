package spool

import (
	"bytes"
	"hash/crc32"
)

// In a segment each line is in a frame: the CRC-32C (RFC 3720, 12.1) of the line as
// eight lower-case hex digits, a space, the line, a newline. So a line that was torn
// when the disk was full, or that the disk has changed since, is told from one that an
// event is in.

// frameHead is how many bytes are before the line.
const frameHead = 9

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

const hexDigits = "0123456789abcdef"

// AppendFrame adds line, which has no newline, to dst as it is in a segment.
func AppendFrame(dst, line []byte) []byte {
	sum := crc32.Checksum(line, castagnoli)
	for shift := 28; shift >= 0; shift -= 4 {
		dst = append(dst, hexDigits[sum>>shift&0xf])
	}
	dst = append(dst, ' ')
	dst = append(dst, line...)
	return append(dst, '\n')
}

// openFrame returns the line of a frame without its newline.
func openFrame(frame []byte) (line []byte, ok bool) {
	if len(frame) < frameHead || frame[frameHead-1] != ' ' {
		return nil, false
	}
	var sum uint32
	for _, c := range frame[:frameHead-1] {
		digit := bytes.IndexByte([]byte(hexDigits), c)
		if digit < 0 {
			return nil, false
		}
		sum = sum<<4 | uint32(digit) //nolint:gosec // below 16
	}
	line = frame[frameHead:]
	return line, crc32.Checksum(line, castagnoli) == sum
}

// Piece is a part of a segment: a line, or bytes that are none.
type Piece struct {
	// Offset is where it begins in what was read.
	Offset int
	// Text is the line, or all bytes of what is damaged.
	Text    []byte
	Damaged bool
}

const (
	// maxNeighbour is how far from its end a frame is looked for in damaged bytes: no
	// line is longer.
	maxNeighbour = 128 << 10
	// maxTries bounds how many places are tried, since what is damaged may be full of
	// bytes that look like a frame's beginning.
	maxTries = 64
)

// Pieces returns what is in text, which reaches from one newline to the next and has
// neither. That is one line nearly always. Where it is not, the newline between two
// lines was damaged, or the first of two is a torn one; then the last line is found
// all the same.
func Pieces(text []byte) []Piece {
	if line, ok := openFrame(text); ok {
		return []Piece{{Text: line}}
	}
	if len(text) == 0 {
		return nil
	}
	from := max(1, len(text)-maxNeighbour)
	for try := 0; try < maxTries; try++ {
		// A line begins with its priority, as RFC 5424 has it.
		at := bytes.Index(text[from:], []byte(" <"))
		if at < 0 {
			break
		}
		start := from + at - (frameHead - 1)
		from += at + 1
		if start < 1 {
			continue
		}
		if line, ok := openFrame(text[start:]); ok {
			return append(damaged(text[:start]), Piece{Offset: start, Text: line})
		}
	}
	return []Piece{{Text: text, Damaged: true}}
}

// damaged is what is before a line that was found: another line, if it is only the
// newline between them that is wrong.
func damaged(text []byte) []Piece {
	if line, ok := openFrame(text[:len(text)-1]); ok {
		return []Piece{{Text: line}}
	}
	return []Piece{{Text: text, Damaged: true}}
}
