// Package transport is the server's side of the SSH transport (RFC 4253) as
// OpenSSH speaks it. In come the bytes of a client after the identification
// exchange, out go the payloads of its packets; the answers to what breaks the
// protocol, and what is offered and in which order, are those of the release
// that the decoy claims to be.
package transport

import (
	"bufio"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/ssh/sshwire"
)

// Message numbers of RFC 4250 section 4.1.2 that this package deals with.
const (
	msgDisconnect     = 1
	msgIgnore         = 2
	msgUnimplemented  = 3
	msgDebug          = 4
	msgServiceRequest = 5
	msgExtInfo        = 7
	msgKexInit        = 20
	msgNewKeys        = 21
	msgLastTransport  = 49
	msgPing           = 192
	msgPong           = 193
)

// Config is what a server's connections have in common.
type Config struct {
	Release *Release
	// Keys are the host keys, by the names of their types.
	Keys []HostKey
	// Banner is our identification line, without its end.
	Banner string
}

// A HostKey signs for the server.
type HostKey interface {
	// Algorithms are the signature algorithms that it can be used with.
	Algorithms() []string
	// Public is the public key as it is sent (RFC 4253 section 6.6).
	Public() ([]byte, error)
	// Sign returns a signature with its format.
	Sign(algorithm string, data []byte) ([]byte, error)
}

// A Conn is one connection after its first key exchange. Read is called by one goroutine,
// the other methods by any.
type Conn struct {
	// ClientKexInit is what the client offered first: the payload of its
	// KEXINIT.
	ClientKexInit []byte
	// SessionID is the hash of the first key exchange.
	SessionID []byte
	// HostKey is the public key that the first key exchange was signed with.
	HostKey []byte

	config *Config
	client string // its identification line
	conn   net.Conn
	in     packetReader
	strict bool
	// extInfo is whether the client takes EXT_INFO, and extInfoDue whether it may
	// send one.
	extInfo, extInfoDue bool
	// coalesce is whether to answer all that is there before anything is sent.
	coalesce bool
	// compressIn and compressOut are what was agreed on.
	compressIn, compressOut bool
	// deferred are packets of the layers above that came during a key exchange.
	deferred      []deferred
	deferredBytes int
	// initial is whether the first key exchange is under way.
	initial bool

	mu      sync.Mutex
	settled *sync.Cond // no key exchange is under way
	// rekey is whether another one is; the goroutine that reads sets it, and so may look
	// at it without the mutex.
	rekey   bool
	out     packetWriter
	pending []byte // packets that are not sent yet
	failed  error
}

type deferred struct {
	payload []byte
	seq     uint32
}

// maxDeferred bounds the packets that come during a key exchange, in bytes.
const maxDeferred = 2 * maxPacket

// maxPending is how much may wait to be sent before Write sends it, in bytes.
const maxPending = 64 << 10

// Accept makes the first key exchange with a client that has identified itself with
// the line client. If it fails, the peer has been told what OpenSSH tells it, and the
// caller closes c.
func Accept(c net.Conn, config *Config, client string) (*Conn, error) {
	t := &Conn{
		config: config, client: client, conn: c,
		in:  packetReader{in: bufio.NewReaderSize(c, 2048), p: plain()},
		out: packetWriter{p: plain()}, initial: true,
	}
	t.settled = sync.NewCond(&t.mu)
	ours := t.kexInit()
	t.push(ours)
	theirs, seq, err := t.next(msgKexInit)
	if err == nil {
		t.ClientKexInit = append([]byte(nil), theirs...)
		err = t.exchange(ours, t.ClientKexInit, seq, true)
	}
	if err != nil {
		return t, t.fail(err)
	}
	t.initial = false
	return t, nil
}

// Unprotected returns a connection without keys, past its key exchange: what the layers above
// are tested with.
func Unprotected(c net.Conn, config *Config) *Conn {
	t := &Conn{
		config: config, conn: c, SessionID: make([]byte, 32),
		in: packetReader{in: bufio.NewReader(c), p: plain()}, out: packetWriter{p: plain()},
	}
	t.settled = sync.NewCond(&t.mu)
	return t
}

