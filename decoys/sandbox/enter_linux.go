package sandbox

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Enter puts the whole process, all its threads, into the sandbox. It must be
// called before any attacker's byte is read. There is no way back, and after an
// error the process is in no defined state and must exit.
//
// A binary that uses cgo cannot do this, because the C library has threads that
// Go cannot reach: build with CGO_ENABLED=0.
//
// PR_SET_PDEATHSIG (prctl(2)) counts the thread of the parent that made this
// process as the parent: it must not start us from a locked thread that ends.
func Enter(c Config) error {
	euid := os.Geteuid()
	if err := c.Validate(euid); err != nil {
		return err
	}
	parent := os.Getppid()
	unix.Umask(0o077)
	if err := unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{}); err != nil {
		return fmt.Errorf("sandbox: forbid core dumps: %w", err)
	}
	if euid == 0 {
		if err := dropRoot(c); err != nil {
			return err
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
			return fmt.Errorf("sandbox: %s: %w", p.what, err)
		}
	}
	// A seccomp filter and a Landlock ruleset belong here: after the last
	// system call that they would forbid.
	if os.Getppid() != parent {
		return errors.New("sandbox: the parent has ended already")
	}
	return nil
}

func dropRoot(c Config) error {
	if err := changeRoot(c.Root); err != nil {
		return err
	}
	// The bounding set needs CAP_SETPCAP, so it goes before the user does.
	for capability := uintptr(0); ; capability++ {
		err := everyThread(unix.SYS_PRCTL, unix.PR_CAPBSET_DROP, capability)
		if errors.Is(err, unix.EINVAL) && capability > unix.CAP_CHOWN {
			break // the kernel knows no further ones
		}
		if err != nil {
			return fmt.Errorf("sandbox: drop capability %d: %w", capability, err)
		}
	}
	if err := syscall.Setgroups(nil); err != nil {
		return fmt.Errorf("sandbox: drop groups: %w", err)
	}
	if err := syscall.Setresgid(c.GID, c.GID, c.GID); err != nil {
		return fmt.Errorf("sandbox: become group %d: %w", c.GID, err)
	}
	if err := syscall.Setresuid(c.UID, c.UID, c.UID); err != nil {
		return fmt.Errorf("sandbox: become user %d: %w", c.UID, err)
	}
	return dropCapabilities()
}

func changeRoot(dir string) error {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return fmt.Errorf("sandbox: root directory: %w", err)
	}
	if len(entries) > 0 {
		return fmt.Errorf("sandbox: root directory %s is not empty", dir)
	}
	if err := unix.Chroot(dir); err != nil {
		return fmt.Errorf("sandbox: change root to %s: %w", dir, err)
	}
	if err := os.Chdir("/"); err != nil {
		return fmt.Errorf("sandbox: enter the root directory: %w", err)
	}
	return nil
}

// dropCapabilities empties all sets, since changing user keeps the inheritable
// one, and proves that the way back is closed.
func dropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	//nolint:gosec // capset(2) takes two pointers, which live until it returns
	err := everyThread(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data[0])))
	if err != nil {
		return fmt.Errorf("sandbox: drop capabilities: %w", err)
	}
	if syscall.Setresuid(0, 0, 0) == nil || syscall.Setresgid(0, 0, 0) == nil {
		return errors.New("sandbox: could become root again")
	}
	return nil
}

// everyThread makes a system call in each thread of the process.
func everyThread(trap, a1, a2 uintptr) error {
	if _, _, errno := syscall.AllThreadsSyscall(trap, a1, a2, 0); errno != 0 {
		if errno == syscall.ENOTSUP {
			return errors.New("not possible in a binary with cgo; build with CGO_ENABLED=0")
		}
		return errno
	}
	return nil
}
