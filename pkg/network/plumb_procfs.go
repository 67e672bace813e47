package network

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// renewal is how many namespaces are looked into through one instance of procfs.
const renewal = 64

// procfs is where the settings of the calling thread's namespace are. Each
// instance of the file system remembers every namespace that was looked into
// through it, and goes through them all to find the next: with thousands that
// takes longer than anything else. So this one has instances of its own, which
// are mounted nowhere, and forgets them often.
type procfs struct {
	uses atomic.Uint64

	mu   sync.RWMutex
	root int // a file descriptor; below 1 there is none
}

// each does something with each of all settings, until that fails.
func (p *procfs) each(all []sysctl, do func(folder, sysctl) error) error {
	if len(all) == 0 {
		return nil
	}
	if p.uses.Add(1)%renewal == 1 {
		p.renew()
	}
	p.mu.RLock()
	defer p.mu.RUnlock()
	for _, family := range []string{"ipv4", "ipv6"} {
		of := slices.DeleteFunc(slices.Clone(all), func(c sysctl) bool { return c.family != family })
		if err := p.eachOf(family, of, do); err != nil {
			return err
		}
	}
	return nil
}

func (p *procfs) eachOf(family string, all []sysctl, do func(folder, sysctl) error) error {
	if len(all) == 0 {
		return nil
	}
	fd, err := unix.Openat(p.root, "sys/net/"+family, unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) && !slices.ContainsFunc(all, func(c sysctl) bool { return !strings.HasSuffix(c.path, "/disable_ipv6") || c.value != "1" }) {
		return nil // a kernel without IPv6 is as good
	}
	if errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("this kernel has no %s: %w", family, err)
	}
	if err != nil {
		return fmt.Errorf("open the sysctls of %s: %w", family, denied(err))
	}
	defer func() { _ = unix.Close(fd) }()
	for _, c := range all {
		if err := do(folder(fd), c); err != nil {
			return err
		}
	}
	return nil
}

// renew takes another instance; where the kernel gives none, that of everybody
// does.
func (p *procfs) renew() {
	root, err := newProcfs()
	if err != nil {
		root, err = unix.Open("/proc", unix.O_PATH|unix.O_DIRECTORY|unix.O_CLOEXEC, 0)
	}
	if err != nil {
		return // there is no file descriptor left: go on with the old one, or find out by using it
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.close()
	p.root = root
}

func newProcfs() (root int, err error) {
	fs, err := unix.Fsopen("proc", unix.FSOPEN_CLOEXEC)
	if err != nil {
		return 0, err
	}
	defer func() { _ = unix.Close(fs) }()
	if err := unix.FsconfigCreate(fs); err != nil {
		return 0, err
	}
	return unix.Fsmount(fs, unix.FSMOUNT_CLOEXEC, unix.MOUNT_ATTR_NOSUID|unix.MOUNT_ATTR_NODEV|unix.MOUNT_ATTR_NOEXEC)
}

// close lets go of the instance there is.
func (p *procfs) close() {
	if p.root > 0 {
		_ = unix.Close(p.root)
	}
	p.root = 0
}

// folder is that of a family: an open one, below which nothing is slow.
type folder int

// write makes a setting, and makes sure that it will be found as it is.
func (f folder) write(c sysctl) error {
	fd, err := unix.Openat(int(f), c.path, unix.O_RDWR|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("this kernel has no sysctl %s for each namespace", c)
	}
	if err != nil {
		return fmt.Errorf("open sysctl %s: %w", c, denied(err))
	}
	defer func() { _ = unix.Close(fd) }()
	if _, err := unix.Write(fd, []byte(c.value)); err != nil {
		return fmt.Errorf("set sysctl %s to %q: %w", c, c.value, denied(err))
	}
	have, err := value(fd)
	if err == nil && have != c.value {
		return fmt.Errorf("set sysctl %s to %q: the kernel makes %q of it", c, c.value, have)
	}
	return err
}

// read returns a setting's value, "" if there is no such setting.
func (f folder) read(path string) (string, error) {
	fd, err := unix.Openat(int(f), path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if errors.Is(err, unix.ENOENT) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	defer func() { _ = unix.Close(fd) }()
	return value(fd)
}

// value is what the kernel prints.
func value(fd int) (string, error) {
	var buf [256]byte
	n, err := unix.Pread(fd, buf[:], 0)
	if err != nil {
		return "", fmt.Errorf("read a sysctl: %w", err)
	}
	return oneSpace(string(buf[:n])), nil
}
