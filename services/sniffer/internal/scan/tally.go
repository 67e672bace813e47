package scan

import (
	"math"
	"math/bits"
	"net/netip"
	"strconv"
)

// set is a set of numbers of 16 bits.
type set [1024]uint64

func (s *set) add(n uint16) { s[n>>6] |= 1 << (n & 63) }

func (s *set) len() (n int) {
	for _, w := range s {
		n += bits.OnesCount64(w)
	}
	return n
}

// maxList is how long the text of a set may be, in bytes.
const maxList = 200

// text is the set as ranges.
func (s *set) text() string {
	var out []byte
	for n := 0; n < 1<<16; n++ {
		if s[n>>6]&(1<<(n&63)) == 0 {
			continue
		}
		last := n
		for last+1 < 1<<16 && s[(last+1)>>6]&(1<<((last+1)&63)) != 0 {
			last++
		}
		if len(out) > maxList {
			return string(append(out, ",…"...))
		}
		if len(out) > 0 {
			out = append(out, ',')
		}
		if out = strconv.AppendInt(out, int64(n), 10); last > n {
			out = strconv.AppendInt(append(out, '-'), int64(last), 10)
		}
		n = last
	}
	return string(out)
}

// tally is what a scan has reached so far, in 16 KiB however much that is.
type tally struct {
	ports, addresses set
	// wide says that addresses are of more than one block of 65536, so that
	// their number is an estimate.
	wide      bool
	low, high netip.Addr
	contacts  uint64
	// When the first and the last contact were, in nanoseconds.
	begin, last int64
	// What tells a connect scan from a SYN scan.
	complete, taken, kernel, bare int
}

func (t *tally) add(k *kept) {
	if t.contacts == 0 {
		t.begin, t.last, t.low, t.high = k.at, k.at, k.target, k.target
	}
	t.begin, t.last = min(t.begin, k.at), max(t.last, k.at)
	t.contacts++
	t.ports.add(k.port)
	block, within := split(k.target)
	if first, _ := split(t.low); first != block {
		t.wide = true
	}
	t.addresses.add(within ^ block.fold())
	if k.target.Less(t.low) {
		t.low = k.target
	}
	if t.high.Less(k.target) {
		t.high = k.target
	}
	if k.kernel {
		t.kernel++
	} else {
		t.bare++
	}
}

// block is an address without its last 16 bits.
type block [14]byte

// fold spreads blocks over a set.
func (b block) fold() uint16 {
	h := uint32(2166136261)
	for _, x := range b {
		h = (h ^ uint32(x)) * 16777619
	}
	return uint16(h>>16) ^ uint16(h) //nolint:gosec // what is cut off is what is not wanted
}

func split(a netip.Addr) (block, uint16) {
	b := a.As16()
	return block(b[:14]), uint16(b[14])<<8 | uint16(b[15])
}

// count is how many addresses there are, by linear counting if they are not of
// one block.
func (t *tally) count() int {
	n := t.addresses.len()
	if !t.wide {
		return n
	}
	const m = 1 << 16
	return int(math.Round(-m * math.Log(float64(max(m-n, 1))/m)))
}

// kind tells a connect scan from a SYN scan: by whether handshakes were completed,
// and while none was answered by the options of the SYNs.
func (t *tally) kind() Type {
	if t.complete != t.taken {
		if t.complete > t.taken {
			return Connect
		}
		return SYN
	}
	if t.kernel > t.bare {
		return Connect
	}
	return SYN
}
