package spool

import (
	"bytes"
	"encoding/binary"
	"encoding/hex"
	"hash/crc32"
)

// In a segment each line is in a frame: the CRC-32C (RFC 3720, 12.1) of the line as
// eight lower-case hex digits, a space, the line, a newline. So a line that was torn
// when the disk was full, or that the disk has changed since, is told from one that an
// event is in.

// frameHead is how many bytes are before the line.
const frameHead = 9

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// AppendFrame adds line, which has no newline, to dst as it is in a segment.
func AppendFrame(dst, line []byte) []byte {
	head := frameOf(line)
	dst = append(append(dst, head[:]...), line...)
	return append(dst, '\n')
}

// frameOf is what is before line.
func frameOf(line []byte) (head [frameHead]byte) {
	var sum [4]byte
	binary.BigEndian.PutUint32(sum[:], crc32.Checksum(line, castagnoli))
	hex.Encode(head[:], sum[:])
	head[frameHead-1] = ' '
	return head
}

// openFrame returns the line of a frame without its newline.
func openFrame(frame []byte) (line []byte, ok bool) {
	if len(frame) < frameHead || frame[frameHead-1] != ' ' {
		return nil, false
	}
	line = frame[frameHead:]
	head := frameOf(line)
	return line, bytes.Equal(frame[:frameHead], head[:])
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
