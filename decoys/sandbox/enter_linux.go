package sandbox

import (
	"errors"
	"fmt"
	"os"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/decoys/sandbox/internal/landlock"
	"github.com/decnet/decnet/decoys/sandbox/internal/seccomp"
)

// Enter puts the whole process, all its threads, into the sandbox. It must be
// called before any attacker's byte is read. There is no way back, and after an
// error the process is in no defined state and must exit. What this kernel cannot
// do, and the sandbox goes without, it returns in one line each.
//
// The local time zone becomes UTC: what it really is would be read from a file
// when it is first asked for, and is a trait of the host that no decky may show.
//
// A binary that uses cgo cannot do this, because the C library has threads that
// Go cannot reach: build with CGO_ENABLED=0.
//
// PR_SET_PDEATHSIG (prctl(2)) counts the thread of the parent that made this
// process as the parent: it must not start us from a locked thread that ends.
func Enter(c Config) (missing []string, err error) {
	euid := os.Geteuid()
	if err := c.Validate(euid); err != nil {
		return nil, err
	}
	parent := os.Getppid()
	unix.Umask(0o077)
	time.Local = time.UTC
	missing, err = limit(c)
	if err != nil {
		return nil, err
	}
	if euid == 0 {
		if err := dropRoot(c); err != nil {
			return nil, err
		}
	}
	// Changing user resets the last two of these, so they come after it.
	for _, p := range []struct {
		what string
		name uintptr
		arg  uintptr
	}{
		{"forbid new privileges", unix.PR_SET_NO_NEW_PRIVS, 1},
		{"forbid tracing", unix.PR_SET_DUMPABLE, 0},
		{"die with the parent", unix.PR_SET_PDEATHSIG, uintptr(unix.SIGKILL)},
	} {
		if err := everyThread(unix.SYS_PRCTL, p.name, p.arg); err != nil {
			return nil, fmt.Errorf("sandbox: %s: %w", p.what, err)
		}
	}
	if os.Getppid() != parent {
		return nil, errors.New("sandbox: the parent has ended already")
	}
	lacks, err := landlock.Restrict()
	switch {
	case errors.Is(err, landlock.ErrMissing):
		lacks = []string{err.Error()}
	case err != nil:
		return nil, fmt.Errorf("sandbox: %w", err)
	}
	missing = append(missing, lacks...)
	// Nothing that the filter forbids can come after it.
	if lack, err := filter(c.Watched); err != nil {
		return nil, err
	} else if lack != "" {
		missing = append(missing, lack)
	}
	return missing, nil
}

// filter lets the process make no system calls any more but those on the list,
// and gives the Watcher what it needs to hear of others.
func filter(watched bool) (missing string, err error) {
	listener, err := seccomp.Install(watched)
	if errors.Is(err, seccomp.ErrNoListener) {
		missing = err.Error()
		listener, err = seccomp.Install(false)
	}
	if err != nil {
		return "", fmt.Errorf("sandbox: %w", err)
	}
	if !watched {
		return "", nil
	}
	defer func() { _ = unix.Close(watchFD) }()
	if listener < 0 {
		return missing, nil
	}
	err = unix.Sendmsg(watchFD, []byte{0}, unix.UnixRights(listener), nil, 0)
	_ = unix.Close(listener) // or a process that is taken could answer itself
	if err != nil {
		return "", fmt.Errorf("sandbox: hand over the watch on system calls: %w", err)
	}
	return "", nil
}
