package telnet

import (
	"errors"
	"fmt"
	"io"
	"slices"
)

// maxTyped bounds what is typed before anybody asked, in bytes.
const maxTyped = 1024

// maxTerms bounds how often a client is asked for another terminal.
const maxTerms = 10

// errLogout says that the client has asked to be logged out.
var errLogout = errors.New("the client logs out")

// negotiate is the dialogue of telnetd before login begins.
func (c *client) negotiate() error {
	d, n := c.server.daemon, c.negotiator
	if n == nil {
		for verb := range slices.Chunk(d.opening, 2) {
			c.say(string([]byte{iac, verb[0], verb[1]}))
		}
		return c.flush()
	}
	n.reply = c.say
	n.flushTyped = func() {
		c.tty.echo = true
		for _, b := range c.typed {
			c.tty.typed(b)
		}
		c.tty.flush()
		c.typed = nil
	}
	n.run(d.opening)
	if d.plain {
		n.early = false
		return c.flush()
	}
	if err := c.until(func() bool { return !n.missing(d.opening) }); err != nil {
		return err
	}
	if err := c.values(); err != nil {
		return err
	}
	n.reply = c.say
	n.run(d.second)
	n.early = false
	if err := c.until(func() bool { return !n.noSize() }); err != nil {
		return err
	}
	n.finish()
	p := c.server.machine.Persona
	if d.greeting != "" {
		c.say(fmt.Sprintf(d.greeting, p.Kernel, p.Hostname))
	}
	return nil
}

// values asks for those of the options that the client has, and again for a terminal that
// nobody knows, until the client has no other.
func (c *client) values() error {
	n := c.negotiator
	of := c.server.daemon.questions(n)
	for _, option := range of {
		// The environment is asked for in the new way if there are both, and awaited in both.
		if option != optOldEnv || !n.his[optNewEnv].on {
			n.saySub(option, subSend)
		}
	}
	replied := func() bool {
		return !slices.ContainsFunc(of, func(option byte) bool { return !c.peer.replied[option] })
	}
	if err := c.until(replied); err != nil {
		return err
	}
	for last := ""; n.his[optTType].on && !terminals[c.peer.term] && c.peer.term != last && len(n.peer.order) < maxTerms*maxNoted; {
		last = c.peer.term
		delete(c.peer.replied, optTType)
		n.saySub(optTType, subSend)
		if err := c.until(replied); err != nil {
			return err
		}
	}
	return nil
}

// terminals are those of the package ncurses-base.
var terminals = map[string]bool{
	"": true, "ansi": true, "cons25": true, "cons25-debian": true, "cygwin": true, "dumb": true, "hurd": true, "linux": true, "mach": true, "mach-bold": true,
	"mach-color": true, "mach-gnu": true, "mach-gnu-color": true, "pcansi": true, "rxvt": true, "rxvt-basic": true, "rxvt-unicode": true, "rxvt-unicode-256color": true,
	"screen": true, "screen-256color": true, "screen-256color-bce": true, "screen-bce": true, "screen-s": true, "screen-w": true, "screen.xterm-256color": true,
	"sun": true, "tmux": true, "tmux-256color": true, "vt100": true, "vt102": true, "vt220": true, "vt52": true, "wsvt25": true, "wsvt25m": true,
	"xterm": true, "xterm-256color": true, "xterm-color": true, "xterm-mono": true, "xterm-r5": true, "xterm-r6": true, "xterm-vt220": true, "xterm-xfree86": true,
}

// until reads until done; what is typed meanwhile is for login.
func (c *client) until(done func() bool) error {
	for !done() {
		if err := c.read(func(b byte) {
			if len(c.typed) < maxTyped {
				c.typed = append(c.typed, b)
			}
		}); err != nil {
			return err
		}
	}
	return nil
}

// read says what is to be said, takes what comes next and answers it.
func (c *client) read(data func(byte)) error {
	if err := c.flush(); err != nil {
		return err
	}
	n, err := c.conn.Read(c.buf[:])
	if n == 0 {
		if err == nil {
			err = io.ErrNoProgress
		}
		return err
	}
	if c.decoder.decode(c.buf[:n], data, c.say) {
		_ = c.flush() // it leaves anyway
		return errLogout
	}
	return nil
}
