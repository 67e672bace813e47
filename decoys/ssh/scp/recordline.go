package scp

import (
	"io/fs"
	"math"
	"strconv"
	"strings"
	"time"
)

// parseRecord reads a line such as "C0644 1234 name". Its errors are the genuine
// program's.
func parseRecord(line string) (*record, error) {
	var mode uint32
	rest := line[1:]
	for i := range 4 {
		if i >= len(rest) || rest[i] < '0' || rest[i] > '7' {
			return nil, errScrewed("bad mode")
		}
		mode = mode<<3 | uint32(rest[i]-'0')
	}
	rest, ok := strings.CutPrefix(rest[4:], " ")
	if !ok {
		return nil, errScrewed("mode not delimited")
	}
	size, rest, ok := number(rest)
	if !ok {
		return nil, errScrewed("size not present")
	}
	if rest, ok = strings.CutPrefix(rest, " "); !ok {
		return nil, errScrewed("size not delimited")
	}
	if size > math.MaxInt64 {
		return nil, errScrewed("size out of range")
	}
	return &record{perm: permOf(mode), size: int64(size), name: rest}, nil
}

// permOf is a mode of the kernel as package fs has it.
func permOf(mode uint32) fs.FileMode {
	m := fs.FileMode(mode & 0o777)
	for bit, flag := range map[uint32]fs.FileMode{0o4000: fs.ModeSetuid, 0o2000: fs.ModeSetgid, 0o1000: fs.ModeSticky} {
		if mode&bit != 0 {
			m |= flag
		}
	}
	return m
}

// modeOf is the other way round, without the sticky bit, which scp does not send.
func modeOf(m fs.FileMode) uint32 {
	mode := uint32(m.Perm())
	if m&fs.ModeSetuid != 0 {
		mode |= 0o4000
	}
	if m&fs.ModeSetgid != 0 {
		mode |= 0o2000
	}
	return mode
}

// parseTimes reads a line such as "T1500000000 0 1500000000 0".
func parseTimes(line string) (*record, error) {
	rest := line[1:]
	r := &record{}
	for i, what := range []string{"mtime", "atime"} {
		seconds, after, ok := number(rest)
		if !ok {
			return nil, errScrewed(what + ".sec not present")
		}
		if rest, ok = strings.CutPrefix(after, " "); !ok {
			return nil, errScrewed(what + ".sec not delimited")
		}
		micros, after, _ := number(rest)
		if i == 0 {
			rest, ok = strings.CutPrefix(after, " ")
		} else {
			ok = after == ""
		}
		if !ok || micros > 999_999 {
			return nil, errScrewed(what + ".usec not delimited")
		}
		if i == 0 && seconds < 1<<40 { // within the years of the file system
			r.modified = time.Unix(int64(seconds), 0).UTC()
		}
	}
	return r, nil
}

// number reads digits as strtoull does; too many are the largest number.
func number(s string) (n uint64, rest string, ok bool) {
	end := 0
	for end < len(s) && s[end] >= '0' && s[end] <= '9' {
		end++
	}
	if end == 0 {
		return 0, s, false
	}
	n, err := strconv.ParseUint(s[:end], 10, 64)
	if err != nil {
		n = math.MaxUint64
	}
	return n, s[end:], true
}
