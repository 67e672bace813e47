//go:build !linux

package sandbox

import (
	"errors"
	"os"
)

var errLinux = errors.New("sandbox: only Linux is supported")

// Enter fails: only Linux has what it takes.
func Enter(Config) ([]string, error) { return nil, errLinux }

// A Watcher does not exist here.
type Watcher struct{}

// Watch fails: only Linux has what it takes.
func Watch(func(Attempt)) (*Watcher, *os.File, error) { return nil, nil, errLinux }

// Attempts returns 0.
func (*Watcher) Attempts() uint64 { return 0 }

// Close does nothing.
func (*Watcher) Close() error { return nil }
