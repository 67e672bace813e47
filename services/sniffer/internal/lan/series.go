package lan

// samples is how many values a class is told from.
const samples = 8

// Series are values that a stack chooses for each packet or connection.
type Series struct {
	values [samples]uint32
	n      int
}

// Add adds a value of so many bits and reports whether that completes the series.
func (s *Series) Add(v uint32) bool {
	if s.n == samples {
		return false
	}
	s.values[s.n] = v
	s.n++
	return s.n == samples
}

// Class is how the values follow each other: zero, constant, increment (by steps
// of at most small), or random. bits is their width.
func (s *Series) Class(bits, small uint32) string {
	mask := uint32(1)<<(bits-1)<<1 - 1
	same, steps := true, true
	for i := 1; i < s.n; i++ {
		step := (s.values[i] - s.values[i-1]) & mask
		same = same && step == 0
		steps = steps && step <= small
	}
	switch {
	case same && s.values[0] == 0:
		return "zero"
	case same:
		return "constant"
	case steps:
		return "increment"
	}
	return "random"
}
