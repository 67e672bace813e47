package main

import (
	"fmt"
	"os"
	"syscall"
)

// nobody is the user and group that owns nothing, on Linux by custom.
const nobody = 65534

// dropRoot makes every thread of a process of root's one of nobody's, which takes all capabilities with it, and the folder
// of recordings, if there is one, nobody's. A process that was given CAP_NET_RAW alone keeps that.
func dropRoot(recordings string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	if recordings != "" {
		if err := os.Chown(recordings, nobody, nobody); err != nil {
			return fmt.Errorf("give the recordings to user %d: %w", nobody, err)
		}
	}
	if err := syscall.Setgroups(nil); err != nil {
		return fmt.Errorf("leave root's groups: %w", err)
	}
	if err := syscall.Setgid(nobody); err != nil {
		return fmt.Errorf("leave root's group: %w", err)
	}
	if err := syscall.Setuid(nobody); err != nil {
		return fmt.Errorf("become user %d: %w", nobody, err)
	}
	return nil
}
