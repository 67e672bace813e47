package network

import (
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDoGoesThereAndBack(t *testing.T) {
	f := newField(t)
	f.ensure("one", specOf(f.link, 1), true)
	before, err := os.Readlink(threadSpace)
	f.must(err)
	var inside string
	want := errors.New("that")
	if err := f.Do("one", func() (err error) { inside, err = os.Readlink(threadSpace); f.must(err); return want }); !errors.Is(err, want) {
		t.Errorf("have %v", err)
	}
	if after, err := os.Readlink(threadSpace); inside == before || after != before || err != nil {
		t.Errorf("was in %s, then in %s, and now in %s", before, inside, after)
	}
	if err := f.Do("one", func() error { runtime.Goexit(); return nil }); !errors.Is(err, errEnded) {
		t.Errorf("a function that does not return: have %v", err)
	}
	if err := f.Do("one", func() error { return f.Do("one", func() error { return nil }) }); err != nil {
		t.Errorf("one in another: have %v", err)
	}
	// Whatever threads there are, none is anywhere else.
	tasks, err := filepath.Glob("/proc/self/task/*/ns/net")
	f.must(err)
	for _, task := range tasks {
		if at, err := os.Readlink(task); err == nil && at == inside {
			t.Errorf("%s is still inside", task)
		}
	}
	for name, wants := range map[string]string{"two": "there is no network namespace two", "../x": "cannot be the name", "": "cannot be the name"} {
		if err := f.Do(name, func() error { t.Error("called"); return nil }); err == nil || !strings.Contains(err.Error(), wants) {
			t.Errorf("%q: have %v", name, err)
		}
	}
}

func TestListenTCP(t *testing.T) {
	f := newField(t)
	spec := specOf(f.link, 1)
	f.ensure("one", spec, true)
	all4, all6 := netip.MustParseAddrPort("0.0.0.0:80"), netip.MustParseAddrPort("[::]:80")
	for _, at := range []netip.AddrPort{all4, all6} { // beside each other: IPv6 alone
		file, err := f.ListenTCP("one", at)
		f.must(err)
		defer func() { _ = file.Close() }()
		raw, err := file.SyscallConn()
		f.must(err)
		f.must(raw.Control(func(fd uintptr) {
			flags, err1 := unix.FcntlInt(fd, unix.F_GETFL, 0)
			descriptor, err2 := unix.FcntlInt(fd, unix.F_GETFD, 0)
			if err1 != nil || err2 != nil || flags&unix.O_NONBLOCK == 0 || descriptor&unix.FD_CLOEXEC == 0 {
				t.Errorf("%s: flags %x %x", at, flags, descriptor)
			}
		}))
	}
	for at, want := range map[netip.AddrPort]error{
		netip.AddrPortFrom(spec.Address.Addr(), 80): unix.EADDRINUSE, netip.MustParseAddrPort("192.0.2.200:80"): unix.EADDRNOTAVAIL,
	} {
		if file, err := f.ListenTCP("one", at); !errors.Is(err, want) || file != nil || !strings.HasPrefix(err.Error(), "listen on "+at.String()+" in one: ") {
			t.Errorf("%s: have %v, %v", at, file, err)
		}
	}
	for _, at := range []netip.AddrPort{{}, netip.MustParseAddrPort("[fe80::1%eth0]:80")} {
		if file, err := f.ListenTCP("one", at); err == nil {
			t.Errorf("%s: have %v", at, file)
		}
	}
}

func TestSpacesNeedPrivileges(t *testing.T) {
	newLAN(t) // for its thread, whose rights go with it
	head := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var caps [2]unix.CapUserData
	if err := errors.Join(unix.Capget(&head, &caps[0])); err != nil {
		t.Fatal(err)
	}
	caps[0].Effective &^= 1 << unix.CAP_NET_ADMIN
	if err := unix.Capset(&head, &caps[0]); err != nil {
		t.Fatal(err)
	}
	dir := filepath.Join(t.TempDir(), "spaces")
	s, err := OpenSpaces(dir)
	if !errors.Is(err, ErrNoPrivilege) || s != nil || !strings.Contains(err.Error(), "CAP_NET_ADMIN") || strings.Contains(err.Error(), "\n") {
		t.Errorf("have %v", err)
	}
	if _, err := os.Stat(dir); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("have %v", err)
	}
}
