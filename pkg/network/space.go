package network

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/vishvananda/netlink"
	"golang.org/x/sys/unix"
)

// Spaces are the network namespaces of one host's deckies. Each is pinned as a
// file of one folder, by a bind mount, so that it outlives this process, and has
// one interface on the LAN besides its loopback.
//
// A pin is a mount: it is seen, and stays, in the mount namespace of this
// process. No file descriptor is held for a namespace, so that there may be
// thousands. All methods may be called by several goroutines at once.
type Spaces struct {
	dir  string
	host *netlink.Handle // of the namespace that has the parents of the interfaces

	proc procfs // its settings

	// building lets one namespace be made at a time. The kernel has one lock
	// for all of them (rtnl), and waiting there takes twice as long.
	building sync.Mutex

	mu   sync.Mutex
	busy map[string]bool // the namespaces that somebody makes or removes
	idle *sync.Cond      // one of them is not busy any more
}

// OpenSpaces opens the folder dir, which it makes (for its owner alone) if it is
// missing. The interfaces that deckies will hang from are those of the calling
// thread's network namespace.
//
// It needs CAP_SYS_ADMIN and CAP_NET_ADMIN; without, the error wraps
// ErrNoPrivilege.
func OpenSpaces(dir string) (*Spaces, error) {
	s, err := openSpaces(dir)
	if err != nil {
		return nil, fmt.Errorf("open the network namespaces in %s: %w", dir, err)
	}
	return s, nil
}

func openSpaces(dir string) (*Spaces, error) {
	if err := privileged(); err != nil {
		return nil, err
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, err
	}
	if err := fence(dir); err != nil {
		return nil, err
	}
	host, err := netlink.NewHandle(unix.NETLINK_ROUTE)
	if err != nil {
		return nil, fmt.Errorf("open a netlink socket: %w", err)
	}
	s := &Spaces{dir: dir, host: host, busy: make(map[string]bool)}
	s.idle = sync.NewCond(&s.mu)
	return s, nil
}

// privileged looks for the rights that namespaces and interfaces need. To be
// root is not enough: a container's root has neither.
func privileged() error {
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData // of 32 each
	if err := unix.Capget(&head, &caps[0]); err != nil {
		return fmt.Errorf("ask for the capabilities of this process: %w", err)
	}
	const need = 1<<unix.CAP_SYS_ADMIN | 1<<unix.CAP_NET_ADMIN
	if caps[0].Effective&need != need {
		return fmt.Errorf("%w: run as root or with CAP_SYS_ADMIN and CAP_NET_ADMIN", ErrNoPrivilege)
	}
	return nil
}

// List returns the names of the namespaces there are, in order, whole or not.
func (s *Spaces) List() ([]string, error) {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return nil, fmt.Errorf("list network namespaces: %w", err)
	}
	var all []string
	for _, e := range entries {
		if !e.IsDir() && checkName(e.Name()) == nil {
			all = append(all, e.Name())
		}
	}
	return all, nil
}

// Remove takes a namespace away: its interface at once, so that its addresses
// are free when Remove returns, and its pin. What else holds it, such as a
// socket that somebody has open, holds an empty one. It is no error if there is
// none, and what is half a namespace is removed too.
//
// It takes 20 to 30 ms, in which the kernel waits. Many are removed faster by
// several goroutines: 64 at a time take 1 to 2 ms for each.
func (s *Spaces) Remove(name string) error {
	if err := checkName(name); err != nil {
		return err
	}
	defer s.hold(name)()
	return s.remove(name)
}

// hold waits until nobody makes or removes a namespace of that name, and keeps
// others from it until release is called.
func (s *Spaces) hold(name string) (release func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for s.busy[name] {
		s.idle.Wait()
	}
	s.busy[name] = true
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.busy, name)
		s.idle.Broadcast()
	}
}

func (s *Spaces) remove(name string) error {
	path := s.path(name)
	pinned, err := isPin(path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err == nil && pinned {
		err = Enter(path, strip)
	}
	if err == nil {
		err = unpin(path)
	}
	if err != nil {
		return fmt.Errorf("remove network namespace %s: %w", name, err)
	}
	return nil
}

// Close lets go of what Spaces holds. The namespaces stay.
func (s *Spaces) Close() error {
	s.host.Close()
	s.proc.close()
	return unfence(s.dir)
}

// checkName refuses names that are no file of the folder.
func checkName(name string) error {
	if name == "" || name[0] == '.' || len(name) > 255 || strings.ContainsAny(name, "/\x00") {
		return fmt.Errorf("%q cannot be the name of a network namespace: use letters, digits and dashes", name)
	}
	return nil
}

func (s *Spaces) path(name string) string { return filepath.Join(s.dir, name) }
