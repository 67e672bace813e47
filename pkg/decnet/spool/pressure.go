package spool

import (
	"errors"
	"io/fs"
	"os"
)

// Pressure is how a spool stands to its bound, and so how much a decky may still
// write to it. The zero value is Relaxed.
type Pressure string

// The pressures.
const (
	// Relaxed: less than half of the bound is in use.
	Relaxed Pressure = ""
	// Tight: half of it is. What is left is for those who write little, so every
	// decky's share is a small part of what it was.
	Tight Pressure = "tight"
	// Full: all of it is in use. Nothing is written, only counted.
	Full Pressure = "full"
)

// PressureOf is that of a folder whose segments take size of limit bytes; a limit of 0
// is none.
func PressureOf(size, limit int64) Pressure {
	switch {
	case limit <= 0 || size < limit/2:
		return Relaxed
	case size < limit:
		return Tight
	}
	return Full
}

// Size is how many bytes the segments of dir have, those not delivered as yet and what
// was delivered of open ones.
func Size(dir string) (bytes int64, err error) {
	segments, err := List(dir)
	if err != nil {
		return 0, err
	}
	for _, s := range segments {
		info, err := os.Stat(s.Path())
		if errors.Is(err, fs.ErrNotExist) { // delivered or sealed meanwhile
			continue
		}
		if err != nil {
			return 0, err
		}
		bytes += info.Size()
	}
	return bytes, nil
}
