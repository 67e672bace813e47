package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"os"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// WatchLink calls changed with the state of the interface of that name: at once,
// and whenever it is another one, until ctx is done, which is no error. Present
// says that there is one, up that it is up and has a carrier. An interface that
// was deleted and made again under its name is reported as gone first, however
// quick that was: what hung from it is gone. What is over before it could be
// reported, as a short interruption, is not.
//
// It works on the network namespace of the calling thread, blocks, calls changed
// from its own goroutine, and waits for it. However much the kernel has to say,
// it holds one message.
func WatchLink(ctx context.Context, name string, changed func(up, present bool)) error {
	if err := watchLink(ctx, name, changed); err != nil && ctx.Err() == nil {
		return fmt.Errorf("watch the interface %s: %w", name, err)
	}
	return nil
}

func watchLink(ctx context.Context, name string, changed func(up, present bool)) error {
	news, err := linkNews()
	if err != nil {
		return err
	}
	defer func() { _ = news.Close() }()
	kernel, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return fmt.Errorf("open a netlink socket: %w", err)
	}
	defer kernel.Close()
	defer context.AfterFunc(ctx, func() { _ = news.Close() })() // which ends the wait

	raw, err := news.SyscallConn()
	if err != nil {
		return err
	}
	var last linkState
	for first := true; ; first = false {
		now, err := stateOf(kernel, name)
		if err != nil {
			return err
		}
		if last.index != 0 && now.index != 0 && now.index != last.index {
			changed(false, false)
		}
		if first || now != last {
			changed(now.up, now.index != 0)
		}
		last = now
		// What a message says does not matter: the state is asked for anew. So
		// it does not matter either if messages were lost, which is ENOBUFS.
		var received error
		if err := raw.Read(func(fd uintptr) bool {
			_, _, received = unix.Recvfrom(int(fd), make([]byte, 1), 0)
			return !errors.Is(received, unix.EAGAIN)
		}); err != nil {
			return err
		}
		if received != nil && !errors.Is(received, unix.ENOBUFS) && !errors.Is(received, unix.EINTR) {
			return fmt.Errorf("hear of changes: %w", received)
		}
	}
}

// linkNews opens a socket on which the kernel tells of every change of an
// interface.
func linkNews() (*os.File, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_NONBLOCK|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open a netlink socket: %w", err)
	}
	file := os.NewFile(uintptr(fd), "link notifications")
	if err := unix.Bind(fd, &unix.SockaddrNetlink{Family: unix.AF_NETLINK, Groups: 1 << (unix.RTNLGRP_LINK - 1)}); err != nil {
		return nil, errors.Join(fmt.Errorf("subscribe to changes of interfaces: %w", err), file.Close())
	}
	return file, nil
}

// linkState is what is told of an interface. Index is 0 if there is none.
type linkState struct {
	index int
	up    bool
}

func stateOf(kernel *netlink.Handle, name string) (linkState, error) {
	link, err := kernel.LinkByName(name)
	if notFound(err) {
		return linkState{}, nil
	}
	if err != nil {
		return linkState{}, fmt.Errorf("ask for its state: %w", err)
	}
	return linkState{index: link.Attrs().Index, up: link.Attrs().Flags&net.FlagRunning != 0}, nil
}
