// Package replay plays recordings of terminals. In goes a recording as asciicast
// version 2, which an attacker has shaped; out goes what he saw, at the speed he saw it,
// without anything that does more to the operator's terminal than show text.
package replay

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"time"
)

// maxLine bounds one line of a recording, in bytes.
const maxLine = 4 << 20

// Options say how to play.
type Options struct {
	// Speed is how many times as fast; 0 is without pauses.
	Speed float64
	// Idle bounds each pause before it is divided by Speed; 0 is no bound.
	Idle time.Duration
	// Wait waits for so long, or less if ctx is done.
	Wait func(ctx context.Context, d time.Duration)
}

// Header is the first line of a recording.
type Header struct {
	Version   int   `json:"version"`
	Width     int   `json:"width"`
	Height    int   `json:"height"`
	Timestamp int64 `json:"timestamp"`
}

// Play plays the recording r on out until it ends or ctx is done. A recording that ends
// in the middle of a line, as one of a process that was killed may, ends there.
func Play(ctx context.Context, r io.Reader, out io.Writer, o Options) error {
	in := bufio.NewReaderSize(r, 64<<10)
	line, err := readLine(in)
	if err != nil {
		return fmt.Errorf("read the recording: %w", err)
	}
	var h Header
	if err := json.Unmarshal(line, &h); err != nil || h.Version != 2 {
		return errors.New("this is no recording: want asciicast version 2")
	}
	f := &Filter{}
	defer func() { _, _ = io.WriteString(out, "\x1b[0m\r\n") }() // whatever it left behind
	last := 0.0
	for ctx.Err() == nil {
		line, err := readLine(in)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read the recording: %w", err)
		}
		at, code, data, ok := parse(line)
		if !ok || code != "o" && code != "m" {
			continue
		}
		o.pause(ctx, at-last)
		last = max(last, at)
		text := f.Clean(data)
		if code == "m" {
			text = "\x1b[0m\r\n[" + (&Filter{}).Clean(data) + "]\r\n"
		}
		if _, err := io.WriteString(out, text); err != nil {
			return fmt.Errorf("play: %w", err)
		}
	}
	return nil
}

// longest is the longest pause there is, in seconds.
const longest = 24 * 60 * 60

func (o *Options) pause(ctx context.Context, seconds float64) {
	if o.Speed <= 0 || !(seconds > 0) { // also what is no number
		return
	}
	d := time.Duration(min(seconds, longest) * float64(time.Second))
	if o.Idle > 0 {
		d = min(d, o.Idle)
	}
	o.Wait(ctx, time.Duration(float64(d)/o.Speed))
}

// parse reads the line of an event.
func parse(line []byte) (at float64, code, data string, ok bool) {
	var parts []json.RawMessage
	if json.Unmarshal(line, &parts) != nil || len(parts) != 3 {
		return 0, "", "", false
	}
	for i, to := range []any{&at, &code, &data} {
		if json.Unmarshal(parts[i], to) != nil {
			return 0, "", "", false
		}
	}
	return at, code, data, true
}

// readLine reads a line without its end. What is after the last newline is none.
func readLine(in *bufio.Reader) ([]byte, error) {
	var line []byte
	for {
		part, err := in.ReadSlice('\n')
		line = append(line, part...)
		switch {
		case err == nil:
			return bytes.TrimSuffix(line, []byte("\n")), nil
		case !errors.Is(err, bufio.ErrBufferFull):
			return nil, err
		case len(line) > maxLine:
			return nil, fmt.Errorf("a line is longer than %d bytes", maxLine)
		}
	}
}
