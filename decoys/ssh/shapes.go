package ssh

import "github.com/decnet/decnet/decoys/ssh/sshwire"

// A shape is what a request consists of: s is a string, t a text without NUL, n a number and b a boolean.
// OpenSSH ends a connection, without a word, in which one does not.
type shape string

// Requests that a session takes before a program runs, and those that it takes at any time (RFC 4254
// section 6).
var (
	sessionShapes = map[string]shape{
		"pty-req": "tnnnns", "shell": "", "exec": "t", "subsystem": "t", "env": "tt", "x11-req": "bttn", "auth-agent-req@openssh.com": "",
	}
	anytimeShapes = map[string]shape{"window-change": "nnnn", "break": "n", "signal": "t"}
	globalShapes  = map[string]shape{
		"tcpip-forward": "tn", "cancel-tcpip-forward": "tn", "streamlocal-forward@openssh.com": "t", "cancel-streamlocal-forward@openssh.com": "t",
	}
	openShapes = map[string]shape{"session": "", "direct-tcpip": "tntn", "direct-streamlocal@openssh.com": "ttn"}
)

// fits reports whether data has the shape and nothing more.
func (s shape) fits(data []byte) bool {
	r := sshwire.NewReader(data)
	for _, c := range s {
		switch c {
		case 's':
			r.Bytes()
		case 't':
			r.Text()
		case 'n':
			r.Uint32()
		case 'b':
			r.Bool()
		}
	}
	return r.Done()
}
