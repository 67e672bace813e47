package forwarder

import (
	"strconv"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/rfc5424"
)

// maxDatagram is the longest line that goes by UDP, in bytes; RFC 5426 wants
// receivers to take 2048 and allows more.
const maxDatagram = 8192

// render returns line as a receiver may have it, and whether it was cut: no
// control characters and no bytes that are not UTF-8, whoever wrote it, and at
// most limit bytes, none of them of half a character. A receiver that goes by
// lines, or that makes two messages of one that is too long, would otherwise
// show as a message what an attacker put inside one.
func render(line []byte, limit int) (text []byte, cut bool) {
	text = rfc5424.AppendEscaped(make([]byte, 0, len(line)), string(line), "")
	if len(text) <= limit {
		return text, false
	}
	return decnet.Cut(text, limit), true
}

// appendFrame adds text with its length before it (RFC 6587, 3.4.1; RFC 5425, 4.3).
func appendFrame(dst, text []byte) []byte {
	dst = append(strconv.AppendInt(dst, int64(len(text)), 10), ' ')
	return append(dst, text...)
}
