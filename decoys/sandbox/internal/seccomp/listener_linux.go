package seccomp

import (
	"errors"
	"fmt"
	"io"
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A Notice is a call that was refused, whose thread waits for the answer.
type Notice struct {
	// ID is for Refuse and Waits.
	ID uint64
	// Thread is the id of the thread as this process sees it, 0 if it cannot.
	Thread int
	// Name is that of the call, or "system call 42".
	Name  string
	Fatal bool
	// Errno is what the call is to fail with.
	Errno unix.Errno
}

// A Listener is where another process's refused calls come out.
type Listener struct {
	file  *os.File
	raw   syscall.RawConn
	rules []rule
}

// notification is struct seccomp_notif (seccomp_unotify(2)), with room for what
// later kernels append to it.
type notification struct {
	id    uint64
	pid   uint32
	flags uint32
	data  Call
	_     [512]byte
}

// response is struct seccomp_notif_resp.
type response struct {
	id    uint64
	val   int64
	errno int32
	flags uint32
	_     [512]byte
}

// NewListener returns the Listener on fd, which it owns from now on.
func NewListener(fd int) (*Listener, error) {
	if err := unix.SetNonblock(fd, true); err != nil { // so that Close ends Receive
		_ = unix.Close(fd)
		return nil, fmt.Errorf("seccomp: listener: %w", err)
	}
	file := os.NewFile(uintptr(fd), "seccomp listener")
	raw, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("seccomp: listener: %w", err)
	}
	// Their process id is in no verdict other than Allow, which is not seen here.
	return &Listener{file: file, raw: raw, rules: policy(0)}, nil
}

// Close ends Receive. Calls that wait for an answer, and later ones, fail with
// ENOSYS.
func (l *Listener) Close() error { return l.file.Close() }

// Receive waits for the next call. It returns io.EOF when the process has ended
// (Linux 5.8) and os.ErrClosed after Close.
func (l *Listener) Receive() (Notice, error) {
	for {
		var n notification
		var result error
		err := l.raw.Read(func(fd uintptr) bool {
			result = receive(int(fd), &n)
			return !errors.Is(result, unix.EAGAIN)
		})
		if err != nil {
			return Notice{}, fmt.Errorf("seccomp: listener: %w", err)
		}
		if errors.Is(result, unix.ENOENT) || errors.Is(result, unix.EINTR) {
			continue // the thread was interrupted, and asks again if it lives
		}
		if result != nil {
			return Notice{}, result
		}
		return l.notice(&n), nil
	}
}

// receive does not wait: the ioctl would, whatever the descriptor's mode.
func receive(fd int, n *notification) error {
	poll := []unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}} //nolint:gosec // a descriptor
	if _, err := unix.Poll(poll, 0); err != nil {
		return err
	}
	switch events := poll[0].Revents; {
	case events&unix.POLLIN != 0:
		return control(fd, unix.SECCOMP_IOCTL_NOTIF_RECV, unsafe.Pointer(n)) //nolint:gosec // of its own type
	case events&(unix.POLLHUP|unix.POLLERR|unix.POLLNVAL) != 0:
		return io.EOF
	}
	return unix.EAGAIN
}

func (l *Listener) notice(n *notification) Notice {
	r := judge(l.rules, &n.data)
	out := Notice{ID: n.id, Thread: int(n.pid), Name: r.name, Fatal: r.verdict == Fatal, Errno: unix.EPERM}
	if out.Name == "" {
		out.Name = fmt.Sprintf("system call %d", n.data.Number)
	}
	if r.errno != 0 {
		out.Errno = unix.Errno(r.errno)
	}
	return out
}

// Waits reports whether the thread of n still waits, and so whether Thread is
// still its id.
func (l *Listener) Waits(n *Notice) bool {
	return l.control(unix.SECCOMP_IOCTL_NOTIF_ID_VALID, unsafe.Pointer(&n.ID)) == nil //nolint:gosec // of its own type
}

// Refuse lets the call fail. That its thread does not wait any more is no error.
func (l *Listener) Refuse(n *Notice) error {
	r := response{id: n.ID, errno: -int32(n.Errno)} //nolint:gosec // below 4096
	err := l.control(unix.SECCOMP_IOCTL_NOTIF_SEND, unsafe.Pointer(&r))
	if err != nil && !errors.Is(err, unix.ENOENT) {
		return fmt.Errorf("seccomp: answer: %w", err)
	}
	return nil
}

func (l *Listener) control(request uintptr, arg unsafe.Pointer) error {
	var result error
	if err := l.raw.Control(func(fd uintptr) { result = control(int(fd), request, arg) }); err != nil {
		return err
	}
	return result
}

func control(fd int, request uintptr, arg unsafe.Pointer) error {
	_, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(arg))
	if errno != 0 {
		return errno
	}
	return nil
}
