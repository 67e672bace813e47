// Package sandbox takes from the decoy process what it does not need before it
// hears from the first attacker. In goes a process as its parent started it,
// privileged or not; out comes one that is an ordinary user without
// capabilities in an empty directory (if it was root), that may make only the
// system calls on a short list, open no file and no socket, gain nothing by
// exec, not be inspected by its own user, leaves no core, can use up only so much
// and dies with its parent.
//
// The parent's side is Watch: it hears of each system call that was refused.
package sandbox

import "fmt"

// Config says what to become. The zero value is right for an ordinary user.
type Config struct {
	// Root is an existing empty directory that becomes "/". It needs root.
	Root string
	// UID and GID are the user and group to become, neither of them 0. They
	// need root; without it they must be 0, which means "stay".
	UID, GID int
	// Memory is how many bytes the Go runtime tries to stay below, by collecting
	// garbage harder (runtime/debug.SetMemoryLimit). At twice as many the process
	// ends. 0 is no limit.
	Memory int64
	// FileBytes is how large a file may become that the process writes to; it
	// should be well above the size at which the parent begins another. Then
	// writing fails with EFBIG. 0 is no limit.
	FileBytes int64
	// Watched says that descriptor 4 is the file that Watch returned.
	Watched bool
}

// MinMemory is what Memory must at least be, in bytes: the runtime takes 64 MiB
// of address space at a time.
const MinMemory = 64 << 20

// watchFD is where the child finds its end of the connection to the Watcher.
const watchFD = 4

// Validate reports what is wrong with c for a process whose effective user is
// euid.
func (c Config) Validate(euid int) error {
	if c.Memory != 0 && c.Memory < MinMemory {
		return fmt.Errorf("sandbox: memory %d: want at least %d bytes, or 0 for no limit", c.Memory, MinMemory)
	}
	if c.FileBytes < 0 {
		return fmt.Errorf("sandbox: file size %d: want bytes, or 0 for no limit", c.FileBytes)
	}
	if euid != 0 {
		if c.Root != "" || c.UID != 0 || c.GID != 0 {
			return fmt.Errorf("sandbox: a root directory, a uid or a gid can only be set by root")
		}
		return nil
	}
	if c.UID <= 0 || c.GID <= 0 {
		return fmt.Errorf("sandbox: started as root: want the uid and gid of an ordinary user, have %d and %d", c.UID, c.GID)
	}
	if c.Root == "" {
		return fmt.Errorf("sandbox: started as root: want an empty directory as root")
	}
	return nil
}
