package tcpfp

// The least headers, in bytes.
const (
	minHeaders4 = 20 + 20
	minHeaders6 = 40 + 20
	ethernet    = 1500
	stampBytes  = 12 // that a timestamp and its padding take
)

// multiple says how often the MSS or the MTU is in the window, 0 if it is in neither. The sizes
// that are tried and their order are p0f's, which is why 1500 is tried whatever the MSS is.
func (s *Signature) multiple() (n int, mtu bool) {
	win, mss := int(s.Window), int(s.MSS)
	if win == 0 || mss < 100 {
		return 0, false
	}
	type size struct {
		bytes int
		mtu   bool
		when  bool
	}
	six := s.IP == 6
	for _, d := range [...]size{
		{mss, false, true},
		{mss - stampBytes, false, s.stamped},
		{ethernet - minHeaders4, false, true},
		{ethernet - minHeaders4 - stampBytes, false, true},
		{ethernet - minHeaders6, false, six},
		{ethernet - minHeaders6 - stampBytes, false, six},
		{mss + minHeaders4, true, true},
		{mss + int(s.header), true, true},
		{mss + minHeaders6, true, six},
		{ethernet, true, true},
	} {
		if d.when && win%d.bytes == 0 {
			return win / d.bytes, d.mtu
		}
	}
	return 0, false
}

// full reports whether the window is as many segments as fit into 65535 bytes, which is what
// Linux offers since 4.20. Segments are 12 bytes shorter with timestamps.
func (s *Signature) full() bool {
	const most = 65535
	win, mss := int(s.Window), int(s.MSS)
	fits := func(size int) bool { return size > 0 && win > 0 && win%size == 0 && win > most-size }
	return fits(mss) || s.stamped && fits(mss-stampBytes)
}
