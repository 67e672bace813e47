package correlate

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/decnet/decnet/pkg/decnet"
)

// file is a temporary file with what was put off: profiles first, then lines in their order. A record is the
// number of the line, 0 of a profile, the length and the content. Nobody else can open it, and it is gone with
// this process.
type file struct {
	run   *run
	file  *os.File
	w     *bufio.Writer
	bytes int64
}

func newFile(r *run) (*file, error) {
	f, err := os.CreateTemp(r.Dir, "decnet-correlate-*")
	if err != nil {
		return nil, fmt.Errorf("put off what does not fit the memory: %w", err)
	}
	_ = os.Remove(f.Name())
	return &file{run: r, file: f, w: bufio.NewWriterSize(f, 32<<10)}, nil
}

func (f *file) close() { _ = f.file.Close() } // it is removed already

func (f *file) record(number uint64, content []byte) error {
	var head [2 * binary.MaxVarintLen64]byte
	n := binary.PutUvarint(head[:], number)
	n += binary.PutUvarint(head[n:], uint64(len(content)))
	_, err := f.w.Write(head[:n])
	if err == nil {
		_, err = f.w.Write(content)
	}
	if err != nil {
		return fmt.Errorf("put off what does not fit the memory: %w", err)
	}
	f.bytes += int64(n + len(content))
	return nil
}

func (f *file) line(l *line) error { return f.record(l.number, l.text) }

func (f *file) profile(p *decnet.Profile) error {
	data, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return f.record(0, data)
}

// read calls profile and fold with what was put off, in its order.
func (f *file) read(ctx context.Context, profile func(decnet.Profile), fold func(*line) error) error {
	if err := f.w.Flush(); err != nil {
		return fmt.Errorf("put off what does not fit the memory: %w", err)
	}
	if _, err := f.file.Seek(0, io.SeekStart); err != nil {
		return err
	}
	f.run.putOff(f.bytes)
	defer f.run.putOff(-f.bytes)
	r := bufio.NewReaderSize(f.file, 256<<10)
	for ctx.Err() == nil {
		number, err := binary.ReadUvarint(r)
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("read what was put off: %w", err)
		}
		if err := f.one(r, number, profile, fold); err != nil {
			return err
		}
	}
	return ctx.Err()
}

func (f *file) one(r *bufio.Reader, number uint64, profile func(decnet.Profile), fold func(*line) error) error {
	size, err := binary.ReadUvarint(r)
	if err != nil {
		return fmt.Errorf("read what was put off: %w", err)
	}
	content := make([]byte, size) // what we wrote ourselves
	if _, err := io.ReadFull(r, content); err != nil {
		return fmt.Errorf("read what was put off: %w", err)
	}
	if number == 0 {
		var p decnet.Profile
		if err := json.Unmarshal(content, &p); err != nil {
			return err
		}
		profile(p)
		return nil
	}
	e, err := ParseLine(content)
	if err != nil {
		return err
	}
	return fold(&line{number, content, e})
}