// kexInit is the payload of our KEXINIT.
func (t *Conn) kexInit() []byte {
	b := make([]byte, 17, 1024)
	b[0] = msgKexInit
	_, _ = rand.Read(b[1:]) // never fails
	r := t.config.Release
	for _, names := range [][]string{r.KexFor(t.client), r.HostKeys, r.Ciphers, r.Ciphers, r.MACs, r.MACs, r.Compressions, r.Compressions, nil, nil} {
		b = appendNames(b, names)
	}
	return append(b, 0, 0, 0, 0, 0)
}

// fail tells the peer of err what OpenSSH tells it, and returns err.
func (t *Conn) fail(err error) error {
	if d, ok := errors.AsType[*DisconnectError](err); ok {
		b := sshwire.AppendUint32([]byte{msgDisconnect}, d.Reason)
		t.push(sshwire.AppendString(sshwire.AppendString(b, d.Text), ""))
	}
	_ = t.Flush() // it is over anyway
	t.mu.Lock()
	if t.failed == nil {
		t.failed = err
	}
	t.settled.Broadcast()
	t.mu.Unlock()
	return err
}

// maxDisconnect is how much OpenSSH says at most, in bytes.
const maxDisconnect = 1023

// Disconnect tells the peer in words why the connection ends, which the caller closes.
func (t *Conn) Disconnect(reason uint32, text string) {
	_ = t.fail(&DisconnectError{reason, text[:min(len(text), maxDisconnect)]})
}

// push adds a packet to those to be sent, in a key exchange too.
func (t *Conn) push(payload []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.pending = t.out.append(t.pending, payload)
}

// Write adds a packet to those to be sent. During a key exchange it waits for its end.
func (t *Conn) Write(payload []byte) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	for t.rekey && t.failed == nil {
		t.settled.Wait()
	}
	if t.failed != nil {
		return t.failed
	}
	t.pending = t.out.append(t.pending, payload)
	if len(t.pending) > maxPending {
		return t.flush()
	}
	return nil
}

// Flush sends what was written.
func (t *Conn) Flush() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.flush()
}

// Send is Write and Flush.
func (t *Conn) Send(payload []byte) error {
	if err := t.Write(payload); err != nil {
		return err
	}
	return t.Flush()
}

func (t *Conn) flush() error {
	if len(t.pending) == 0 {
		return t.failed
	}
	_, err := t.conn.Write(t.pending)
	if t.pending = t.pending[:0]; cap(t.pending) > keptBuffer {
		t.pending = nil
	}
	if err != nil && t.failed == nil {
		t.failed = fmt.Errorf("send packets: %w", err)
		t.settled.Broadcast()
	}
	return t.failed
}

// Coalesce has Read send what was written only once there is nothing more to read, as OpenSSH
// does after somebody has logged in; before, it does so ahead of every packet.
func (t *Conn) Coalesce() { t.coalesce = true }

// Compress starts the compression that was agreed on, after somebody has logged in
// (the method zlib@openssh.com).
func (t *Conn) Compress() {
	if t.compressIn {
		t.in.inf = newInflater()
	}
	if t.compressOut {
		t.mu.Lock()
		t.out.def = newDeflater()
		t.mu.Unlock()
	}
}

// Read returns the payload of the next packet that is not the transport's own, and its
// number. It is valid until the next call. If it fails, the peer has been told, and the
// caller closes the connection.
func (t *Conn) Read() (payload []byte, seq uint32, err error) {
	for {
		if len(t.deferred) > 0 {
			d := t.deferred[0]
			t.deferred = t.deferred[1:]
			t.deferredBytes -= len(d.payload)
			return d.payload, d.seq, nil
		}
		payload, seq, err = t.next(msgKexInit, msgExtInfo)
		switch {
		case err != nil:
			return nil, 0, t.fail(err)
		case payload[0] == msgExtInfo:
			err = t.clientExtInfo(payload, seq)
		case payload[0] == msgKexInit:
			err = t.rekeyWith(append([]byte(nil), payload...), seq)
		default:
			t.extInfoDue = false
			return payload, seq, nil
		}
		if err != nil {
			return nil, 0, t.fail(err)
		}
	}
}

