package docker

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"time"
)

// Stream is which of its two outputs a container wrote to.
type Stream uint8

// The outputs, with the numbers that the engine has for them.
const (
	Stdout Stream = 1
	Stderr Stream = 2
)

// String is "stdout" or "stderr".
func (s Stream) String() string {
	if s == Stderr {
		return "stderr"
	}
	return "stdout"
}

// other is the other output.
func (s Stream) other() Stream { return Stdout + Stderr - s }

// entry is one record of a container's log: a line, or one of the pieces that the
// engine makes of a line longer than 16 KiB. All pieces have the time of the first.
type entry struct {
	stream Stream
	time   int64  // nanoseconds since 1970
	text   []byte // without the newline; good until the next entry
	last   bool   // it ends its line
}

// maxEntry is the most that an entry may have, in bytes. Engines of today make
// them of 16 KiB and put the time before them.
const maxEntry = 1 << 20

// errEngineLog is wrapped if the engine cannot read its own log.
var errEngineLog = errors.New("the engine cannot read the container's log")

// entries reads what the engine sends of a log: frames of both outputs, each with
// the time before the text.
type entries struct {
	r    io.Reader
	head [8]byte
	buf  []byte
}

// next returns io.EOF at the end of what there is, and another error if that is not
// its end.
func (s *entries) next() (entry, error) {
	if _, err := io.ReadFull(s.r, s.head[:]); errors.Is(err, io.EOF) {
		return entry{}, io.EOF
	} else if err != nil {
		return entry{}, fmt.Errorf("the log breaks off: %w", err)
	}
	size := binary.BigEndian.Uint32(s.head[4:])
	if s.head[0] > 3 || s.head[1]|s.head[2]|s.head[3] != 0 || size > maxEntry {
		return entry{}, fmt.Errorf("%w: it is not one of two outputs: containers with a terminal cannot be followed", errEngineLog)
	}
	if cap(s.buf) < int(size) {
		s.buf = make([]byte, size)
	}
	s.buf = s.buf[:size]
	if _, err := io.ReadFull(s.r, s.buf); err != nil {
		return entry{}, fmt.Errorf("the log breaks off: %w", noEOF(err))
	}
	return parseEntry(Stream(s.head[0]), s.buf)
}

// noEOF keeps an end in the middle from being taken for the end.
func noEOF(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

// parseEntry reads a frame. The engine's own complaints come as frames too; they
// are of a third output, or have no time.
func parseEntry(stream Stream, frame []byte) (entry, error) {
	stamp, text, ok := bytes.Cut(frame, []byte(" "))
	at, err := time.Parse(time.RFC3339Nano, string(stamp[:min(len(stamp), 64)]))
	if !ok || err != nil || stream != Stdout && stream != Stderr {
		return entry{}, fmt.Errorf("%w: %s", errEngineLog, printable(string(frame), maxText))
	}
	text, last := bytes.CutSuffix(text, []byte("\n"))
	return entry{stream: stream, time: at.UnixNano(), text: text, last: last}, nil
}
