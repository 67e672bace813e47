package ssh

import (
	"context"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"github.com/decnet/decnet/decoys/capture"
	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/pkg/decnet"
)

// A client is one connection.
type client struct {
	server *server
	conn   *decoy.Conn
	ctx    context.Context //nolint:containedctx // of the connection
	user   string
	// agent is whether the client's agent was asked for, which nothing uses here.
	agent atomic.Bool
	// remarks are what OpenSSH tells a client that has logged in of the keys it looked at.
	remarks []string
	// sessions counts those that are open, recorded those of terminals, and fileEvents
	// the events of requests of scp and sftp.
	sessions, recorded, fileEvents atomic.Int32
	captured                       *capture.Files

	mu       sync.Mutex
	forwards forwards
}

// password decides on a password, in the time that PAM takes for it.
func (c *client) password(user string, secret []byte) bool {
	ok := len(secret) <= maxPassword && c.server.login.Allows(c.source(), user, secret)
	c.conn.LogCredential(user, secret, decnet.SecretPlaintext, ok, nil)
	if !ok && len(secret) > 0 && len(secret) <= maxPassword { // others never get to PAM
		decoy.Sleep(c.ctx, jitter(c.server.failDelay))
	}
	return ok
}

// maxPassword is the longest password that sshd looks at, in bytes.
const maxPassword = 1024

// admit takes as long as PAM does to begin a session.
func (c *client) admit() bool { return c.server.pace.login(c.ctx) }

// delay is the least time of a failed attempt.
func (c *client) delay(user string) time.Duration {
	if !c.server.transport.Release.RandomDelay {
		return 0
	}
	return failDelay(c.server.secret, user)
}

func (c *client) source() netip.Addr { return c.conn.Source.Addr() }

// open decides on a channel (RFC 4254 section 5.1).
func (c *client) open(kind string, payload []byte) (serve func(channel, <-chan request), refusal openRefusal) {
	failed := openRefusal{openConnectFailed, "open failed"}
	switch kind {
	case "session":
		if c.sessions.Add(1) > maxSessions {
			c.sessions.Add(-1)
			return nil, failed
		}
		return c.session, openRefusal{}
	case "direct-tcpip":
		return c.forwardTo(kind, payload)
	case "direct-streamlocal@openssh.com":
		w := sshwire.NewReader(payload)
		target := w.Text()
		c.conn.Log(kindForward, decoy.Fields{"type": kind, "target": target, "accepted": "false"}, "forwarding to %q was refused", target)
		return nil, failed // there is no such socket
	}
	c.conn.Log(kindForward, decoy.Fields{"type": kind, "accepted": "false"}, "channel %q was refused", kind)
	return nil, failed
}

// maxSessions is OpenSSH's MaxSessions.
const maxSessions = 10
