package telnet

import (
	"errors"
	"math/rand/v2"
	"os"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// loginTimeout is LOGIN_TIMEOUT of login.defs, and BusyBox's.
const loginTimeout = 60 * time.Second

// Reasons for which login ends.
var (
	errSignal = errors.New("the client has interrupted login")
	errEnd    = errors.New("login has ended")
)

// A loginProgram is a login(1): what it says, and what it makes of odd input.
type loginProgram struct {
	// first comes before the first prompt, after banner, if it is not nil. Ask is the
	// prompt, if it is not that with the host's name.
	first  string
	banner func(p *persona.Persona) string
	ask    func(p *persona.Persona) string
	// incorrect and goodbye are what it says of a wrong password and after the last.
	incorrect, goodbye string
	timeout            string
	tries              int
	// name reads the name of somebody who logs in.
	name func(c *client) (string, error)
	// interrupted says that Ctrl-C ends it while it waits for a password.
	interrupted bool
	// varies says that the time that a wrong password takes is random, as PAM makes it.
	varies bool
}

var (
	shadow = &loginProgram{
		incorrect: "\r\nLogin incorrect\r\n", goodbye: "Maximum number of tries exceeded (5)\r\n", tries: 5, name: (*client).shadowName,
		timeout: "\r\nLogin timed out after 60 seconds.\r\n", interrupted: true, varies: true,
	}
	utilLinux = &loginProgram{
		incorrect: "Login incorrect\r\n\r\n", tries: 3, name: (*client).anyName, timeout: "\r\nLogin timed out after 60 seconds\r\n", interrupted: true, varies: true,
	}
	busyboxLogin = &loginProgram{
		first: "\r\r\n", incorrect: "Login incorrect\r\n", tries: 3, name: (*client).busyboxName, timeout: "\r\nLogin timed out after 60 seconds\r\n",
	}
)

// logIn is the dialogue of login(1).
func (c *client) logIn() (user string, err error) {
	l := c.server.daemon.login
	c.deadline = time.Now().Add(loginTimeout)
	if err := c.conn.SetReadDeadline(c.deadline); err != nil {
		return "", err
	}
	if l.banner != nil {
		c.tty.print(l.banner(c.server.machine.Persona))
	}
	c.tty.print(l.first)
	for try := 1; ; try++ {
		name, err := l.name(c)
		if err != nil {
			return "", c.why(err)
		}
		ok := false
		if name != "" && (l != shadow || !strings.HasPrefix(name, "-")) {
			password, err := c.password()
			if err != nil {
				return "", c.why(err)
			}
			ok = c.server.login.Allows(c.source(), name, []byte(password))
			c.conn.LogCredential(name, []byte(password), decnet.SecretPlaintext, ok, nil)
		} else if l == shadow && name == "" {
			if _, err := c.password(); err != nil {
				return "", c.why(err)
			}
		}
		if ok {
			return name, nil
		}
		if err := c.wait(c.server.delay()); err != nil {
			return "", err
		}
		c.tty.print(l.incorrect)
		if try >= l.tries {
			c.tty.print(l.goodbye)
			return "", errEnd
		}
	}
}

// delay is how long a wrong password takes.
func (s *server) delay() time.Duration {
	if !s.daemon.login.varies || s.failDelay <= 0 {
		return s.failDelay
	}
	// As pam_fail_delay(3) says: 25 % more or less.
	return s.failDelay*3/4 + rand.N(s.failDelay/2)
}

// wait lets time pass, in which what is typed is shown and then forgotten.
func (c *client) wait(d time.Duration) error {
	c.tty.echo = true
	c.tty.flush()
	until := time.Now().Add(d)
	if err := c.conn.SetReadDeadline(until); err != nil {
		return err
	}
	for {
		c.mark = len(c.out)
		err := c.read(c.tty.typed)
		if err == nil {
			err = c.signalled()
		}
		if errors.Is(err, os.ErrDeadlineExceeded) && !time.Now().Before(until) {
			break
		}
		if err != nil {
			return err
		}
	}
	c.tty.flush()
	return c.conn.SetReadDeadline(c.deadline)
}

// why says what login says when it ends early.
func (c *client) why(err error) error {
	if errors.Is(err, os.ErrDeadlineExceeded) {
		c.say(c.server.daemon.login.timeout)
	}
	return err
}

func (c *client) prompt() {
	c.tty.echo = true
	p := c.server.machine.Persona
	if ask := c.server.daemon.login.ask; ask != nil {
		c.tty.print(ask(p))
		return
	}
	c.tty.print(p.Hostname + " login: ")
}

// errEOF says that an empty line was ended with Ctrl-D.
var errEOF = errors.New("end of input")

// line reads what a terminal gives to a program at once: a line with its LF, or without it
// what was there when Ctrl-D was typed.
func (c *client) line() (string, error) {
	for len(c.tty.lines) == 0 {
		c.mark = len(c.out)
		typed := c.typed
		c.typed = nil
		for _, b := range typed {
			c.tty.typed(b)
		}
		if len(typed) == 0 {
			c.mark = 0
			if err := c.read(c.tty.typed); err != nil {
				return "", err
			}
		}
		if err := c.signalled(); err != nil {
			return "", err
		}
	}
	line := c.tty.lines[0]
	c.tty.lines = c.tty.lines[1:]
	if line == "" {
		return "", errEOF
	}
	return line, nil
}

// heardSignal is a signal that was typed: what was typed and not yet shown is forgotten.
func (c *client) heardSignal(signal byte) {
	c.signal = signal
	if !c.tty.echo {
		return
	}
	c.out = c.out[:c.mark]
	if c.negotiator != nil {
		c.say(dataMark)
	}
	c.tty.print(c.tty.shown(signal))
}

// signalled acts on a signal: login ends, and Ctrl-Z has nobody who could start it again, so
// that the kernel ignores it.
func (c *client) signalled() error {
	signal := c.signal
	c.signal = 0
	if signal == 0 || signal == ctrlZ && c.tty.echo {
		return nil
	}
	if !c.tty.echo && !c.server.daemon.login.interrupted {
		c.tty.finish("\n") // as if there was no password
		return nil
	}
	return errSignal
}

// password reads one, which is not shown.
func (c *client) password() (string, error) {
	c.tty.flush()
	c.tty.echo = false
	c.tty.print("Password: ")
	line, err := c.line()
	if errors.Is(err, errEOF) {
		err = nil
	}
	if err == nil {
		c.tty.print("\r\n")
	}
	return strings.TrimSuffix(line, "\n"), err
}
