package tlsfp

import "fmt"

// MaxMessage bounds a handshake message in bytes, with its header. No genuine hello
// is a quarter as long.
const MaxMessage = 64 << 10

// Types of handshake messages (RFC 8446, 4), the first byte of a message.
const (
	TypeClientHello = 1
	TypeServerHello = 2
	TypeCertificate = 11
)

// headerSize is the type of a message and the length of its body.
const headerSize = 4

// SyntaxError says why a message cannot be read.
type SyntaxError struct {
	// Message is what should have been read.
	Message string
	// Reason is what is wrong with it.
	Reason string
}

func (e *SyntaxError) Error() string { return fmt.Sprintf("read a TLS %s: %s", e.Message, e.Reason) }

// body returns the body of msg, a handshake message of type t. What follows it is
// left out.
func body(msg []byte, t int, name string) (*reader, error) {
	r := &reader{b: msg}
	have, size := r.u8(), r.u24()
	switch {
	case r.short:
		return nil, &SyntaxError{name, "the header is cut off"}
	case have != t:
		return nil, &SyntaxError{name, fmt.Sprintf("the message is of type %d, not %d", have, t)}
	case size > MaxMessage-headerSize:
		return nil, &SyntaxError{name, fmt.Sprintf("%d bytes are more than the %d that are read", size, MaxMessage-headerSize)}
	case size > len(r.b):
		return nil, &SyntaxError{name, fmt.Sprintf("%d bytes of %d are there", len(r.b), size)}
	}
	r.b = r.b[:size]
	return r, nil
}

// Leaf returns the first certificate, as DER, of a Certificate message of TLS 1.2 or
// earlier (RFC 5246, 7.4.2); TLS 1.3 encrypts its own. It is a piece of msg, nil if the
// message has no certificate. Whether it is a certificate at all is not looked at. The
// error is a *SyntaxError.
func Leaf(msg []byte) ([]byte, error) {
	const name = "certificate message"
	r, err := body(msg, TypeCertificate, name)
	if err != nil {
		return nil, err
	}
	list := &reader{b: r.take(r.u24())}
	if r.short {
		return nil, &SyntaxError{name, "the list is cut off"}
	}
	if len(list.b) == 0 {
		return nil, nil
	}
	leaf := list.take(list.u24())
	if list.short {
		return nil, &SyntaxError{name, "the first certificate is cut off"}
	}
	return leaf, nil
}
