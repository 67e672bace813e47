package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime/debug"
	"strconv"

	"golang.org/x/sys/unix"
)

// moreThreads is how many threads the user may have beyond those of when the
// process started. The limit is the user's and not the process's, so it is wide:
// a Go program that gets no thread ends, and a decoy process has some dozens.
const moreThreads = 4096

// limit bounds what the process can use up. Of the number of open files it has
// what its parent had, since that is what the parent keeps sockets with.
func limit(c Config) (missing []string, err error) {
	// If the machine runs out of memory, the decoys go first: they come back.
	if err := os.WriteFile("/proc/self/oom_score_adj", []byte("1000"), 0o600); err != nil {
		missing = append(missing, fmt.Sprintf("the kernel will not choose this process when memory runs out (%v)", err))
	}
	uid := c.UID
	if uid == 0 {
		uid = os.Getuid()
	}
	limits := []struct {
		what     string
		resource int
		value    uint64
	}{
		{"core dumps", unix.RLIMIT_CORE, 0},
		{"locked memory", unix.RLIMIT_MEMLOCK, 0},
		{"threads", unix.RLIMIT_NPROC, uint64(threadsOf(uid) + moreThreads)}, //nolint:gosec // a count
	}
	if c.FileBytes > 0 {
		limits = append(limits, struct {
			what     string
			resource int
			value    uint64
		}{"the size of files", unix.RLIMIT_FSIZE, uint64(c.FileBytes)})
	}
	if c.Memory > 0 {
		debug.SetMemoryLimit(c.Memory)
		// Of private memory that can be written. What the runtime has
		// reserved or given back is in part counted too, hence twice.
		limits = append(limits, struct {
			what     string
			resource int
			value    uint64
		}{"memory", unix.RLIMIT_DATA, 2 * uint64(c.Memory)})
	}
	for _, l := range limits {
		if err := lower(l.resource, l.value); err != nil {
			return missing, fmt.Errorf("sandbox: limit %s: %w", l.what, err)
		}
	}
	return missing, nil
}

// lower sets a limit, unless it is lower already.
func lower(resource int, value uint64) error {
	var now unix.Rlimit
	if err := unix.Getrlimit(resource, &now); err != nil {
		return err
	}
	return unix.Setrlimit(resource, &unix.Rlimit{Cur: min(now.Cur, value), Max: min(now.Max, value)})
}

// threadsOf counts the threads of a user, as far as they are seen here.
func threadsOf(uid int) int {
	paths, _ := filepath.Glob("/proc/[0-9]*/status") // the pattern is right
	total := 0
	for _, path := range paths {
		status, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		if field(status, "Uid:") == uid {
			total += field(status, "Threads:")
		}
	}
	return total
}

// field returns the first number behind name in a file like /proc/self/status, or
// 0.
func field(status []byte, name string) int {
	_, rest, _ := bytes.Cut(status, []byte("\n"+name))
	line, _, _ := bytes.Cut(rest, []byte("\n"))
	words := bytes.Fields(line)
	if len(words) == 0 {
		return 0
	}
	n, _ := strconv.Atoi(string(words[0]))
	return n
}
