// Package landlock takes files, TCP ports and the processes outside from a
// process by Landlock (landlock(7)), for which no privilege is needed. In goes
// nothing; out comes a process of which no thread can open, make, change or
// remove a file, bind or connect a TCP socket, or signal another process,
// whatever its user may. What is open stays open.
//
// A ruleset without a rule is all it takes, so the three system calls are made
// here; what a library adds is paths.
package landlock

import (
	"errors"
	"fmt"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Latest is the version of the kernel's interface whose rights are all used
// here (Linux 6.12). Later ones restrict how UDP is used and how a socket is
// looked up by its path, of which the first would take replies from a service
// over UDP and the second is covered by the system call filter.
const Latest = 6

// ownThreads is the bit of the kernel fix after which a process may signal its
// own threads in spite of the scope for signals (erratum 2; Linux 6.15 and the
// stable kernels of its time). Go needs to, and has one domain for each thread.
const ownThreads = 1 << (2 - 1)

// Each version adds rights to those before.
var versions = []struct {
	version int
	rights  unix.LandlockRulesetAttr
}{
	{1, unix.LandlockRulesetAttr{Handled_access_fs: 1<<13 - 1}}, // LANDLOCK_ACCESS_FS_EXECUTE to MAKE_SYM
	{2, unix.LandlockRulesetAttr{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_REFER}},
	{3, unix.LandlockRulesetAttr{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_TRUNCATE}},
	{4, unix.LandlockRulesetAttr{Handled_access_net: unix.LANDLOCK_ACCESS_NET_BIND_TCP | unix.LANDLOCK_ACCESS_NET_CONNECT_TCP}},
	{5, unix.LandlockRulesetAttr{Handled_access_fs: unix.LANDLOCK_ACCESS_FS_IOCTL_DEV}},
	{6, unix.LandlockRulesetAttr{Scoped: unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET | unix.LANDLOCK_SCOPE_SIGNAL}},
}

// ErrMissing says that the kernel has no Landlock.
var ErrMissing = errors.New("the kernel has no Landlock, or it is off")

// Version returns the version of the kernel's interface and whether a process
// restricted by it can still signal its own threads. Without Landlock the error
// is ErrMissing.
func Version() (version int, signals bool, err error) {
	v, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0, false, fmt.Errorf("%w (%w)", ErrMissing, errno)
	}
	errata, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_ERRATA)
	return int(v), errno == 0 && errata&ownThreads != 0, nil
}

// Restrict takes from every thread of the process, present and future, all that
// the kernel's Landlock can take. They must have given up new privileges
// (PR_SET_NO_NEW_PRIVS). It returns ErrMissing on a kernel without Landlock, and
// what an older one cannot take, in one line each.
func Restrict() (missing []string, err error) {
	version, signals, err := Version()
	if err != nil {
		return nil, err
	}
	rights := rightsOf(version, signals)
	//nolint:gosec // the call takes a pointer, which lives until it returns
	fd, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rights)), unsafe.Sizeof(rights), 0)
	if errno != 0 {
		return nil, fmt.Errorf("landlock: make a ruleset: %w", errno)
	}
	defer func() { _ = unix.Close(int(fd)) }()
	if _, _, errno := syscall.AllThreadsSyscall(unix.SYS_LANDLOCK_RESTRICT_SELF, fd, 0, 0); errno != 0 {
		return nil, fmt.Errorf("landlock: restrict the process: %w", errno)
	}
	return lacks(version, signals), nil
}

func rightsOf(version int, signals bool) unix.LandlockRulesetAttr {
	var all unix.LandlockRulesetAttr
	for _, v := range versions {
		if v.version <= version {
			all.Handled_access_fs |= v.rights.Handled_access_fs
			all.Handled_access_net |= v.rights.Handled_access_net
			all.Scoped |= v.rights.Scoped
		}
	}
	if !signals {
		all.Scoped &^= unix.LANDLOCK_SCOPE_SIGNAL
	}
	return all
}

func lacks(version int, signals bool) []string {
	var out []string
	if version < 4 {
		out = append(out, fmt.Sprintf("the kernel's Landlock (version %d) does not know TCP; want 4, Linux 6.7", version))
	}
	if version < 6 || !signals {
		out = append(out, fmt.Sprintf("the kernel's Landlock (version %d) cannot keep signals in; want 6, Linux 6.15", version))
	}
	return out
}
