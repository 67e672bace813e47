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
	dir string
	// limit is the size at which a segment is sealed, so that what is delivered
	// of it can be deleted.
	limit   int64
	mu      sync.Mutex
	segment spool.Segment
	file    *os.File
	size    int64
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
	n, err := j.file.Write(spool.AppendFrame(nil, eventlog.Append(nil, e)))
	if err != nil {
		return fmt.Errorf("write event: %w", err)
	}
	if j.size += int64(n); j.size >= j.limit {
		return j.seal()
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
	return j.seal()
}

func (j *journal) seal() error {
	_ = j.file.Close() // every write was checked
	j.file, j.size = nil, 0
	return spool.Seal(j.segment)
}
