package httpfp

import (
	"encoding/binary"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// The beginning of an HTTP/2 client (RFC 9113 section 3.4).
const preface = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"

// Bounds of what is read of an HTTP/2 client.
const (
	maxFrame  = 16384 // bytes; who wants larger ones has to be allowed to
	maxFrames = 64
)

// The errors of ParseHTTP2.
var (
	// ErrIncomplete says that more bytes are needed.
	ErrIncomplete = errors.New("the first request of the HTTP/2 client has not ended")
	ErrNotHTTP2   = errors.New("not an HTTP/2 client")
)

// A Setting is one of SETTINGS in the order in which it came.
type Setting struct {
	ID    uint16
	Value uint32
}

// A Priority is a PRIORITY frame (RFC 7540 section 6.3, which RFC 9113 gave up).
type Priority struct {
	Stream    uint32
	Exclusive bool
	DependsOn uint32
	Weight    int // 1 to 256
}

// HTTP2 is how a client begins.
type HTTP2 struct {
	Settings     []Setting
	WindowUpdate uint32 // of the connection, 0 if there is none
	Priorities   []Priority
	Pseudo       string // the order of pseudo-headers, such as "masp"
}

// Frames that count, and their flags.
const (
	frameHeaders      = 1
	framePriority     = 2
	frameSettings     = 4
	frameWindowUpdate = 8
	frameContinuation = 9

	flagAck        = 0x01
	flagEndHeaders = 0x04
	flagPadded     = 0x08
	flagPriority   = 0x20
)

// ParseHTTP2 reads what a client sent from its first byte to the headers of its first request.
// The errors are ErrIncomplete and ErrNotHTTP2.
func ParseHTTP2(b []byte) (*HTTP2, error) {
	n := min(len(b), len(preface))
	if string(b[:n]) != preface[:n] {
		return nil, ErrNotHTTP2
	}
	b = b[n:]
	h := new(HTTP2)
	var block []byte
	for range maxFrames {
		if len(b) < 9 {
			return nil, ErrIncomplete
		}
		length, kind, flags := int(b[0])<<16|int(b[1])<<8|int(b[2]), b[3], b[4]
		stream := binary.BigEndian.Uint32(b[5:]) & 0x7fffffff
		if length > maxFrame {
			return nil, ErrNotHTTP2
		}
		if len(b) < 9+length {
			return nil, ErrIncomplete
		}
		payload := b[9 : 9+length]
		b = b[9+length:]
		headers := false
		switch kind {
		case frameHeaders:
			fragment, ok := headerFragment(payload, flags)
			if !ok {
				return nil, ErrNotHTTP2
			}
			block, headers = fragment, true
		case frameContinuation:
			if block == nil {
				return nil, ErrNotHTTP2
			}
			if len(block) < maxFrame { // pseudo-headers are at the begin
				block = append(block, payload...)
			}
			headers = true
		default:
			h.frame(kind, flags, stream, payload)
		}
		if headers && flags&flagEndHeaders != 0 {
			h.Pseudo = pseudoOrder(block)
			return h, nil
		}
	}
	return nil, ErrNotHTTP2
}

// frame takes note of one that is not of headers.
func (h *HTTP2) frame(kind, flags byte, stream uint32, p []byte) {
	switch {
	case kind == frameSettings && flags&flagAck == 0 && len(p)%6 == 0 && h.Settings == nil:
		for ; len(p) > 0; p = p[6:] {
			h.Settings = append(h.Settings, Setting{binary.BigEndian.Uint16(p), binary.BigEndian.Uint32(p[2:])})
		}
	case kind == frameWindowUpdate && stream == 0 && len(p) == 4 && h.WindowUpdate == 0:
		h.WindowUpdate = binary.BigEndian.Uint32(p) & 0x7fffffff
	case kind == framePriority && len(p) == 5:
		parent := binary.BigEndian.Uint32(p)
		h.Priorities = append(h.Priorities, Priority{stream, parent>>31 == 1, parent & 0x7fffffff, int(p[4]) + 1})
	}
}

// headerFragment takes padding and priority off a HEADERS frame (RFC 9113 section 6.2).
func headerFragment(p []byte, flags byte) (fragment []byte, ok bool) {
	padding := 0
	if flags&flagPadded != 0 {
		if len(p) < 1 {
			return nil, false
		}
		padding, p = int(p[0]), p[1:]
	}
	if flags&flagPriority != 0 {
		if len(p) < 5 {
			return nil, false
		}
		p = p[5:]
	}
	if padding > len(p) {
		return nil, false
	}
	return append([]byte{}, p[:len(p)-padding]...), true
}

// String is Akamai's notation: settings, window update, priorities and pseudo-headers, such as
// "1:65536;3:1000;4:6291456|15663105|0|m,a,s,p".
func (h *HTTP2) String() string {
	settings := make([]string, len(h.Settings))
	for i, s := range h.Settings {
		settings[i] = fmt.Sprintf("%d:%d", s.ID, s.Value)
	}
	update := "00"
	if h.WindowUpdate != 0 {
		update = strconv.FormatUint(uint64(h.WindowUpdate), 10)
	}
	priorities := make([]string, len(h.Priorities))
	for i, p := range h.Priorities {
		exclusive := 0
		if p.Exclusive {
			exclusive = 1
		}
		priorities[i] = fmt.Sprintf("%d:%d:%d:%d", p.Stream, exclusive, p.DependsOn, p.Weight)
	}
	if len(priorities) == 0 {
		priorities = []string{"0"}
	}
	return strings.Join([]string{
		strings.Join(settings, ";"), update, strings.Join(priorities, ","), strings.Join(strings.Split(h.Pseudo, ""), ","),
	}, "|")
}
