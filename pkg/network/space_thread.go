package network

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"runtime"

	"github.com/vishvananda/netns"
	"golang.org/x/sys/unix"
)

// errEnded is the error of a function that ends its goroutine instead of
// returning.
var errEnded = errors.New("it ended its goroutine")

// Do runs f inside a namespace: sockets that f opens, and the files of /proc/net
// and /proc/sys/net that it sees, are the namespace's. It has a goroutine of its
// own for that, locked to its thread; goroutines that f starts are not inside.
// Do returns what f returns.
func (s *Spaces) Do(name string, f func() error) error {
	if err := checkName(name); err != nil {
		return err
	}
	pinned, err := isPin(s.path(name))
	if errors.Is(err, os.ErrNotExist) || err == nil && !pinned {
		return fmt.Errorf("there is no network namespace %s", name)
	}
	if err != nil {
		return fmt.Errorf("look for network namespace %s: %w", name, err)
	}
	return Enter(s.path(name), f)
}

// Enter runs f inside the network namespace that is pinned as path, as by Spaces or
// "ip netns". As with Do, goroutines that f starts are not inside.
func Enter(path string, f func() error) error {
	return apart(func() error {
		space, err := netns.GetFromPath(path)
		if err != nil {
			return fmt.Errorf("open %s: %w", path, err)
		}
		err = netns.Set(space)
		_ = space.Close() // nothing is written to it
		if err != nil {
			return fmt.Errorf("enter the network namespace %s: %w", path, denied(err))
		}
		return f()
	})
}

// apart runs f on a thread that f may take to other network namespaces, and
// waits for it. The thread goes back to where it was; one that cannot is not
// used for anything else, and ends.
func apart(f func() error) error {
	done := make(chan error, 1)
	go func() {
		err := errEnded
		defer func() { done <- err }()
		runtime.LockOSThread()
		home, failed := netns.GetFromPath(threadSpace)
		if failed != nil {
			runtime.UnlockOSThread()
			err = fmt.Errorf("remember the network namespace of a thread: %w", failed)
			return
		}
		defer func() {
			if netns.Set(home) == nil {
				runtime.UnlockOSThread()
			}
			_ = home.Close()
		}()
		err = f()
	}()
	return <-done
}

// backlog is how many connections may wait to be accepted; the kernel has its
// own bound, net.core.somaxconn.
const backlog = 4096

// ListenTCP opens a listening socket inside a namespace. It is non-blocking, is
// not handed down to children, and belongs to the caller; for an IPv6 address it
// takes no IPv4 connections. While it is open, what is left of the namespace
// after Remove stays in memory.
func (s *Spaces) ListenTCP(name string, at netip.AddrPort) (*os.File, error) {
	var file *os.File
	err := s.Do(name, func() (err error) {
		file, err = listenTCP(at)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("listen on %s in %s: %w", at, name, err)
	}
	return file, nil
}

func listenTCP(at netip.AddrPort) (*os.File, error) {
	family, to := unix.AF_INET, unix.Sockaddr(nil)
	switch a := at.Addr().Unmap(); {
	case a.Zone() != "" || !a.IsValid():
		return nil, errors.New("it takes an address without a zone")
	case a.Is4():
		to = &unix.SockaddrInet4{Port: int(at.Port()), Addr: a.As4()}
	default:
		family, to = unix.AF_INET6, &unix.SockaddrInet6{Port: int(at.Port()), Addr: a.As16()}
	}
	fd, err := unix.Socket(family, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	// It is made non-blocking later, so that the file does without the poller:
	// who only keeps it is not to be woken by every connection.
	file := os.NewFile(uintptr(fd), "tcp "+at.String())
	err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1)
	if err == nil && family == unix.AF_INET6 {
		err = unix.SetsockoptInt(fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1)
	}
	if err == nil {
		err = unix.Bind(fd, to)
	}
	if err == nil {
		err = unix.Listen(fd, backlog)
	}
	if err == nil {
		err = unix.SetNonblock(fd, true)
	}
	if err != nil {
		return nil, errors.Join(err, file.Close())
	}
	return file, nil
}
