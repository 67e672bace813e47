package deployer

import (
	"fmt"
	"os"
	"sync"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// journal writes events of the deployer's own to the spool.
type journal struct {
	dir     string
	mu      sync.Mutex
	segment spool.Segment
	file    *os.File
}

// write appends one event. The segment is opened at the first one.
func (j *journal) write(e *decnet.Event) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		var err error
		if j.segment, j.file, err = spool.Create(j.dir); err != nil {
			return err
		}
	}
	if _, err := j.file.Write(append(eventlog.Append(nil, e), '\n')); err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	return nil
}

// close seals the segment.
func (j *journal) close() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.file == nil {
		return nil
	}
	_ = j.file.Close() // every write was checked
	j.file = nil
	return spool.Seal(j.segment)
}
