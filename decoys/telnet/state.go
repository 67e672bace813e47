package telnet

// The state of options is that of 4.4BSD's telnetd, from which GNU's and netkit's come: for
// each option and each side what holds, what is wanted, and how many answers are awaited. An
// answer that was asked for is not answered again, which ends loops (RFC 1143 explains why).

// A side is an option at one of the two sides.
type side struct {
	on, wanted bool
	awaited    int
}

// changing reports that an answer is missing.
func (s *side) changing() bool { return s.on != s.wanted }

// answered counts what came as an answer, if one is awaited.
func (s *side) answered(on bool) {
	if s.awaited > 0 {
		s.awaited--
		if s.awaited > 0 && s.on == on {
			s.awaited--
		}
	}
}

// ask sends DO for an option of the client's, unless it has it or was asked already.
func (n *negotiator) ask(option byte) {
	s := &n.his[option]
	if s.awaited == 0 && s.on || s.wanted {
		return
	}
	if option != optMark { // whose answer is no state
		s.wanted = true
	}
	s.awaited++
	n.say(do, option)
}

// refuse sends DONT for an option that the client has.
func (n *negotiator) refuse(option byte) {
	s := &n.his[option]
	if s.awaited == 0 && !s.on || !s.wanted {
		return
	}
	s.wanted = false
	s.awaited++
	n.say(dont, option)
}

// offer sends WILL for an option of ours, unless that is so or was said already.
func (n *negotiator) offer(option byte) {
	s := &n.mine[option]
	if s.awaited == 0 && s.on || s.wanted {
		return
	}
	s.wanted = true
	s.awaited++
	n.say(will, option)
}

// withdraw sends WONT for an option of ours.
func (n *negotiator) withdraw(option byte) {
	s := &n.mine[option]
	if s.awaited == 0 && !s.on || !s.wanted {
		return
	}
	s.wanted = false
	s.awaited++
	n.say(wont, option)
}

// hisOptions are those that a client may have unasked.
var hisOptions = map[byte]bool{
	optBinary: true, optSGA: true, optTType: true, optNAWS: true, optSpeed: true, optFlow: true, optXDisplay: true, optNewEnv: true, optOldEnv: true,
	optLinemode: true, optAuth: true, optEncrypt: true,
}

// myOptions are those that a client may ask for.
var myOptions = map[byte]bool{optBinary: true, optEcho: true, optSGA: true, optStatus: true, optEncrypt: true}

// heardWill is WILL of the client.
func (n *negotiator) heardWill(option byte) {
	if option == optMark {
		n.kludge()
		return
	}
	s := &n.his[option]
	s.answered(true)
	was := s.on
	s.on = true
	if s.awaited > 0 {
		return
	}
	switch {
	case s.wanted:
		n.granted(option, was)
	case n.has(hisOptions, option):
		s.wanted = true
		n.say(do, option)
		n.begun(option)
	default:
		s.awaited++
		n.say(dont, option)
	}
}

// heardWont is WONT of the client.
func (n *negotiator) heardWont(option byte) {
	if option == optMark {
		if n.linemodeType != real {
			n.characters()
		}
		return
	}
	s := &n.his[option]
	s.answered(false)
	if s.awaited == 0 && s.wanted {
		if option == optLinemode && n.linemodeType == real {
			n.characters()
		}
		s.wanted = false
		if s.on {
			n.say(dont, option)
		}
	}
	s.on = false
}

// heardDo is DO of the client. It reports whether the client wants to be logged out.
func (n *negotiator) heardDo(option byte) (logout bool) {
	if option == optMark || option == optLogout {
		n.say(will, option)
		return option == optLogout
	}
	s := &n.mine[option]
	s.answered(true)
	if s.awaited == 0 && !s.wanted {
		if n.has(myOptions, option) {
			s.wanted = true
			n.say(will, option)
			n.earlyBinary = n.earlyBinary || option == optBinary && n.early
		} else {
			s.awaited++
			n.say(wont, option)
		}
	}
	s.on = true
	return false
}

// heardDont is DONT of the client.
func (n *negotiator) heardDont(option byte) {
	s := &n.mine[option]
	s.answered(false)
	if s.awaited == 0 && s.wanted {
		if option == optSGA && n.linemodeType != real {
			n.linemode, n.linemodeType = true, kludge
		}
		s.wanted = false
		if s.on {
			n.say(wont, option)
		}
	}
	s.on = false
}
