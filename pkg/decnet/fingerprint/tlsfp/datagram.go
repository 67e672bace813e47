package tlsfp

import (
	"encoding/binary"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/internal/assemble"
)

// MaxDatagrams bounds how many datagrams of a client a Datagram reads.
const MaxDatagrams = 64

const (
	// A record has its epoch and number between version and length (RFC 6347, 4.1).
	dtlsRecordHeader = 13
	// A message has its number and the place of the fragment after type and length
	// (RFC 6347, 4.2.2).
	dtlsMessageHeader = 12
)

// Datagram takes the ClientHello out of the datagrams that a client of DTLS 1.0 to 1.3
// sends, over any number of fragments in any order. The zero value is ready for the
// first one. It keeps MaxMessage bytes at most and nothing once it is through.
type Datagram struct {
	state  State
	taken  int
	begun  bool   // there was a fragment of a ClientHello
	number uint16 // of the message that is put together
	header [headerSize]byte
	size   int // of its body
	parts  assemble.Buffer
}

// Add takes the next datagram of the client and returns the ClientHello if it is there
// whole, once, in the form that ParseClientHello reads. After that the state is Ended:
// a client that is asked for a cookie sends the same hello with it.
func (d *Datagram) Add(datagram []byte) (msg []byte, state State) {
	if d.state != More {
		return nil, d.state
	}
	d.taken++
	for len(datagram) > 0 && d.state == More {
		var content []byte
		content, datagram = d.record(datagram)
		for len(content) > 0 && d.state == More {
			content = d.fragment(content)
		}
		if d.begun && d.state == More {
			if body := d.parts.Start(); len(body) >= d.size {
				msg = append(d.header[:], body[:d.size]...)
				d.state = Ended
			}
		}
	}
	if d.state == More && d.taken == MaxDatagrams {
		d.state = Ended
	}
	if d.state == More {
		return nil, More
	}
	d.parts = assemble.Buffer{}
	if msg != nil {
		return msg, Message
	}
	return nil, d.state
}

// record returns the content of the first record, if it is of a handshake that is not
// encrypted, and what follows the record.
func (d *Datagram) record(b []byte) (content, rest []byte) {
	if len(b) < dtlsRecordHeader || !isDTLS(binary.BigEndian.Uint16(b[1:])) || b[0] < recordChangeCipherSpec || b[0] > recordHandshake {
		d.broken()
		return nil, nil
	}
	epoch, size := binary.BigEndian.Uint16(b[3:]), int(binary.BigEndian.Uint16(b[11:]))
	kind, b := b[0], b[dtlsRecordHeader:]
	if size > len(b) {
		d.broken()
		return nil, nil
	}
	if kind != recordHandshake || epoch != 0 {
		return nil, b[size:]
	}
	return b[:size], b[size:]
}

// fragment takes one fragment of a ClientHello and returns what follows it.
func (d *Datagram) fragment(b []byte) (rest []byte) {
	if len(b) < dtlsMessageHeader {
		d.broken()
		return nil
	}
	r := &reader{b: b}
	kind, size, number, offset, length := r.u8(), r.u24(), r.u16(), r.u24(), r.u24()
	piece := r.take(length)
	if kind != TypeClientHello || r.short || size > MaxMessage-headerSize || offset+length > size {
		d.broken()
		return nil
	}
	if !d.begun || number != d.number || size != d.size {
		// The first fragment, or one of a hello that is sent instead of the last.
		d.begun, d.number, d.size, d.parts = true, number, size, assemble.Buffer{}
		d.header = [headerSize]byte(b)
	}
	if !d.parts.Put(uint64(offset), piece) { //nolint:gosec // it has three bytes
		d.state = Ended
	}
	return r.b
}

// broken is what follows bytes that are not understood: others' datagrams at first,
// later ones of no interest.
func (d *Datagram) broken() {
	if !d.begun {
		d.state = NotTLS
	}
}
