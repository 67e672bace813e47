package sandbox

import (
	"errors"
	"fmt"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

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
	if err := DropCapabilities(); err != nil {
		return err
	}
	if syscall.Setresuid(0, 0, 0) == nil || syscall.Setresgid(0, 0, 0) == nil {
		return errors.New("sandbox: could become root again")
	}
	return nil
}

// DropCapabilities takes from all threads of the process what capabilities they
// have, for one that has done what it needed them for and is to do nothing else.
func DropCapabilities() error {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	//nolint:gosec // capset(2) takes two pointers, which live until it returns
	err := everyThread(unix.SYS_CAPSET, uintptr(unsafe.Pointer(&header)), uintptr(unsafe.Pointer(&data[0])))
	if err != nil {
		return fmt.Errorf("sandbox: drop capabilities: %w", err)
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
