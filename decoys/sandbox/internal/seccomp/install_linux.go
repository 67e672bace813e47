package seccomp

import (
	"errors"
	"fmt"
	goruntime "runtime"
	"unsafe"

	"golang.org/x/net/bpf"
	"golang.org/x/sys/unix"
)

// ErrNoListener says that the kernel cannot report refused calls to another
// process: it is older than Linux 5.7, or somebody does so for us already.
var ErrNoListener = errors.New("refused system calls cannot be reported")

// Install puts all threads of the process behind the filter, for good. They must
// have given up new privileges (PR_SET_NO_NEW_PRIVS).
//
// With watch it returns the descriptor for NewListener, close-on-exec, which is
// to be handed to the process that watches and closed here: as soon as nobody has
// it, what is noticed fails with ENOSYS. If there can be none, it returns
// ErrNoListener and installs nothing. Without watch the descriptor is -1, and
// the kernel notes in its log (audit) what is refused.
func Install(watch bool) (int, error) {
	if auditArch == 0 {
		return -1, fmt.Errorf("seccomp: there is no filter for %s", goruntime.GOARCH)
	}
	pid := uint32(unix.Getpid()) //nolint:gosec // a process id is positive
	raw, err := bpf.Assemble(program(policy(pid), auditArch, watch))
	if err != nil {
		return -1, fmt.Errorf("seccomp: assemble the filter: %w", err)
	}
	filter := make([]unix.SockFilter, len(raw))
	for i, ins := range raw {
		filter[i] = unix.SockFilter{Code: ins.Op, Jt: ins.Jt, Jf: ins.Jf, K: ins.K}
	}
	prog := unix.SockFprog{Len: uint16(len(filter)), Filter: &filter[0]} //nolint:gosec // the kernel takes at most 4096
	var fd uintptr
	var errno unix.Errno
	for _, flags := range flagsOf(watch) {
		//nolint:gosec // seccomp(2) takes a pointer, which lives until it returns
		fd, _, errno = unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, flags, uintptr(unsafe.Pointer(&prog)))
		if errno != unix.EINVAL {
			break
		}
	}
	switch {
	case watch && (errno == unix.EINVAL || errno == unix.EBUSY):
		return -1, fmt.Errorf("seccomp: %w (%w)", ErrNoListener, errno)
	case errno != 0:
		return -1, fmt.Errorf("seccomp: install the filter: %w", errno)
	case watch:
		return int(fd), nil
	case fd != 0: // the id of a thread that could not be brought along
		return -1, fmt.Errorf("seccomp: install the filter: thread %d has another one", fd)
	}
	return -1, nil
}

// flagsOf returns the flags for the kernel, best first.
func flagsOf(watch bool) []uintptr {
	if !watch {
		return []uintptr{unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_LOG}
	}
	// With both a listener and all threads at once, a failure needs to be told
	// from a descriptor: hence the third flag.
	const flags = unix.SECCOMP_FILTER_FLAG_TSYNC | unix.SECCOMP_FILTER_FLAG_NEW_LISTENER | unix.SECCOMP_FILTER_FLAG_TSYNC_ESRCH
	// With the fourth (Linux 5.19) the signals by which the Go runtime prods
	// its threads do not make a call that waits for its answer begin again.
	return []uintptr{flags | unix.SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV, flags}
}
