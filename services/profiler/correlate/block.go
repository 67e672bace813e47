package correlate

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

const (
	blockSize = 128 << 10
	// maxLine bounds a line, in bytes: a JSON line has the plain one in it, escaped. A longer one is refused.
	maxLine = 8 * eventlog.MaxLine
)

// block is some lines of a log.
type block struct {
	text   []byte
	first  uint64 // number of the line before it
	size   int
	cut    bool          // it is part of a line that is too long
	parsed chan struct{} // closed when the rest is there
	lines  uint64
	events [][]line // by shard

	noSource, refused, firstRefused uint64
	reason                          string
}

// line is a line of a log that is an event.
type line struct {
	number uint64
	text   []byte
	event  *decnet.Event
}

// readBlocks cuts r into blocks of whole lines. It closes both channels.
func readBlocks(ctx context.Context, r io.Reader, todo, order chan<- *block) error {
	defer close(order)
	defer close(todo)
	var rest []byte
	var number uint64
	skipping := false // the rest of a line that is too long
	send := func(b *block) error {
		b.parsed = make(chan struct{})
		b.first = number
		number += uint64(bytes.Count(b.text, []byte{'\n'})) //nolint:gosec // a count
		select {
		case todo <- b:
		case <-ctx.Done():
			return ctx.Err()
		}
		select {
		case order <- b:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	for {
		buf := make([]byte, len(rest)+blockSize)
		n := copy(buf, rest)
		m, err := io.ReadFull(r, buf[n:])
		buf = buf[:n+m]
		end := errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
		if err != nil && !end {
			return fmt.Errorf("read the log: %w", err)
		}
		if skipping {
			i := bytes.IndexByte(buf, '\n')
			if i < 0 && !end {
				rest = nil
				continue
			}
			if i < 0 {
				return nil
			}
			buf, skipping = buf[i+1:], false
		}
		cut := bytes.LastIndexByte(buf, '\n') + 1
		if end && cut < len(buf) {
			buf = append(buf, '\n')
			cut = len(buf)
		}
		rest = buf[cut:]
		if cut > 0 {
			if err := send(&block{text: buf[:cut], size: cut}); err != nil {
				return err
			}
		}
		if len(rest) > maxLine {
			if err := send(&block{text: []byte("\n"), size: len(rest), cut: true}); err != nil {
				return err
			}
			rest, skipping = nil, true
		}
		if end {
			return nil
		}
	}
}

// parse makes the lines into events, for each of n shards.
func (b *block) parse(n int) {
	defer close(b.parsed)
	b.events = make([][]line, n)
	for text := range bytes.Lines(b.text) {
		b.lines++
		text = bytes.TrimRight(text, "\r\n")
		if len(text) == 0 && !b.cut {
			continue
		}
		e, err := b.parseLine(text)
		switch {
		case err != nil:
			if b.refused++; b.refused == 1 {
				b.firstRefused, b.reason = b.lines, err.Error()
			}
		case e.Attacker == "":
			b.noSource++
		default:
			i := shardOf(e.Attacker, 0, n)
			b.events[i] = append(b.events[i], line{b.first + b.lines, text, e})
		}
	}
	b.text = nil
}

func (b *block) parseLine(line []byte) (*decnet.Event, error) {
	if b.cut || len(line) > maxLine {
		return nil, fmt.Errorf("the line is longer than %d bytes", maxLine)
	}
	return ParseLine(line)
}

// ParseLine reads one line of either form. The error says what is wrong with it.
func ParseLine(line []byte) (*decnet.Event, error) {
	if line = bytes.TrimLeft(line, " \t"); len(line) > 0 && line[0] == '{' {
		return parseJSON(line)
	}
	return eventlog.Parse(line)
}

// parseJSON reads an object of the collector's JSON file. The plain line in it says more than the rest,
// which is read only where that is not one of ours.
func parseJSON(line []byte) (*decnet.Event, error) {
	var view struct {
		Timestamp string            `json:"timestamp"`
		Decky     string            `json:"decky"`
		Service   string            `json:"service"`
		Kind      string            `json:"event_type"`
		Address   string            `json:"attacker_ip"`
		Port      uint16            `json:"attacker_port"`
		Session   string            `json:"session"`
		Fields    map[string]string `json:"fields"`
		Message   string            `json:"msg"`
		Raw       string            `json:"raw_line"`
	}
	if err := json.Unmarshal(line, &view); err != nil {
		return nil, fmt.Errorf("the line is no JSON object of an event: %w", err)
	}
	if view.Raw != "" {
		if e, err := eventlog.Parse([]byte(view.Raw)); err == nil {
			return e, nil
		}
	}
	e := &decnet.Event{Decky: view.Decky, Service: view.Service, Kind: view.Kind, SourcePort: view.Port, Session: view.Session, Fields: view.Fields, Message: view.Message}
	var err error
	if e.Time, err = parseTime(view.Timestamp); err != nil {
		return nil, fmt.Errorf("timestamp %.40q: want one such as 2026-11-23T06:37:55Z", view.Timestamp)
	}
	if e.Kind == "" || e.Decky == "" || e.Service == "" {
		return nil, errors.New("the JSON object has no decky, service or event_type")
	}
	if view.Address == "" {
		return e, nil
	}
	addr, err := netip.ParseAddr(view.Address)
	if err != nil {
		return nil, fmt.Errorf("attacker_ip %.60q: want an IP address", view.Address)
	}
	e.Source, e.Attacker = addr.Unmap().WithZone(""), decnet.AttackerIDOf(addr)
	return e, nil
}

// parseTime reads a time as we write it, or as the Python system did: without a zone, which is UTC.
func parseTime(s string) (time.Time, error) {
	t, err := time.Parse(time.RFC3339Nano, s)
	if err != nil {
		t, err = time.Parse(time.DateTime, s)
	}
	return t.UTC(), err
}

// shardOf is one of n; different levels share out the same attackers differently.
func shardOf(id decnet.AttackerID, level, n int) int {
	h := fnv.New32a()
	_, _ = h.Write([]byte{byte(level & 0xff)})
	_, _ = h.Write([]byte(id))
	return int(h.Sum32() % uint32(n)) //nolint:gosec // n is a handful
}
