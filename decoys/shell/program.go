package shell

import (
	"context"
	"io"
)

// A Program is a command that the service brings along, such as scp. It runs like any
// other, where the machine has a file for it, and returns its exit status.
type Program func(ctx context.Context, p Process) int

// Process is what a Program runs with.
type Process struct {
	Streams
	// Args are its name and arguments.
	Args []string
	// Dir is the folder that it runs in.
	Dir string
}

// brought runs the program called name, if the service has brought it along. Its
// output is not bounded as that of a command line is: it has bounds of its own.
func (s *Shell) brought(name string, p *proc) (status int, ok bool) {
	run, ok := s.Programs[name]
	if !ok {
		return 0, false
	}
	return run(p.ctx, Process{Streams{p.In, unlimited(p.Out), unlimited(p.Err)}, p.args, s.dir}), true
}

func unlimited(w io.Writer) io.Writer {
	if l, ok := w.(*limit); ok {
		return l.w
	}
	return w
}

// Disk is the size of the machine's one file system and what of it is free, for root and
// for others, in bytes.
func (s *System) Disk() (total, free, available uint64) {
	h := &s.hardware
	rest := h.diskKB - h.usedKB
	return uint64(h.diskKB) << 10, uint64(rest) << 10, uint64(rest-h.diskKB/20) << 10 //nolint:gosec // a disk's size
}
