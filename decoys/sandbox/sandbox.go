// Package sandbox takes from the decoy process what it does not need before it
// hears from the first attacker. In goes a process as its parent started it,
// privileged or not; out comes one that is an ordinary user without
// capabilities, in an empty directory, that cannot gain anything by exec, cannot
// be inspected by its own user, leaves no core and dies with its parent.
package sandbox

import "fmt"

// Config says what to become.
type Config struct {
	// Root is an existing empty directory that becomes "/". It needs root.
	Root string
	// UID and GID are the user and group to become, neither of them 0. They
	// need root; without it they must be 0, which means "stay".
	UID, GID int
}

// Validate reports what is wrong with c for a process whose effective user is
// euid.
func (c Config) Validate(euid int) error {
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
