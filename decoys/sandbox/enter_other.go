//go:build !linux

package sandbox

import "errors"

// Enter fails: only Linux has what it takes.
func Enter(Config) error { return errors.New("sandbox: only Linux is supported") }
