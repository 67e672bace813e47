package flow

import "slices"

// maxAhead is how far beyond what is expected a segment may begin, in bytes: no
// window is larger in what is looked at here.
const maxAhead = 1 << 20

// maxWaiting is how many segments of one direction wait for others.
const maxWaiting = 64

// assembler puts the beginning of one direction in order.
type assembler struct {
	next      uint32 // sequence number that is expected
	delivered int    // bytes
	done      bool   // nothing more is delivered
	waiting   []segment
}

type segment struct {
	seq  uint32
	data []byte
}

// budget bounds what waits, in bytes.
type budget struct {
	stream  int // delivered per direction
	waiting int // per direction
	left    int // in all
}

// add takes a segment and delivers what can be; again says that all of it had
// been seen before.
func (a *assembler) add(b *budget, seq uint32, data []byte, deliver func([]byte) (more bool)) (again bool) {
	offset := int32(seq - a.next) //nolint:gosec // sequence numbers are compared modulo 2^32 (RFC 9293, 3.4)
	switch {
	case offset < 0 && int(-offset) >= len(data):
		// One byte before what is expected is a keep-alive.
		return offset != -1 || len(data) > 1
	case offset > 0:
		if offset <= maxAhead && !a.done {
			a.wait(b, seq, data)
		}
		return false
	case offset < 0:
		data = data[-offset:]
	}
	a.take(b, data, deliver)
	for !a.done && len(a.waiting) > 0 {
		s := a.waiting[0]
		offset := int32(a.next - s.seq) //nolint:gosec // likewise
		if offset < 0 {
			break
		}
		b.left += len(s.data)
		a.waiting = slices.Delete(a.waiting, 0, 1)
		if int(offset) < len(s.data) {
			a.take(b, s.data[offset:], deliver)
		}
	}
	return false
}

// take delivers data, which is what is expected.
func (a *assembler) take(b *budget, data []byte, deliver func([]byte) bool) {
	a.next += uint32(len(data)) //nolint:gosec // a packet's, modulo 2^32
	if a.done {
		return
	}
	rest := data[:min(len(data), b.stream-a.delivered)]
	a.delivered += len(rest)
	if len(rest) > 0 && !deliver(rest) || a.delivered >= b.stream {
		a.stop(b)
	}
}

// wait keeps a segment that has come too early, if there is room.
func (a *assembler) wait(b *budget, seq uint32, data []byte) {
	size := 0
	for i := range a.waiting {
		size += len(a.waiting[i].data)
		if a.waiting[i].seq == seq && len(a.waiting[i].data) >= len(data) {
			return // once more
		}
	}
	if len(a.waiting) >= maxWaiting || size+len(data) > b.waiting || len(data) > b.left {
		return
	}
	b.left -= len(data)
	at, _ := slices.BinarySearchFunc(a.waiting, seq, func(s segment, seq uint32) int {
		return int(int32(s.seq - seq)) //nolint:gosec // modulo 2^32
	})
	a.waiting = slices.Insert(a.waiting, at, segment{seq, slices.Clone(data)})
}

// stop gives up what waits: nothing more is delivered.
func (a *assembler) stop(b *budget) {
	for i := range a.waiting {
		b.left += len(a.waiting[i].data)
	}
	a.waiting, a.done = nil, true
}
