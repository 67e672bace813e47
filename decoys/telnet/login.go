package telnet

import (
	"errors"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// loginTimeout is LOGIN_TIMEOUT of login.defs.
const loginTimeout = 60 * time.Second

// errGone says that somebody has left the dialogue.
var errGone = errors.New("the client has left")

// maxLine bounds a name or a password, in bytes: what a terminal keeps of a line.
const maxLine = 255

// logIn is the dialogue of login(1).
func (c *client) logIn() (user string, ok bool) {
	d := c.server.daemon
	for try := 1; ; try++ {
		name, err := c.ask(c.server.machine.Persona.Hostname+" login: ", true)
		for err == nil && name == "" {
			name, err = c.ask(c.server.machine.Persona.Hostname+" login: ", true)
		}
		if err != nil {
			return "", false
		}
		password, err := c.ask("Password: ", false)
		if err != nil {
			return "", false
		}
		ok := c.server.login.Allows(c.source(), name, []byte(password))
		c.conn.LogCredential(name, []byte(password), decnet.SecretPlaintext, ok, nil)
		if ok {
			return name, true
		}
		if !decoy.Sleep(c.ctx, c.server.failDelay) {
			return "", false
		}
		text := "\r\nLogin incorrect\r\n"
		if d == busybox {
			text = "Login incorrect\r\n"
		}
		if try >= d.tries {
			text += d.goodbye
		}
		if c.say(text) != nil || try >= d.tries {
			return "", false
		}
	}
}

// ask reads a line as a terminal does, with its characters shown if echo is true.
func (c *client) ask(prompt string, echo bool) (string, error) {
	if err := c.say(prompt); err != nil {
		return "", err
	}
	var line []byte
	for {
		b, err := c.in.ReadByte()
		if err != nil {
			return "", err
		}
		var shown string
		switch {
		case b == '\r' || b == '\n':
			return string(line), c.say("\r\n")
		case b == 4 && len(line) == 0: // Ctrl-D
			return "", errGone
		case b == 0x7f || b == 8:
			if len(line) == 0 {
				continue
			}
			line = line[:len(line)-1]
			shown = "\b \b"
		case b == 0x15: // Ctrl-U
			line, shown = nil, ""
		case len(line) >= maxLine:
			shown = "\a"
		default:
			line = append(line, b)
			if b < 32 {
				shown = "^" + string(rune(b+64))
			} else {
				shown = string([]byte{b})
			}
		}
		if echo && c.say(shown) != nil {
			return "", errGone
		}
	}
}
