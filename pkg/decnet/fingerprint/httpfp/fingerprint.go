package httpfp

import (
	"fmt"
	"slices"
	"strings"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/internal/digest"
)

// passing are headers that a client sends with some requests and not with others, in lower case:
// they say what was asked for, not who asked. Those that end with "-" are beginnings.
var passing = []string{
	"authorization", "proxy-authorization", "cookie", "cookie2", "referer", "origin", "range",
	"if-", "cache-control", "pragma", "priority", "expect",
	"content-", "transfer-encoding", "trailer",
	"upgrade", "upgrade-insecure-requests", "http2-settings", "sec-websocket-",
	"sec-ch-", "sec-fetch-", "sec-purpose", "purpose", "x-requested-with", "access-control-request-",
}

// telling are headers of which the value counts too, in lower case.
var telling = []string{"accept-encoding", "connection", "accept-language"}

// Fingerprint is a name for the client, such as "http1_11k050_0123456789ab". The parts are
//
//	http1_          the version of this format
//	11              the version of HTTP without its point, "xx" if it is none
//	k               the method: k one that is known, o another, l one with small letters
//	05              how many headers count, in two digits, 99 at most
//	0               how many languages it accepts, 9 at most
//	_0123456789ab   the SHA-256 of Text, of which these are the first 12 digits
//
// Neither the target nor the method nor the User-Agent is in it, and no header that a client sends
// with some requests only, so that it is the same for all that one program asks.
func (r *Request) Fingerprint() string {
	return fmt.Sprintf("http1_%s%c%02d%d_%s", r.shortVersion(), r.methodShape(),
		min(len(r.lasting()), 99), min(len(languages(r.value("accept-language"))), 9), digest.Short(r.Text()))
}

// Text is what the fingerprint is a hash of: version, shape of the method, quirks, and the headers
// in order and case, each on a line; accept-encoding and connection with their values,
// accept-language with the shape of its value.
func (r *Request) Text() string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s %c %s\n", r.shortVersion(), r.methodShape(), r.Quirks)
	for _, h := range r.lasting() {
		b.WriteString(h.Name)
		if lower := strings.ToLower(h.Name); lower == "accept-language" {
			b.WriteString(": " + strings.Join(languages(h.Value), ","))
		} else if slices.Contains(telling, lower) {
			b.WriteString(": " + h.Value)
		}
		b.WriteByte('\n')
	}
	return b.String()
}

// lasting are the headers that a client sends with every request.
func (r *Request) lasting() []Header {
	var out []Header
	for _, h := range r.Headers {
		lower := strings.ToLower(h.Name)
		if !slices.ContainsFunc(passing, func(p string) bool {
			return lower == p || strings.HasSuffix(p, "-") && strings.HasPrefix(lower, p)
		}) {
			out = append(out, h)
		}
	}
	return out
}

// value is that of the first header of a name, which is in lower case.
func (r *Request) value(name string) string {
	for _, h := range r.Headers {
		if strings.ToLower(h.Name) == name {
			return h.Value
		}
	}
	return ""
}

func (r *Request) shortVersion() string {
	switch r.Version {
	case "0.9", "1.0", "1.1", "2.0":
		return r.Version[:1] + r.Version[2:]
	}
	return "xx"
}

var methods = []string{"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "TRACE", "CONNECT"}

func (r *Request) methodShape() byte {
	switch {
	case slices.Contains(methods, r.Method):
		return 'k'
	case strings.ToUpper(r.Method) != r.Method:
		return 'l'
	}
	return 'o'
}

// languages are the shapes of what Accept-Language lists: letters become x or X, so that the
// language of a user does not make another client of it.
func languages(value string) []string {
	if value == "" {
		return nil
	}
	var out []string
	for part := range strings.SplitSeq(value, ",") {
		tag, quality, weighed := strings.Cut(part, ";")
		shape := strings.Map(func(c rune) rune {
			switch {
			case c >= 'a' && c <= 'z':
				return 'x'
			case c >= 'A' && c <= 'Z':
				return 'X'
			}
			return c
		}, tag)
		if weighed {
			shape += ";" + quality
		}
		out = append(out, shape)
	}
	return out
}
