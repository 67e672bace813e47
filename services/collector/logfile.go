package collector

import (
	"fmt"
	"os"
	"time"

	"github.com/decnet/decnet/pkg/decnet/rfc5424"
	"github.com/decnet/decnet/pkg/worker"
)

// logFile is a file of what was collected, for tools that read files. It is
// opened again when somebody has moved it away. After a crash the last lines may
// stand in it twice; the bus and the store have each once.
type logFile struct {
	path string
	// render adds a line in a form that is safe for line readers and terminals, with
	// its newline, or nothing.
	render  func(dst []byte, l line) []byte
	file    *os.File
	checked time.Time
	buf     []byte
}

// plainLine renders a line as it is.
func plainLine(dst []byte, l line) []byte {
	return append(rfc5424.AppendEscaped(dst, string(l.text), ""), '\n')
}

// append writes lines.
func (l *logFile) append(lines []line) error {
	if l.path == "" {
		return nil
	}
	if err := l.ensure(); err != nil {
		return err
	}
	l.buf = l.buf[:0]
	for _, line := range lines {
		l.buf = l.render(l.buf, line)
	}
	if _, err := l.file.Write(l.buf); err != nil {
		return fmt.Errorf("append to log file: %w", err)
	}
	return nil
}

// ensure has the file open that is at path now, looking at most once a second.
func (l *logFile) ensure() error {
	if l.file != nil && time.Since(l.checked) < time.Second {
		return nil
	}
	l.checked = time.Now()
	if l.file != nil {
		there, err := os.Stat(l.path)
		mine, merr := l.file.Stat()
		if err == nil && merr == nil && os.SameFile(there, mine) {
			return nil
		}
		l.close()
	}
	f, err := worker.AppendFile(l.path)
	if err != nil {
		return err
	}
	l.file = f
	return nil
}

func (l *logFile) close() {
	if l.file != nil {
		_ = l.file.Close() // every write was checked
		l.file = nil
	}
}
