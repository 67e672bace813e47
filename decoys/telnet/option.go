package telnet

import (
	"errors"
	"fmt"
	"io"
	"strings"
)

// Commands of RFC 854 and RFC 855.
const (
	se   = 240
	sb   = 250
	will = 251
	wont = 252
	do   = 253
	dont = 254
	iac  = 255
)

// Options, by the RFC that each comes from.
const (
	optBinary    = 0  // RFC 856
	optEcho      = 1  // RFC 857
	optSGA       = 3  // RFC 858
	optStatus    = 5  // RFC 859
	optMark      = 6  // RFC 860
	optTType     = 24 // RFC 1091
	optNAWS      = 31 // RFC 1073
	optSpeed     = 32 // RFC 1079
	optFlow      = 33 // RFC 1372
	optLinemode  = 34 // RFC 1184
	optXDisplay  = 35 // RFC 1096
	optOldEnv    = 36 // RFC 1408
	optAuth      = 37 // RFC 2941
	optEncrypt   = 38 // RFC 2946
	optNewEnv    = 39 // RFC 1572
	subIs        = 0
	subSend      = 1
	envValue     = 1
	envEscape    = 2
	envUserVar   = 3
	maxSub       = 1024 // bytes of a subnegotiation that are kept
	maxNoted     = 64   // negotiations that are kept for the event
	maxTermWidth = 500
)

// A peer is what a client has said of itself.
type peer struct {
	// Answered are the options that it has answered, by the command and the option.
	answered map[[2]byte]bool
	// order is its commands in their order, as "WILL 24".
	order []string
	// term, speed and user are what it said when it was asked.
	term, speed, user string
	columns, rows     int
	replied           map[byte]bool // subnegotiations
}

func newPeer() *peer { return &peer{answered: map[[2]byte]bool{}, replied: map[byte]bool{}} }

var commandNames = map[byte]string{will: "WILL", wont: "WONT", do: "DO", dont: "DONT"}

// command notes a negotiation.
func (p *peer) command(c, option byte) {
	p.answered[[2]byte{c, option}] = true
	if len(p.order) < maxNoted {
		p.order = append(p.order, fmt.Sprintf("%s %d", commandNames[c], option))
	}
}

// agreed reports whether it has answered DO for an option, and yes whether it has it.
func (p *peer) agreed(option byte) (yes, answered bool) {
	yes = p.answered[[2]byte{will, option}]
	return yes, yes || p.answered[[2]byte{wont, option}]
}

// saidOfOurs reports whether it has answered WILL for an option.
func (p *peer) saidOfOurs(option byte) bool {
	return p.answered[[2]byte{do, option}] || p.answered[[2]byte{dont, option}]
}

// sub takes a subnegotiation.
func (p *peer) sub(data []byte) {
	if len(data) == 0 {
		return
	}
	option, rest := data[0], data[1:]
	p.replied[option] = true
	if option == optNAWS && len(rest) == 4 {
		p.columns, p.rows = int(rest[0])<<8|int(rest[1]), int(rest[2])<<8|int(rest[3])
		p.columns = min(p.columns, maxTermWidth)
		return
	}
	if len(rest) == 0 || rest[0] != subIs {
		return
	}
	switch rest = rest[1:]; option {
	case optTType:
		p.term = strings.ToLower(string(rest))
	case optSpeed:
		p.speed = string(rest)
	case optNewEnv, optOldEnv:
		p.environment(rest)
	}
}

// environment looks for the variable USER, with which clients say who they are (RFC 1572 section 2).
func (p *peer) environment(data []byte) {
	name, value, inValue := "", "", false
	end := func() {
		if name == "USER" {
			p.user = value
		}
		name, value, inValue = "", "", false
	}
	for i := 0; i < len(data); i++ {
		c := data[i]
		switch {
		case c == 0 || c == envUserVar:
			end()
			continue
		case c == envValue:
			inValue = true
			continue
		case c == envEscape && i+1 < len(data):
			i++
			c = data[i]
		}
		if inValue {
			value += string(rune(c))
		} else {
			name += string(rune(c))
		}
	}
	end()
}

// A decoder reads what a client types, without the commands in between. It is used by one goroutine.
type decoder struct {
	in   io.Reader
	peer *peer
	// heard is called after each command and subnegotiation.
	heard func()

	state   byte // of the machine below
	command byte
	subData []byte
	raw     []byte // read and not looked at
	buf     [512]byte
}

// States of a decoder.
const (
	inData = iota
	afterIAC
	afterCommand
	inSub
	afterIACInSub
	afterCR
)

// errNothing is what step returns when no byte of data has come of what was read.
var errNothing = errors.New("no data")

// ReadByte returns the next byte of data. A CR with a LF or NUL after it is one CR (RFC 854 page 11).
func (d *decoder) ReadByte() (byte, error) {
	for {
		for len(d.raw) > 0 {
			c := d.raw[0]
			d.raw = d.raw[1:]
			if b, err := d.step(c); err == nil {
				return b, nil
			}
		}
		if err := d.fill(); err != nil {
			return 0, err
		}
	}
}

// fill reads from the client.
func (d *decoder) fill() error {
	n, err := d.in.Read(d.buf[:])
	d.raw = d.buf[:n]
	if n > 0 {
		return nil
	}
	if err == nil {
		err = io.ErrNoProgress
	}
	return err
}

// Read reads at least one byte of data, and what has come with it.
func (d *decoder) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	b, err := d.ReadByte()
	if err != nil {
		return 0, err
	}
	p[0] = b
	n := 1
	for n < len(p) && len(d.raw) > 0 {
		c := d.raw[0]
		d.raw = d.raw[1:]
		if b, err := d.step(c); err == nil {
			p[n] = b
			n++
		}
	}
	return n, nil
}

// step takes one byte.
func (d *decoder) step(c byte) (byte, error) {
	switch d.state {
	case afterCR:
		d.state = inData
		if c == '\n' || c == 0 {
			return 0, errNothing
		}
		return d.step(c)
	case inData:
		switch c {
		case iac:
			d.state = afterIAC
			return 0, errNothing
		case '\r':
			d.state = afterCR
		}
		return c, nil
	case afterIAC:
		switch {
		case c == iac:
			d.state = inData
			return c, nil
		case c == sb:
			d.state, d.subData = inSub, nil
		case c >= will:
			d.state, d.command = afterCommand, c
		default: // NOP, AYT and others without an option
			d.state = inData
		}
	case afterCommand:
		d.state = inData
		d.peer.command(d.command, c)
		d.heard()
	case inSub:
		if c == iac {
			d.state = afterIACInSub
		} else if len(d.subData) < maxSub {
			d.subData = append(d.subData, c)
		}
	case afterIACInSub:
		d.state = inSub
		if c == se {
			d.state = inData
			d.peer.sub(d.subData)
			d.subData = nil
			d.heard()
		} else if c == iac && len(d.subData) < maxSub {
			d.subData = append(d.subData, c)
		}
	}
	return 0, errNothing
}
