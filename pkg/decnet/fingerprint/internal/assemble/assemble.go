// Package assemble puts pieces of a message that come in any order together again:
// pieces with their offsets go in, the message's beginning comes out. DTLS cuts its
// handshake messages so, and QUIC its stream of them.
package assemble

import "slices"

// MaxSize bounds what is put together, in bytes.
const MaxSize = 64 << 10

// maxGaps bounds in how many places bytes may be missing at once. A client cuts its
// hello into some twenty pieces at most.
const maxGaps = 64

// Buffer has the pieces so far. The zero value is empty. It keeps MaxSize bytes at
// most.
type Buffer struct {
	bytes []byte
	have  []span // what of bytes has come: sorted, apart from one another
}

// span is the bytes from start up to end.
type span struct{ start, end int }

// Put adds a piece that begins at offset. It reports false, and adds nothing, if that
// would break a bound. Where pieces overlap the later one counts.
func (b *Buffer) Put(offset uint64, piece []byte) bool {
	if offset > MaxSize || len(piece) > MaxSize-int(offset) {
		return false
	}
	added := span{int(offset), int(offset) + len(piece)}
	// Spans from i up to j touch the new one and become one with it.
	i := 0
	for i < len(b.have) && b.have[i].end < added.start {
		i++
	}
	j := i
	for j < len(b.have) && b.have[j].start <= added.end {
		j++
	}
	if i == j && len(b.have) == maxGaps {
		return false
	}
	joined := added
	if i < j {
		joined = span{min(added.start, b.have[i].start), max(added.end, b.have[j-1].end)}
	}
	b.have = slices.Replace(b.have, i, j, joined)
	if missing := added.end - len(b.bytes); missing > 0 {
		b.bytes = append(b.bytes, make([]byte, missing)...)
	}
	copy(b.bytes[added.start:], piece)
	return true
}

// Start returns the bytes from offset 0 up to the first that is missing.
func (b *Buffer) Start() []byte {
	if len(b.have) == 0 || b.have[0].start > 0 {
		return nil
	}
	return b.bytes[:b.have[0].end:b.have[0].end]
}
