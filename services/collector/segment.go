package collector

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// maxPiece is the most that is read and kept of one line at once. A longer line
// is no event; it is kept in pieces.
const maxPiece = 1 << 20

// readChunk is how much is read from a segment at once to begin with.
const readChunk = 256 << 10

// line is one line of a segment, or a piece of one that is too long.
type line struct {
	text []byte
	// position is where it begins and next where the one behind it does.
	position, next int64
	// reason says why it cannot be an event; empty for all that might.
	reason string
}

// segment is an open segment that is read up to offset.
type segment struct {
	name   string
	file   *os.File
	offset int64
	sealed bool
	long   bool // in the middle of a line that is kept in pieces
}

// next returns up to limit lines from offset on. The same lines come again until
// the caller advances offset behind them.
func (s *segment) next(limit int) ([]line, error) {
	long := s.long
	for size := readChunk; ; size = min(4*size, maxPiece) {
		buf := make([]byte, size)
		n, err := s.file.ReadAt(buf, s.offset)
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("read spool segment %s: %w", s.name, err)
		}
		s.long = long
		lines := s.split(buf[:n], limit, n < size)
		if len(lines) > 0 || n < size {
			return lines, nil
		}
	}
}

// split cuts buf, which begins at offset, into lines; atEnd says that nothing is
// behind it as yet.
func (s *segment) split(buf []byte, limit int, atEnd bool) []line {
	var lines []line
	at := s.offset
	for len(buf) > 0 && len(lines) < limit {
		end := bytes.IndexByte(buf, '\n')
		l := line{text: buf, position: at, next: at + int64(len(buf))}
		switch {
		case end >= 0:
			l.text, l.next = buf[:end], at+int64(end)+1
			buf = buf[end+1:]
			if s.long {
				l.reason = "the last piece of a line that is too long"
			}
			s.long = false
		case len(buf) >= maxPiece:
			l.reason = fmt.Sprintf("a piece of a line longer than %d bytes", maxPiece)
			s.long = true
			buf = nil
		case atEnd && s.complete(): // its writer died in the middle of it
			buf = nil
		default:
			return lines
		}
		at = l.next
		if len(l.text) > 0 {
			lines = l.open(lines)
		} else if len(lines) == 0 {
			s.offset = at // an empty line carries nothing that could be lost
		}
	}
	return lines
}

// open adds to lines what is in l, which is as it stands in the segment: one line, if
// nothing has happened to it.
func (l line) open(lines []line) []line {
	if l.reason != "" {
		return append(lines, l)
	}
	for _, p := range spool.Pieces(l.text) {
		one := line{text: p.Text, position: l.position + int64(p.Offset), next: l.next}
		switch {
		case p.Damaged:
			one.reason = "a damaged line: its checksum does not match"
		case len(p.Text) > eventlog.MaxLine:
			one.reason = fmt.Sprintf("a line of %d bytes: events have at most %d", len(p.Text), eventlog.MaxLine)
		}
		lines = append(lines, one)
	}
	return lines
}

// settle is how long a sealed segment must have been left alone before it counts
// as complete: its writer may outlive for a moment the deployer that was killed.
const settle = time.Second

// complete reports whether nothing will be written to the segment any more.
func (s *segment) complete() bool {
	if !s.sealed {
		return false
	}
	info, err := s.file.Stat()
	return err == nil && time.Since(info.ModTime()) > settle
}

// names are the decky and the service for the subject, "_" where the line does
// not say: the third and fourth word of an RFC 5424 header.
func (l line) names() (decky, service string) {
	words := strings.SplitN(string(l.text[:min(len(l.text), 256)]), " ", 5)
	if len(words) < 5 || decnet.CheckName(words[2]) != nil || decnet.CheckName(words[3]) != nil {
		return "_", "_"
	}
	return words[2], words[3]
}

// session is the line's session for sampling; what it looks like does not matter.
func (l line) session() string {
	_, rest, ok := bytes.Cut(l.text, []byte(` session="`))
	end := bytes.IndexByte(rest, '"')
	if !ok || end < 0 || end > 64 || !utf8.Valid(rest[:end]) {
		return ""
	}
	return string(rest[:end])
}
