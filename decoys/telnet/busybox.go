package telnet

import "slices"

// A skipper is BusyBox's telnetd, which answers no command. It looks at what it reads at
// once: a command that comes in two pieces is not known again.
type skipper struct {
	peer *peer
	left []byte // an IAC at the end of what was read
}

func (s *skipper) decode(chunk []byte, data func(byte), reply func(string)) bool {
	b := slices.Concat(s.left, chunk)
	s.left = nil
	// A NUL at the end is what follows a CR.
	if len(b) > 0 && b[len(b)-1] == 0 {
		b = b[:len(b)-1]
	}
	asked := false
	for len(b) > 0 {
		switch {
		case b[0] == '\r':
			data('\r')
			if len(b) > 1 && (b[1] == '\n' || b[1] == 0) {
				b = b[1:]
			}
			b = b[1:]
		case b[0] != iac:
			data(b[0])
			b = b[1:]
		case len(b) == 1:
			s.left = []byte{iac}
			b = nil
		case b[1] == iac:
			data(iac)
			b = b[2:]
		default:
			asked = asked || b[1] == ayt
			b = b[s.skip(b):]
		}
	}
	if asked {
		reply("\xff\xff\xf1") // a NOP whose IAC is doubled by mistake
	}
	return false
}

// sizeLen is the length of the size of a window without its end, in bytes.
const sizeLen = 7

// skip says how long the command is that b begins with, as far as BusyBox is concerned.
func (s *skipper) skip(b []byte) int {
	c := b[1]
	switch {
	case c >= 240 && c <= 249:
		return 2
	case c == sb && len(b) > 2 && b[2] == optNAWS: // its end is skipped as a command of its own
		if len(b) < sizeLen {
			return len(b)
		}
		s.peer.size(b[3:sizeLen])
		return sizeLen
	case c >= will && len(b) > 2:
		s.peer.command(c, b[2])
	}
	return min(3, len(b))
}
