package telnet

// States of a negotiator between two bytes.
const (
	inData = iota
	afterCR
	afterIAC
	afterVerb
	inSub
	afterIACInSub
)

func (n *negotiator) decode(chunk []byte, data func(byte), reply func(string)) bool {
	n.reply = reply
	if n.late != "" {
		reply(n.late)
		n.late = ""
	}
	for _, c := range chunk {
		if n.step(c, data) {
			return true
		}
	}
	return false
}

// step takes one byte.
func (n *negotiator) step(c byte, data func(byte)) (logout bool) {
	switch n.state {
	case afterCR:
		n.state = inData
		if c != 0 && c != '\n' {
			return n.step(c, data)
		}
	case inData:
		switch {
		case c == iac:
			n.state = afterIAC
			return false
		case c == '\r' && !n.his[optBinary].on: // RFC 854 page 11
			n.state = afterCR
		}
		data(c)
	case afterIAC:
		n.command(c, data)
	case afterVerb:
		n.state = inData
		n.peer.command(n.verb, c)
		switch n.verb {
		case will:
			n.heardWill(c)
		case wont:
			n.heardWont(c)
		case do:
			return n.heardDo(c)
		case dont:
			n.heardDont(c)
		}
	case inSub:
		if c == iac {
			n.state = afterIACInSub
		} else if len(n.subData) < maxSub {
			n.subData = append(n.subData, c)
		}
	case afterIACInSub:
		switch {
		case c == iac && len(n.subData) < maxSub:
			n.subData = append(n.subData, c)
			fallthrough
		case c == iac:
			n.state = inSub
		case c == se:
			n.state = inData
			n.endSub()
		default: // a command ends a subnegotiation that was not ended
			n.endSub()
			n.command(c, data)
		}
	}
	return false
}

// dataMark is the end of what a signal has made stale. The IAC before it is urgent data, which
// is no part of the stream; a decoy's socket cannot send such.
const dataMark = "\xf2"

// signals are what commands are for the terminal: the characters that Linux has for them.
var signals = map[byte]byte{eof: ctrlD, susp: ctrlZ, abort: ctrlBackslash, brk: ctrlBackslash, ip: ctrlC, ao: ctrlO, ec: del, el: ctrlU}

// command is what follows an IAC.
func (n *negotiator) command(c byte, data func(byte)) {
	n.state = inData
	switch {
	case c == iac:
		data(c)
	case c == sb:
		n.state, n.subData = inSub, n.subData[:0]
	case c >= will:
		n.state, n.verb = afterVerb, c
	case c == ayt:
		n.reply("\r\n[Yes]\r\n")
	case n.early && (c == ip || c == ao || c == ec || c == el):
		n.flushTyped() // to a terminal at which nobody listens yet
		if c == ao {
			n.late = dataMark
		}
	case signals[c] != 0:
		if c == ao {
			n.reply(dataMark)
		}
		data(signals[c])
	}
}

// endSub is the end of a subnegotiation.
func (n *negotiator) endSub() {
	d := n.subData
	if len(d) < 2 {
		return
	}
	switch option := d[0]; option {
	case optTType, optSpeed, optXDisplay, optNewEnv, optOldEnv, optNAWS:
		if n.his[option].on {
			n.peer.sub(d)
		}
	case optStatus:
		if d[1] == subSend && n.mine[optStatus].on {
			n.status()
		}
	case optLinemode:
		if d[1] == 1 && len(d) > 2 && n.his[option].on && d[2]&modeAck == 0 && d[2] != n.mode {
			n.mode = d[2] & (modeEdit | modeTrap)
			n.saySubNul(optLinemode, 1, n.mode|modeAck)
		}
	case optAuth:
		if len(d) >= 5 && d[1] == subIs && d[2] == 2 && d[3]&^1 == 2 && d[4] == 0 { // a ticket for Kerberos 5
			n.saySub(append([]byte{optAuth, 2, 2, d[3], 1}, "krb5_rd_req failed: Invalid message type"...)...)
		}
	case optEncrypt:
		switch d[1] {
		case 3: // START: REQUEST-END
			n.saySub(optEncrypt, 6)
		case 7: // ENC_KEYID: DEC_KEYID of none
			n.saySub(optEncrypt, 8)
		}
	}
}

// status is the state of all options (RFC 859).
func (n *negotiator) status() {
	is := []byte{optStatus, subIs}
	for o := range 256 {
		if n.mine[o].wanted {
			is = append(is, will, byte(o))
		}
		if n.his[o].wanted {
			is = append(is, do, byte(o))
		}
	}
	n.saySub(is...)
}
