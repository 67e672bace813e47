package sniffer

import (
	"bufio"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/capture"
)

const (
	// maxOpen is how many sessions are recorded at a time.
	maxOpen = 64
	// over is how long a session is silent when it is over.
	over = 5 * time.Minute
	// suffix is what recordings end in; nothing else in their folder is touched.
	suffix = ".pcap"
)

// recorder keeps the packets of attackers' sessions in capture files, each up to a
// quota, and forgets the oldest when all have too much.
type recorder struct {
	dir          string
	quota, total int64 // bytes of one and of all
	log          *slog.Logger
	open         map[netip.Addr]*recording
	closed       []kept // the oldest first
	used         int64  // bytes of the closed ones
}

// recording is one that goes on.
type recording struct {
	path string
	file *os.File
	buf  *bufio.Writer
	w    *capture.Writer
	last time.Time
	full bool
}

// kept is one that is over.
type kept struct {
	path string
	size int64
}

// newRecorder takes over what is in the folder.
func newRecorder(dir string, quota, total int64, log *slog.Logger) (*recorder, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder for recordings: %w", err)
	}
	r := &recorder{dir: dir, quota: quota, total: total, log: log, open: make(map[netip.Addr]*recording)}
	entries, err := os.ReadDir(dir) // by name, which begins with the time
	if err != nil {
		return nil, fmt.Errorf("read the folder of recordings: %w", err)
	}
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && strings.HasSuffix(e.Name(), suffix) {
			r.keep(kept{filepath.Join(dir, e.Name()), info.Size()})
		}
	}
	return r, nil
}

// begin has the packets from and to a recorded from now on.
func (r *recorder) begin(a netip.Addr, now time.Time) {
	if x := r.open[a]; x != nil || len(r.open) >= maxOpen {
		return
	}
	name := now.UTC().Format("20060102T150405.000000000Z") + "-" + strings.ReplaceAll(a.String(), ":", "_") + suffix
	x := &recording{path: filepath.Join(r.dir, name), last: now}
	var err error
	if x.file, err = os.OpenFile(x.path, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600); err != nil {
		r.log.Warn("a session cannot be recorded", "attacker", a, "error", err)
		return
	}
	x.buf = bufio.NewWriter(x.file)
	if x.w, err = capture.NewWriter(x.buf, capture.LinkEthernet, capture.MaxSnap, r.quota); err != nil {
		r.log.Warn("a session cannot be recorded", "attacker", a, "error", err)
		_ = x.file.Close()
		return
	}
	r.open[a] = x
}

// packet records a packet if it is of a session.
func (r *recorder) packet(p *capture.Packet) {
	if len(r.open) == 0 {
		return
	}
	for _, a := range [2]netip.Addr{p.Src, p.Dst} {
		x := r.open[a]
		if x == nil {
			continue
		}
		x.last = p.Time
		if x.full {
			continue
		}
		err := x.w.Write(p)
		if x.full = err != nil; x.full && !errors.Is(err, capture.ErrQuota) {
			r.log.Warn("a session is not recorded any further", "attacker", a, "error", err)
		}
	}
}

// tick ends what is over, and all if now is the zero time.
func (r *recorder) tick(now time.Time) {
	for a, x := range r.open {
		if !now.IsZero() && now.Sub(x.last) < over {
			continue
		}
		delete(r.open, a)
		err := errors.Join(x.buf.Flush(), x.file.Close())
		info, serr := os.Stat(x.path)
		if err = errors.Join(err, serr); err != nil {
			r.log.Warn("a recording is not whole", "attacker", a, "error", err)
		}
		if serr == nil {
			r.keep(kept{x.path, info.Size()})
		}
	}
}

// keep counts one that is over, and removes the oldest if that makes too much.
func (r *recorder) keep(k kept) {
	r.closed = append(r.closed, k)
	r.used += k.size
	for r.used > r.total && len(r.closed) > 0 {
		oldest := r.closed[0]
		r.closed = slices.Delete(r.closed, 0, 1)
		r.used -= oldest.size
		if err := os.Remove(oldest.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			r.log.Warn("an old recording cannot be removed", "error", err)
		}
	}
}
