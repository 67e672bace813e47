// Command helper restricts itself and tries what it must not and what it must.
// Its argument is an address where TCP is listened; it writes lines "what result".
// It leaves a file in TMPDIR.
package main

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync/atomic"
	"syscall"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/decoys/sandbox/internal/landlock"
)

func main() {
	// Another process of the same user, from before.
	other := exec.Command("/bin/cat")
	in, err := other.StdinPipe()
	if err == nil {
		err = other.Start()
	}
	if err != nil {
		fmt.Println("start", err)
		return
	}
	open, err := os.CreateTemp("", "landlock")
	if err != nil {
		fmt.Println("file", err)
		return
	}
	defer func() { _ = in.Close() }()
	abstract, _ := net.Listen("unix", "@landlock-test-"+fmt.Sprint(os.Getpid()))
	listener, _ := net.Listen("tcp", "127.0.0.1:0")
	// What a sandbox starts with; see package sandbox.
	_, _, errno := syscall.AllThreadsSyscall(unix.SYS_PRCTL, unix.PR_SET_NO_NEW_PRIVS, 1, 0)
	if errno != 0 {
		fmt.Println("prctl", errno)
		return
	}
	missing, err := landlock.Restrict()
	for _, what := range missing {
		fmt.Println("missing", what)
	}
	say("restrict", err)
	_, err = os.ReadFile("/etc/passwd")
	say("read", err)
	_, err = os.ReadDir("/")
	say("list", err)
	say("create", os.WriteFile(open.Name()+"x", nil, 0o600))
	say("mkdir", os.Mkdir(open.Name()+"x", 0o700))
	say("rename", os.Rename(open.Name(), open.Name()+"x"))
	say("remove", os.Remove(open.Name()))
	say("truncate", os.Truncate(open.Name(), 0))
	say("device", openDevice())
	say("exec", unix.Exec("/bin/true", []string{"true"}, nil))
	_, err = net.Dial("tcp", os.Args[1])
	say("connect", err)
	say("bind", bind())
	say("signal", unix.Kill(other.Process.Pid, 0))
	_, err = net.Dial("unix", abstract.Addr().String())
	say("abstract", err)
	// And what must go on.
	_, err = open.WriteString("x")
	say("write", err)
	say("accept", accept(listener))
	say("preempt", preempt())
}

func say(what string, err error) {
	var errno unix.Errno
	switch {
	case err == nil:
		fmt.Println(what, "done")
	case errors.As(err, &errno):
		fmt.Println(what, unix.ErrnoName(errno))
	default:
		fmt.Println(what, strings.Join(strings.Fields(err.Error()), "-"))
	}
}

func openDevice() error {
	_, err := unix.Open("/dev/null", unix.O_RDWR, 0)
	return err
}

// bind is of a TCP socket; package net would make one of MPTCP.
func bind() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0)
	if err != nil {
		return nil
	}
	return unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
}

func accept(l net.Listener) error {
	raw, err := l.(*net.TCPListener).SyscallConn()
	if err != nil {
		return err
	}
	var result error
	err = raw.Control(func(fd uintptr) { _, _, result = unix.Accept(int(fd)) })
	if err == nil && errors.Is(result, unix.EAGAIN) { // nobody called
		result = nil
	}
	return errors.Join(err, result)
}

// preempt needs the runtime to stop threads by a signal: these loops never give
// way.
func preempt() error {
	var stop, running atomic.Int32
	for range 2 {
		go func() {
			running.Add(1)
			for stop.Load() == 0 {
			}
		}()
	}
	for running.Load() < 1 {
		runtime.Gosched()
	}
	for range 20 {
		runtime.GC()
	}
	stop.Store(1)
	return nil
}
