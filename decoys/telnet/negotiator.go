package telnet

import "slices"

// A negotiator is the side of a telnetd of the 4.4BSD family in a negotiation.
type negotiator struct {
	daemon *daemon
	peer   *peer
	reply  func(string)
	// flushTyped lets what was typed so far go, before there is a terminal.
	flushTyped func()

	his, mine [256]side
	// linemode says that the client edits lines, in the way of linemodeType.
	linemode     bool
	linemodeType int
	// mode is that of linemode which was told last.
	mode byte
	// flowTold says that the client knows what flow control there is.
	flowTold bool
	// early says that there is no terminal yet, earlyBinary that binary output was wanted then.
	early, earlyBinary bool
	// late is said before whatever is said next.
	late string

	state   byte // of the machine in stream.go
	verb    byte
	subData []byte
}

// Ways of editing lines at the client: by the option, or by leaving out SGA.
const (
	none = iota
	kludge
	real
)

func newNegotiator(d *daemon, p *peer) *negotiator {
	return &negotiator{daemon: d, peer: p, early: true, reply: func(string) {}, flushTyped: func() {}}
}

func (n *negotiator) say(verb, option byte) { n.reply(string([]byte{iac, verb, option})) }

// saySub sends a subnegotiation.
func (n *negotiator) saySub(data ...byte) {
	n.reply(string(append(append([]byte{iac, sb}, data...), iac, se)))
}

// saySubNul sends one with the NUL that ends the daemon's string and is sent along.
func (n *negotiator) saySubNul(data ...byte) {
	n.saySub(data...)
	n.reply("\x00")
}

// has reports whether an option is of those that the daemon knows.
func (n *negotiator) has(known map[byte]bool, option byte) bool {
	return known[option] && (n.daemon.secure || option != optAuth && option != optEncrypt && option != optLinemode)
}

// run sends what a list of commands says.
func (n *negotiator) run(commands []byte) {
	for c := range slices.Chunk(commands, 2) {
		if c[0] == will {
			n.offer(c[1])
		} else {
			n.ask(c[1])
		}
	}
}

// Modes of linemode (RFC 1184 section 2.2).
const (
	modeEdit    = 1
	modeTrap    = 2
	modeAck     = 4
	modeLitEcho = 16
)

// begun is what follows an option that the client has offered by itself.
func (n *negotiator) begun(option byte) {
	switch option {
	case optAuth: // Kerberos 5, with encryption and without
		n.saySub(optAuth, subSend, 2, 2, 2, 0)
	case optEncrypt:
		n.saySub(optEncrypt, subSend)
	case optLinemode:
		n.beginLinemode()
	}
}

// granted is what follows an option that was asked for; was says that the client had it.
func (n *negotiator) granted(option byte, was bool) {
	switch {
	case option == optEcho && was:
		n.refuse(optEcho)
	case option == optLinemode && !was:
		n.beginLinemode()
	case option == optFlow && !was:
		n.tellFlow()
	}
}

func (n *negotiator) beginLinemode() {
	was := n.linemodeType
	n.linemode, n.linemodeType = true, real
	if was == kludge {
		return
	}
	n.mode = modeEdit | modeTrap
	if n.early {
		n.mode = modeLitEcho
	}
	n.saySubNul(optLinemode, 1, n.mode)
}

func (n *negotiator) tellFlow() {
	if !n.flowTold {
		n.flowTold = true
		n.saySubNul(optFlow, 3) // any character starts output again
	}
}

// kludge is a client that edits lines without the option.
func (n *negotiator) kludge() {
	if n.linemodeType != real {
		n.linemode, n.linemodeType = true, kludge
		n.withdraw(optSGA)
	}
}

// characters is the end of lines that the client edits.
func (n *negotiator) characters() {
	n.linemode = false
	n.offer(optSGA)
	n.offer(optEcho)
}

// missing reports whether an answer to a DO of the commands is missing, or that about
// encryption.
func (n *negotiator) missing(commands []byte) bool {
	for c := range slices.Chunk(commands, 2) {
		if c[0] == do && n.his[c[1]].changing() || c[0] == will && c[1] == optEncrypt && n.mine[optEncrypt].changing() {
			return true
		}
	}
	return false
}

// noSize reports whether the answer about the window's size is missing, and, if the client
// has one, that about echo: a client too dumb for DO ECHO has passed it with the later one.
func (n *negotiator) noSize() bool {
	return n.his[optNAWS].changing() || n.his[optNAWS].on && n.his[optEcho].changing()
}

// finish is the last of negotiation, when the terminal is there.
func (n *negotiator) finish() {
	if echo := n.his[optEcho]; echo.wanted {
		n.heardWill(optEcho)
	}
	n.offer(optEcho)
	if n.his[optFlow].on && n.his[optFlow].wanted {
		n.tellFlow()
	}
	for _, option := range n.daemon.third {
		if option != optMark || n.linemodeType != real {
			n.ask(option)
		}
	}
	if n.earlyBinary {
		n.withdraw(optBinary)
	}
	if n.linemode {
		n.linemode = false
		if n.linemodeType == real {
			n.refuse(optLinemode)
		} else {
			n.offer(optSGA)
		}
	}
}
