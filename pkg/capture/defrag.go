package capture

import (
	"bytes"
	"encoding/binary"
	"net/netip"
	"slices"
	"time"
)

// Bounds of a Defragmenter. What is cut into pieces to get past somebody is small.
const (
	maxPartial   = 256              // packets that are put together at a time
	maxWhole     = 8 << 10          // bytes of one
	maxPieces    = 64               // of one, those that are there
	fragmentLife = 30 * time.Second // as long as Linux waits (RFC 791 asks for 15 s at least)
)

// Defragmenter puts packets together that were sent in fragments. Where fragments
// overlap, the packet is given up, as Linux does (RFC 5722). The zero value is ready.
type Defragmenter struct {
	partial map[fragmentKey]*partial
	whole   Packet
}

type fragmentKey struct {
	src, dst netip.Addr
	id       uint32
	protocol uint8
}

// partial is a packet of which something is missing.
type partial struct {
	begun  time.Time
	header []byte // of the first fragment, up to what was fragmented
	data   []byte
	pieces [][2]int // where the pieces begin and end, in order
	size   int      // 0 as long as the last one is missing
	broken bool     // pieces overlap; it is remembered so that no further ones begin anew
}

// Add takes a packet of kind Fragment and returns the whole packet if this was the
// last piece, and nil otherwise. It is good until the next call.
func (d *Defragmenter) Add(p *Packet) *Packet {
	if d.partial == nil {
		d.partial = make(map[fragmentKey]*partial)
	}
	key := fragmentKey{p.Src, p.Dst, p.FragmentID, p.Protocol}
	x := d.partial[key]
	if x == nil || p.Time.Sub(x.begun) > fragmentLife {
		if len(d.partial) >= maxPartial {
			d.makeRoom(p.Time)
		}
		x = &partial{begun: p.Time}
		d.partial[key] = x
	}
	if x.broken || !x.add(p) {
		*x = partial{begun: x.begun, broken: true}
		return nil
	}
	if len(x.pieces) != 1 || x.pieces[0] != [2]int{0, x.size} {
		return nil
	}
	delete(d.partial, key)
	d.whole.Time, d.whole.VLAN = p.Time, p.VLAN
	b := slices.Concat(x.header, x.data)
	d.whole.Length = len(b)
	if d.whole.Decode(LinkRaw, b) != nil {
		return nil
	}
	d.whole.SrcMAC, d.whole.DstMAC = p.SrcMAC, p.DstMAC
	return &d.whole
}

// add adds a piece and reports whether it fits those that are there.
func (x *partial) add(p *Packet) bool {
	begin := int(p.Offset)
	end := begin + len(p.Payload)
	if begin == end || end > maxWhole || p.Truncated || p.More && len(p.Payload)%8 != 0 || len(x.pieces) >= maxPieces {
		return false
	}
	if !p.More {
		if x.size != 0 && x.size != end {
			return false
		}
		x.size = end
	}
	at, _ := slices.BinarySearchFunc(x.pieces, begin, func(r [2]int, begin int) int { return r[0] - begin })
	if at < len(x.pieces) && x.pieces[at][0] < end || at > 0 && x.pieces[at-1][1] > begin {
		// The same piece again does no harm.
		there := slices.ContainsFunc(x.pieces, func(r [2]int) bool { return r[0] <= begin && end <= r[1] })
		return there && bytes.Equal(x.data[begin:end], p.Payload)
	}
	if len(x.data) < end {
		x.data = append(x.data, make([]byte, end-len(x.data))...)
	}
	copy(x.data[begin:], p.Payload)
	x.pieces = slices.Insert(x.pieces, at, [2]int{begin, end})
	for i := len(x.pieces) - 1; i > 0; i-- {
		if x.pieces[i-1][1] == x.pieces[i][0] {
			x.pieces[i-1][1] = x.pieces[i][1]
			x.pieces = slices.Delete(x.pieces, i, i+1)
		}
	}
	if begin == 0 {
		x.first(p)
	}
	return x.size == 0 || len(x.data) <= x.size
}

// first keeps the header of the first fragment as that of the whole. Of IPv6 that
// is the fixed one: what other headers there were is of no use any more.
func (x *partial) first(p *Packet) {
	if p.Version == 4 {
		x.header = slices.Clone(p.IP[:p.Header])
		x.header[6], x.header[7] = x.header[6]&0x40, 0
		binary.BigEndian.PutUint16(x.header[2:], 0) // all that follows
		return
	}
	x.header = slices.Clone(p.IP[:40])
	x.header[6] = p.Protocol
	binary.BigEndian.PutUint16(x.header[4:], 0)
}

// makeRoom forgets what is old, and if nothing is, anything.
func (d *Defragmenter) makeRoom(now time.Time) {
	for key, x := range d.partial {
		if now.Sub(x.begun) > fragmentLife {
			delete(d.partial, key)
		}
	}
	for key := range d.partial {
		if len(d.partial) < maxPartial {
			return
		}
		delete(d.partial, key)
	}
}
