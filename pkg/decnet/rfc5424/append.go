package rfc5424

import (
	"strconv"
	"strings"
	"unicode/utf8"
)

const stamp = "2006-01-02T15:04:05.000000Z"

// Append adds m as one line, without a newline, to dst and returns it. Header
// fields are cut to their limits and what they may not contain becomes '_', so
// the result is always a valid message.
func Append(dst []byte, m *Message) []byte {
	dst = append(dst, '<')
	dst = strconv.AppendInt(dst, int64(min(max(m.Priority, 0), 191)), 10)
	dst = append(dst, ">1 "...)
	if m.Time.IsZero() {
		dst = append(dst, '-')
	} else {
		dst = m.Time.UTC().AppendFormat(dst, stamp)
	}
	dst = appendHeader(dst, m.Host, MaxHost)
	dst = appendHeader(dst, m.App, MaxApp)
	dst = appendHeader(dst, m.ProcID, MaxProcID)
	dst = appendHeader(dst, m.MsgID, MaxMsgID)
	dst = append(dst, ' ')
	if len(m.Elements) == 0 {
		dst = append(dst, '-')
	}
	for i := range m.Elements {
		dst = appendElement(dst, &m.Elements[i])
	}
	if m.Text != "" {
		dst = append(dst, ' ')
		dst = AppendEscaped(dst, m.Text, "")
	}
	return dst
}

func appendHeader(dst []byte, s string, limit int) []byte {
	dst = append(dst, ' ')
	if s == "" {
		return append(dst, '-')
	}
	return appendName(dst, s, limit, "")
}

// appendName writes printable ASCII only, as header fields and names must be.
func appendName(dst []byte, s string, limit int, forbidden string) []byte {
	for i := range min(len(s), limit) {
		c := s[i]
		if c <= ' ' || c >= 0x7f || strings.IndexByte(forbidden, c) >= 0 {
			c = '_'
		}
		dst = append(dst, c)
	}
	return dst
}

func appendElement(dst []byte, e *Element) []byte {
	dst = append(dst, '[')
	dst = appendName(dst, e.ID, MaxSDName, `=]"`)
	for _, p := range e.Params {
		dst = append(dst, ' ')
		dst = appendName(dst, p.Name, MaxSDName, `=]"`)
		dst = append(dst, `="`...)
		dst = AppendEscaped(dst, p.Value, `"\]`)
		dst = append(dst, '"')
	}
	return append(dst, ']')
}

// AppendEscaped adds s with control characters and invalid bytes written as
// escapes and with a backslash before each byte of special. A terminal or a
// line reader can be given the result.
func AppendEscaped(dst []byte, s, special string) []byte {
	for i := 0; i < len(s); {
		c := s[i]
		if c < utf8.RuneSelf {
			dst = appendASCII(dst, c, special)
			i++
			continue
		}
		r, size := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && size == 1 || isHidden(r) {
			for _, b := range []byte(s[i : i+size]) {
				dst = appendHex(dst, b)
			}
		} else {
			dst = append(dst, s[i:i+size]...)
		}
		i += size
	}
	return dst
}

func appendASCII(dst []byte, c byte, special string) []byte {
	switch {
	case c == '\n':
		return append(dst, `\n`...)
	case c == '\r':
		return append(dst, `\r`...)
	case c == '\t':
		return append(dst, `\t`...)
	case c < ' ' || c == 0x7f:
		return appendHex(dst, c)
	case strings.IndexByte(special, c) >= 0:
		return append(dst, '\\', c)
	}
	return append(dst, c)
}

func appendHex(dst []byte, c byte) []byte {
	const digits = "0123456789abcdef"
	return append(dst, '\\', 'x', digits[c>>4], digits[c&15])
}

// isHidden reports runes that change how a line is read without being seen: C1
// controls, line and paragraph separators, and bidirectional overrides.
func isHidden(r rune) bool {
	return r >= 0x80 && r <= 0x9f || r >= 0x200e && r <= 0x200f ||
		r >= 0x2028 && r <= 0x202e || r >= 0x2066 && r <= 0x2069 || r == 0xfeff
}
