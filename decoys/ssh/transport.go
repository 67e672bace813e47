package ssh

import (
	"errors"
	"io"
	"net"
	"sync"

	xssh "golang.org/x/crypto/ssh"
)

// This file and hostkey.go are all that knows golang.org/x/crypto/ssh: another
// transport has to offer handshake, link, channel and request.

// An authenticator decides who is let in.
type authenticator interface {
	password(user string, secret []byte) bool
	publicKey(user, keyType, fingerprint string)
}

// A link is a connection whose client is logged in.
type link struct {
	conn     *xssh.ServerConn
	channels <-chan xssh.NewChannel
	requests <-chan *xssh.Request
}

// A peer is what a link serves.
type peer interface {
	open(kind string, payload []byte) (serve func(channel, <-chan request), refusal string)
	global(kind string, payload []byte)
}

// A channel is one session's. exit tells the client the exit status and ends it.
type channel interface {
	io.ReadWriter
	stderr() io.Writer
	exit(status int)
}

// A request is one of a channel's. It is answered exactly once.
type request struct {
	kind    string
	payload []byte
	answer  func(ok bool)
}

var errRefused = errors.New("refused")

// algorithms are OpenSSH's in its order, as far as the library has them.
var algorithms = xssh.Config{
	KeyExchanges: []string{
		xssh.KeyExchangeCurve25519, xssh.KeyExchangeECDHP256, xssh.KeyExchangeECDHP384, xssh.KeyExchangeECDHP521,
		xssh.KeyExchangeDHGEXSHA256, xssh.KeyExchangeDH16SHA512, xssh.KeyExchangeDH14SHA256,
	},
	Ciphers: []string{
		xssh.CipherChaCha20Poly1305, xssh.CipherAES128CTR, xssh.CipherAES192CTR, xssh.CipherAES256CTR, xssh.CipherAES128GCM,
		xssh.CipherAES256GCM,
	},
	MACs: []string{xssh.HMACSHA256ETM, xssh.HMACSHA512ETM, xssh.HMACSHA256, xssh.HMACSHA512, xssh.HMACSHA1},
}

// handshake exchanges keys on c and lets the client authenticate. It closes c if
// it fails.
func handshake(c net.Conn, keys hostKeys, banner string, a authenticator) (*link, error) {
	config := &xssh.ServerConfig{
		Config: algorithms, MaxAuthTries: 6, ServerVersion: banner,
		PasswordCallback: func(m xssh.ConnMetadata, secret []byte) (*xssh.Permissions, error) {
			if a.password(m.User(), secret) {
				return &xssh.Permissions{}, nil
			}
			return nil, errRefused
		},
		PublicKeyCallback: func(m xssh.ConnMetadata, key xssh.PublicKey) (*xssh.Permissions, error) {
			a.publicKey(m.User(), key.Type(), xssh.FingerprintSHA256(key))
			return nil, errRefused
		},
	}
	for _, k := range keys {
		config.AddHostKey(k)
	}
	conn, channels, requests, err := xssh.NewServerConn(c, config)
	if err != nil {
		return nil, err
	}
	return &link{conn, channels, requests}, nil
}

func (l *link) user() string { return l.conn.User() }

// close ends the connection and waits for its goroutines.
func (l *link) close() {
	_ = l.conn.Close()
	_ = l.conn.Wait()
}

// serve serves p until the connection ends and all its channels with it. run
// starts goroutines.
func (l *link) serve(p peer, run func(func())) {
	var group sync.WaitGroup
	spawn := func(f func()) {
		group.Add(1)
		run(func() {
			defer group.Done()
			f()
		})
	}
	defer group.Wait()
	defer func() { _ = l.conn.Close() }()
	spawn(func() {
		for r := range l.requests {
			p.global(r.Type, r.Payload)
			if r.WantReply {
				_ = r.Reply(false, nil)
			}
		}
	})
	for n := range l.channels {
		serve, refusal := p.open(n.ChannelType(), n.ExtraData())
		if serve == nil {
			_ = n.Reject(xssh.Prohibited, refusal)
			continue
		}
		c, requests, err := n.Accept()
		if err != nil {
			continue
		}
		answered := make(chan request)
		spawn(func() {
			defer close(answered)
			for r := range requests {
				answered <- request{r.Type, r.Payload, func(ok bool) {
					if r.WantReply {
						_ = r.Reply(ok, nil)
					}
				}}
			}
		})
		spawn(func() {
			defer func() { _ = c.Close() }()
			serve(&sessionChannel{Channel: c}, answered)
			_ = c.Close()
			for r := range answered { // the session is over
				r.answer(false)
			}
		})
	}
}

type sessionChannel struct {
	xssh.Channel
	once sync.Once
}

func (c *sessionChannel) stderr() io.Writer { return c.Stderr() }

func (c *sessionChannel) exit(status int) {
	c.once.Do(func() {
		_, _ = c.SendRequest("exit-status", false, xssh.Marshal(struct{ Status uint32 }{uint32(status & 255)}))
		_ = c.CloseWrite()
		_ = c.Close()
	})
}
