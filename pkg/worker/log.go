package worker

import (
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
)

// LogConfig says what is logged where. Captured events are no logs; they have
// the bus and a file of their own.
type LogConfig struct {
	Level  string `mapstructure:"level" doc:"debug, info, warn or error"`
	Format string `mapstructure:"format" doc:"text or json"`
	File   string `mapstructure:"file" env:"DECNET_SYSTEM_LOGS" doc:"file to log to; empty logs to standard error"`
}

// DefaultLog logs what an operator wants to know to standard error.
func DefaultLog() LogConfig { return LogConfig{Level: "info", Format: "text"} }

// Validate refuses unknown levels and formats.
func (c LogConfig) Validate() error {
	var level slog.Level
	if err := level.UnmarshalText([]byte(c.Level)); err != nil {
		return fmt.Errorf("log.level %q: want debug, info, warn or error", c.Level)
	}
	if c.Format != "text" && c.Format != "json" {
		return fmt.Errorf("log.format %q: want text or json", c.Format)
	}
	return nil
}

// NewLogger opens the log. The closer ends it; it may be called once everything
// that logs has ended.
func NewLogger(c LogConfig) (*slog.Logger, io.Closer, error) {
	if err := c.Validate(); err != nil {
		return nil, nil, err
	}
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.Level)) // validated just now
	var w io.WriteCloser = nopCloser{os.Stderr}
	if c.File != "" {
		f := &rotatingFile{path: c.File, limit: maxLogFile}
		if err := f.open(); err != nil {
			return nil, nil, fmt.Errorf("log.file: %w", err)
		}
		w = f
	}
	opts := &slog.HandlerOptions{Level: level}
	if strings.EqualFold(c.Format, "json") {
		return slog.New(slog.NewJSONHandler(w, opts)), w, nil
	}
	return slog.New(slog.NewTextHandler(w, opts)), w, nil
}

type nopCloser struct{ io.Writer }

func (nopCloser) Close() error { return nil }

// maxLogFile is when a log file is moved aside; one earlier file is kept.
const maxLogFile = 10 << 20

// rotatingFile appends to path and moves it to path.1 when it is full.
type rotatingFile struct {
	path  string
	limit int64

	mu   sync.Mutex
	file *os.File
	size int64
}

func (r *rotatingFile) open() error {
	f, err := AppendFile(r.path)
	if err != nil {
		return err
	}
	info, err := f.Stat()
	if err != nil {
		_ = f.Close()
		return err
	}
	r.file, r.size = f, info.Size()
	return nil
}

func (r *rotatingFile) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.size+int64(len(p)) > r.limit && r.size > 0 {
		_ = r.file.Close()
		if err := os.Rename(r.path, r.path+".1"); err != nil {
			return 0, err
		}
		if err := r.open(); err != nil {
			return 0, err
		}
	}
	n, err := r.file.Write(p)
	r.size += int64(n)
	return n, err
}

func (r *rotatingFile) Close() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.file.Close()
}
