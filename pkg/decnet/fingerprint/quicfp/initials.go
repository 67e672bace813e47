package quicfp

import (
	"github.com/decnet/decnet/pkg/decnet/fingerprint/internal/assemble"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// State is what is known of a client after some of its datagrams.
type State = tlsfp.State

// The states.
const (
	More    = tlsfp.More
	Message = tlsfp.Message
	NotQUIC = tlsfp.NotTLS // not QUIC, or of a version that is not known
	Ended   = tlsfp.Ended
)

// MaxDatagrams bounds how many datagrams of a client are read.
const MaxDatagrams = 64

// maxPackets bounds how many packets of a datagram are read. A client sends one of each
// of three types at most.
const maxPackets = 8

// Initials takes the ClientHello out of the datagrams that a client sends, over any
// number of packets and frames in any order. The zero value is ready for the first one.
// It keeps assemble.MaxSize bytes at most and nothing once it is through.
type Initials struct {
	state State
	taken int
	keys  *keys // of the packets so far, nil before the first
	hello assemble.Buffer
}

// Add takes the next datagram of the client and returns the ClientHello if it is there
// whole, once, in the form that tlsfp.ParseClientHello reads. After that the state is
// Ended. A first datagram with nothing in it that can be decrypted is NotQUIC.
func (i *Initials) Add(datagram []byte) (msg []byte, state State) {
	if i.state != More {
		return nil, i.state
	}
	i.taken++
	known := false
	for range maxPackets {
		p, rest, ok := firstPacket(datagram)
		if !ok {
			break
		}
		datagram = rest
		known = p.kind != kindInitial || i.initial(p) || known
	}
	msg = i.message()
	switch {
	case msg != nil:
		i.state = Ended
	case !known && i.keys == nil:
		i.state = NotQUIC
	case i.taken == MaxDatagrams:
		i.state = Ended
	}
	if i.state != More {
		i.keys, i.hello = nil, assemble.Buffer{}
	}
	if msg != nil {
		return msg, Message
	}
	return nil, i.state
}

// initial takes an Initial packet. It reports whether it can be decrypted.
func (i *Initials) initial(p packet) bool {
	var payload []byte
	ok := false
	if i.keys != nil {
		payload, ok = i.keys.open(p.bytes, p.number)
	}
	if !ok {
		// The first packet; or the client has been told to begin again with another
		// connection id (RFC 9001, 5.2), or in another version.
		k, err := newKeys(p.version, p.id)
		if err != nil {
			return false
		}
		if payload, ok = k.open(p.bytes, p.number); !ok {
			return false
		}
		i.keys, i.hello = k, assemble.Buffer{}
	}
	if !cryptoFrames(payload, &i.hello) {
		i.state = Ended
	}
	return true
}

// message returns the ClientHello if it is there whole. Nothing else comes first.
func (i *Initials) message() []byte {
	const header = 4
	b := i.hello.Start()
	if len(b) > 0 && b[0] != tlsfp.TypeClientHello {
		i.state = Ended
		return nil
	}
	if len(b) < header {
		return nil
	}
	size := header + int(b[1])<<16 + int(b[2])<<8 + int(b[3])
	if size > tlsfp.MaxMessage {
		i.state = Ended
		return nil
	}
	if len(b) < size {
		return nil
	}
	return b[:size:size]
}