func (t *Conn) rekeyWith(theirs []byte, seq uint32) error {
	t.mu.Lock()
	t.rekey = true
	t.mu.Unlock()
	ours := t.kexInit()
	t.push(ours)
	err := t.exchange(ours, theirs, seq, false)
	t.mu.Lock()
	t.rekey = false
	t.settled.Broadcast()
	t.mu.Unlock()
	return err
}

// Unimplemented tells the peer that the packet with this number was not understood.
func (t *Conn) Unimplemented(seq uint32) error {
	return t.Write(sshwire.AppendUint32([]byte{msgUnimplemented}, seq))
}

// ErrDisconnected says that the peer has disconnected in the protocol's way.
var ErrDisconnected = errors.New("the peer disconnected")

// next returns the next packet that is one of the transport's own types expected, or not
// of the transport at all. The others are dealt with here.
func (t *Conn) next(expected ...byte) (payload []byte, seq uint32, err error) {
	for {
		if !t.coalesce || t.in.in.Buffered() == 0 {
			if err := t.Flush(); err != nil {
				return nil, 0, err
			}
		}
		payload, seq, err = t.in.read()
		if err != nil {
			return nil, 0, err
		}
		kind := payload[0]
		for _, k := range expected {
			if k == kind {
				return payload, seq, nil
			}
		}
		r := sshwire.NewReader(payload[1:])
		strict := t.initial && t.strict
		switch {
		case kind == msgDisconnect:
			r.Uint32()
			r.Bytes()
			if !r.OK() {
				return nil, 0, errSilent
			}
			return nil, 0, ErrDisconnected
		case strict && kind <= msgLastTransport:
			return nil, 0, protocolError("strict KEX violation: unexpected packet type %d (seqnr %d)", kind, seq)
		case kind == msgIgnore:
		case kind == msgDebug:
			r.Bool()
			r.Bytes()
			r.Bytes()
			if !r.OK() {
				return nil, 0, errSilent
			}
		case kind == msgUnimplemented:
			if r.Uint32(); !r.OK() {
				return nil, 0, errSilent
			}
		case kind == msgServiceRequest || kind > msgLastTransport:
			if !t.initial && !t.rekey {
				return payload, seq, nil
			}
			if kind > msgLastTransport && !t.initial && t.deferredBytes+len(payload) <= maxDeferred {
				t.deferredBytes += len(payload)
				t.deferred = append(t.deferred, deferred{append([]byte(nil), payload...), seq})
				continue
			}
			if kind > msgLastTransport {
				return nil, 0, silently("packet type %d in a key exchange", kind)
			}
			fallthrough
		default:
			t.push(sshwire.AppendUint32([]byte{msgUnimplemented}, seq))
		}
	}
}

// clientExtInfo takes note of the client's extensions, of which none matters here
// (RFC 8308 section 2.3). It may send them once.
func (t *Conn) clientExtInfo(payload []byte, seq uint32) error {
	if !t.extInfoDue || !t.config.Release.takesExtInfo() {
		return t.Unimplemented(seq)
	}
	t.extInfoDue = false
	r := sshwire.NewReader(payload[1:])
	n := r.Uint32()
	if n >= 1024 {
		return errSilent
	}
	for range n {
		r.Text()
		r.Bytes()
	}
	if !r.OK() {
		return errSilent
	}
	return nil
}

// Close closes the connection. It does not wait.
func (t *Conn) Close() error {
	_ = t.conn.SetWriteDeadline(time.Now()) // who writes is to stop
	t.mu.Lock()
	if t.failed == nil {
		t.failed = io.ErrClosedPipe
	}
	t.settled.Broadcast()
	t.mu.Unlock()
	if err := t.conn.Close(); err != nil {
		return fmt.Errorf("close: %w", err)
	}
	return nil
}
