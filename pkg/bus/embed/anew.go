package embed

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"time"
)

const (
	// roomNeeded is how much has to fit on the disk before the server begins anew, in
	// bytes: several batches.
	roomNeeded = 8 << 20
	// lookForRoom is how often that is tried, and anewEvery how often the server
	// begins anew at most, whatever is wrong with its disk.
	lookForRoom = 500 * time.Millisecond
	anewEvery   = 3 * time.Second
)

// watch has the server begin anew after a stream could not be written, since the
// server refuses everything for such a stream as long as it runs, also when the disk has
// room again. Who is connected connects again by itself, and what was not acknowledged
// is published again.
func (s *Server) watch(ctx context.Context) {
	defer close(s.ended)
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.failed:
		}
		s.log.Error("the bus cannot write to its disk: it begins anew once there is room", "folder", s.options.StoreDir)
		for !s.room() {
			if !sleep(ctx, lookForRoom) {
				return
			}
		}
		if !s.anew(ctx) || !sleep(ctx, anewEvery) {
			return
		}
	}
}

// anew stops the server and starts another on the same folder and port. It reports
// false if ctx is done before that was possible; then the server is stopped.
func (s *Server) anew(ctx context.Context) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ns.Shutdown()
	s.ns.WaitForShutdown()
	select {
	case <-s.failed: // what it said while it ended is settled too
	default:
	}
	for {
		ns, err := s.launch()
		if err == nil {
			s.ns = ns
			s.log.Info("the bus has begun anew")
			return true
		}
		s.log.Error("the bus cannot begin anew", "error", err)
		if !sleep(ctx, lookForRoom) {
			return false
		}
	}
}

// room reports whether the disk takes bytes.
func (s *Server) room() bool {
	path := filepath.Join(s.options.StoreDir, ".room")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err != nil {
		return false
	}
	_, err = f.Write(make([]byte, roomNeeded))
	err = errors.Join(err, f.Sync(), f.Close())
	return errors.Join(err, os.Remove(path)) == nil
}

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
