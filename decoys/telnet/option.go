package telnet

import (
	"fmt"
	"strings"
)

// Commands of RFC 854 and RFC 855.
const (
	eof   = 236 // RFC 1184
	susp  = 237 // RFC 1184
	abort = 238 // RFC 1184
	se    = 240
	brk   = 243
	ip    = 244
	ao    = 245
	ayt   = 246
	ec    = 247
	el    = 248
	sb    = 250
	will  = 251
	wont  = 252
	do    = 253
	dont  = 254
	iac   = 255
)

// Options, by the RFC that each comes from.
const (
	optBinary   = 0  // RFC 856
	optEcho     = 1  // RFC 857
	optSGA      = 3  // RFC 858
	optStatus   = 5  // RFC 859
	optMark     = 6  // RFC 860
	optLogout   = 18 // RFC 727
	optTType    = 24 // RFC 1091
	optNAWS     = 31 // RFC 1073
	optSpeed    = 32 // RFC 1079
	optFlow     = 33 // RFC 1372
	optLinemode = 34 // RFC 1184
	optXDisplay = 35 // RFC 1096
	optOldEnv   = 36 // RFC 1408
	optAuth     = 37 // RFC 2941
	optEncrypt  = 38 // RFC 2946
	optNewEnv   = 39 // RFC 1572
)

const (
	subIs        = 0
	subSend      = 1
	envValue     = 1
	envEscape    = 2
	envUserVar   = 3
	maxSub       = 512 // bytes of a subnegotiation that are kept
	maxNoted     = 64  // negotiations that are kept for the event
	maxTermWidth = 500
	maxTermName  = 40 // bytes of a terminal's name that are kept
)

// A peer is what a client has said of itself.
type peer struct {
	// order is its commands in their order, as "WILL 24".
	order []string
	// term, speed and user are what it said when it was asked.
	term, speed, user string
	columns, rows     int
	replied           map[byte]bool // subnegotiations
}

func newPeer() *peer { return &peer{replied: map[byte]bool{}} }

var commandNames = map[byte]string{will: "WILL", wont: "WONT", do: "DO", dont: "DONT"}

// command notes a negotiation.
func (p *peer) command(c, option byte) {
	if len(p.order) < maxNoted {
		p.order = append(p.order, fmt.Sprintf("%s %d", commandNames[c], option))
	}
}

// size takes what NAWS says.
func (p *peer) size(b []byte) {
	p.columns, p.rows = int(b[0])<<8|int(b[1]), int(b[2])<<8|int(b[3])
	p.columns = min(p.columns, maxTermWidth)
}

// sub takes a subnegotiation.
func (p *peer) sub(data []byte) {
	if len(data) == 0 {
		return
	}
	option, rest := data[0], data[1:]
	if option == optNAWS && len(rest) == 4 {
		p.size(rest)
		return
	}
	if len(rest) == 0 || rest[0] != subIs {
		return
	}
	p.replied[option] = true
	switch rest = rest[1:]; option {
	case optTType:
		p.term = strings.ToLower(string(rest[:min(len(rest), maxTermName)]))
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

// A decoder takes the commands out of what a client sends. It is used by one goroutine.
type decoder interface {
	// decode takes what came at once, gives each byte that is for the terminal to data, in
	// between answers commands with reply, and reports whether the client wants to be logged out.
	decode(chunk []byte, data func(byte), reply func(string)) (logout bool)
}
