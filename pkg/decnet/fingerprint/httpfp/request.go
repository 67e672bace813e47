// Package httpfp fingerprints HTTP clients by how they ask, whatever they say they are.
//
// In comes the head of an HTTP/1 request (RFC 9112) or the first bytes of an HTTP/2 client
// (RFC 9113). Out come a fingerprint of our own for the former (Request.Fingerprint) and, for the
// latter, the notation of Akamai's paper "Passive Fingerprinting of HTTP/2 Clients" (2017).
package httpfp

import (
	"bytes"
	"errors"
	"strings"
)

// Bounds of a request's head. What is beyond them is not looked at.
const (
	MaxHead    = 64 << 10 // bytes
	MaxHeaders = 256
)

// ErrNotHTTP is returned for bytes that are not the head of an HTTP/1 request.
var ErrNotHTTP = errors.New("not the head of an HTTP/1 request")

// A Header is a field as it came: case is kept, spaces around the value are not.
type Header struct{ Name, Value string }

// Quirks are departures from RFC 9112 that writing by hand brings.
type Quirks uint8

// The quirks, with the letters that stand for them in fingerprints.
const (
	BareLF     Quirks = 1 << iota // l: a line that ends without CR
	SpaceName                     // s: a space before the colon
	TightColon                    // t: no space after the colon
	Folded                        // f: a value that goes on in the next line
	NoColon                       // n: a line that is not a field
)

const quirkLetters = "lstfn"

// String is the letters of the quirks.
func (q Quirks) String() string {
	var b strings.Builder
	for i := range len(quirkLetters) {
		if q&(1<<i) != 0 {
			b.WriteByte(quirkLetters[i])
		}
	}
	return b.String()
}

// A Request is the head of one.
type Request struct {
	Method  string
	Target  string
	Version string // what follows "HTTP/", such as "1.1"; "0.9" for a line that names none
	Headers []Header
	Quirks  Quirks
}

// ParseRequest reads a head: the request line and the fields up to the empty line, or as far as
// they came. It keeps nothing of head.
func ParseRequest(head []byte) (*Request, error) {
	head = head[:min(len(head), MaxHead)]
	r := new(Request)
	line, rest, ok := r.line(head)
	if !ok || !r.requestLine(line) {
		return nil, ErrNotHTTP
	}
	for len(r.Headers) < MaxHeaders {
		line, rest, ok = r.line(rest)
		if !ok || len(line) == 0 {
			break
		}
		r.field(string(line))
	}
	return r, nil
}

// line takes the next line that has an end.
func (r *Request) line(b []byte) (line, rest []byte, ok bool) {
	line, rest, ok = bytes.Cut(b, []byte("\n"))
	if !ok {
		return nil, nil, false
	}
	line, crlf := bytes.CutSuffix(line, []byte("\r"))
	if !crlf {
		r.Quirks |= BareLF
	}
	return line, rest, true
}

// requestLine reads method, target and version (RFC 9112 section 3).
func (r *Request) requestLine(line []byte) bool {
	method, rest, ok := strings.Cut(string(line), " ")
	if !ok || method == "" || len(method) > 32 || !isToken(method) {
		return false
	}
	r.Method, r.Target, r.Version = method, rest, "0.9"
	if i := strings.LastIndex(rest, " HTTP/"); i >= 0 {
		r.Target, r.Version = rest[:i], rest[i+len(" HTTP/"):]
	}
	return len(r.Version) <= 16 && r.Target != ""
}

// field reads a line of the head (RFC 9112 section 5).
func (r *Request) field(line string) {
	if line[0] == ' ' || line[0] == '\t' {
		r.Quirks |= Folded
		return
	}
	name, value, ok := strings.Cut(line, ":")
	if !ok {
		r.Quirks |= NoColon
		return
	}
	if trimmed := strings.TrimRight(name, " \t"); trimmed != name {
		r.Quirks |= SpaceName
		name = trimmed
	}
	if value != "" && value[0] != ' ' && value[0] != '\t' {
		r.Quirks |= TightColon
	}
	r.Headers = append(r.Headers, Header{Name: name, Value: strings.Trim(value, " \t")})
}

// isToken reports whether s is a token (RFC 9110 section 5.6.2).
func isToken(s string) bool {
	for i := range len(s) {
		if c := s[i]; c <= ' ' || c >= 0x7f || strings.IndexByte(`"(),/:;<=>?@[\]{}`, c) >= 0 {
			return false
		}
	}
	return s != ""
}
