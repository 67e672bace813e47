// Command prisoner is the decoy process with one service, in which an attacker
// has taken over: a peer says what to try, one name per line, and hears what came
// of it. It starts exactly as decnet-decoy does, but keeps what a careless
// parent might leave open: the program, a directory outside and a file.
package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"maps"
	"net"
	"os"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/host"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/decnet"
)

// loot is what the attacker has to work with.
type loot struct {
	parent             int // its process id
	program, dir, file int
	socket             int // the connection to the peer
}

// An attempt returns nil if it worked.
type attempt func(*loot) error

func main() {
	l := loot{parent: os.Getppid(), program: keep("/proc/self/exe"), dir: keep("/"), file: keep("/etc/passwd")}
	service := decoy.Service{
		Spec:   decnet.ServiceSpec{Slug: "prisoner", Title: "Prisoner"},
		Limits: decoy.Limits{Idle: time.Minute},
		New: func(decoy.Machine) (decoy.Handler, error) {
			return decoy.HandlerFunc(func(_ context.Context, conn *decoy.Conn) { serve(conn, l) }), nil
		},
	}
	os.Exit(host.Main(os.Args[1:], registry.New(service), os.Stderr))
}

func keep(path string) int {
	fd, err := unix.Open(path, unix.O_RDONLY|unix.O_CLOEXEC, 0)
	if err != nil {
		fmt.Fprintln(os.Stderr, path, err)
		os.Exit(3)
	}
	return fd
}

func serve(conn *decoy.Conn, l loot) {
	raw, err := conn.Conn.(*net.TCPConn).SyscallConn()
	if err == nil {
		err = raw.Control(func(fd uintptr) { l.socket = int(fd) })
	}
	if err != nil {
		return
	}
	lines := bufio.NewScanner(conn)
	for lines.Scan() {
		_, _ = fmt.Fprintln(conn, answer(lines.Text(), &l))
	}
}

// answer is "done", the name of an error number or another error's text.
func answer(name string, l *loot) string {
	if name == "list" {
		return strings.Join(slices.Sorted(maps.Keys(attempts())), " ")
	}
	try := attempts()[name]
	if try == nil {
		try = needs[name]
	}
	if try == nil {
		return "unknown"
	}
	err := try(l)
	var errno unix.Errno
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &errno):
		return unix.ErrnoName(errno)
	}
	return strings.Join(strings.Fields(err.Error()), " ")
}

func attempts() map[string]attempt {
	all := map[string]attempt{}
	for _, some := range []map[string]attempt{network, files, processes, kernel, ofArch} {
		maps.Copy(all, some)
	}
	return all
}

// call makes a system call.
func call(number uintptr, args ...uintptr) error {
	var a [6]uintptr
	copy(a[:], args)
	if _, _, errno := unix.Syscall6(number, a[0], a[1], a[2], a[3], a[4], a[5]); errno != 0 {
		return errno
	}
	return nil
}
