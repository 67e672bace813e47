package bench

import (
	"errors"
	"os"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// spoolWriter writes lines into segments, each with one write as decoys do, and
// begins a new segment where a deployer would.
type spoolWriter struct {
	dir     string
	segment spool.Segment
	file    *os.File
	size    int
	written int
	line    []byte
	frame   []byte
}

const segmentBytes = 16 << 20

func (w *spoolWriter) write(e *decnet.Event) error {
	if w.file == nil {
		var err error
		if w.segment, w.file, err = spool.Create(w.dir); err != nil {
			return err
		}
	}
	w.line = eventlog.Append(w.line[:0], e)
	w.frame = spool.AppendFrame(w.frame[:0], w.line)
	if _, err := w.file.Write(w.frame); err != nil {
		return err
	}
	w.written++
	if w.size += len(w.frame); w.size > segmentBytes {
		return w.close()
	}
	return nil
}

func (w *spoolWriter) close() error {
	if w.file == nil {
		return nil
	}
	err := errors.Join(w.file.Close(), spool.Seal(w.segment))
	w.file, w.size = nil, 0
	return err
}
