package sandbox

import (
	"fmt"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/decoys/sandbox/internal/seccomp"
)

// A Watcher is the parent's end: it hears of the system calls that the decoy
// process is refused, answers them with an error and kills the process after
// those that no working decoy can make. The process needs it for nothing. If it
// is gone, calls fail all the same.
type Watcher struct {
	report func(Attempt)
	conn   *net.UnixConn
	done   chan struct{}
	total  atomic.Uint64

	mu       sync.Mutex
	closed   bool
	listener *seccomp.Listener // set once, by run

	// rate is run's alone.
	rate rate
}

// Watch returns a Watcher that calls report, from one goroutine, for at most 10
// attempts a second, and the child's end of its connection: the child must get it
// as descriptor 4 (the second of exec.Cmd.ExtraFiles), and the parent closes its
// copy once the child was started.
func Watch(report func(Attempt)) (*Watcher, *os.File, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, nil, fmt.Errorf("sandbox: socketpair: %w", err)
	}
	child := os.NewFile(uintptr(fds[1]), "watch child")
	ours := os.NewFile(uintptr(fds[0]), "watch parent")
	conn, err := net.FileConn(ours)
	_ = ours.Close() // FileConn duplicated it
	if err != nil {
		_ = child.Close()
		return nil, nil, fmt.Errorf("sandbox: watch: %w", err)
	}
	w := &Watcher{report: report, conn: conn.(*net.UnixConn), done: make(chan struct{})}
	go func() {
		defer close(w.done)
		w.run()
	}()
	return w, child, nil
}

// Attempts returns how many there were so far, reported or not.
func (w *Watcher) Attempts() uint64 { return w.total.Load() }

// Close ends the watch and waits for the last report. It can be called at any
// time, also if the process was never started.
func (w *Watcher) Close() error {
	w.release()
	<-w.done
	return nil
}

func (w *Watcher) release() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return
	}
	w.closed = true
	_ = w.conn.Close()
	if w.listener != nil {
		_ = w.listener.Close()
	}
}

// run ends with the process, or with Close.
func (w *Watcher) run() {
	defer w.release()
	if !w.begin() {
		return
	}
	for {
		n, err := w.listener.Receive()
		if err != nil {
			break
		}
		w.handle(&n)
	}
	if a, ok := w.rate.rest(); ok {
		w.report(a)
	}
}

// handle answers when everything else is done, so that a call that kills never
// returns to who made it.
func (w *Watcher) handle(n *seccomp.Notice) {
	w.total.Add(1)
	a := Attempt{Call: n.Name, Thread: n.Thread}
	// A signal to the id of a thread is one to its process (kill(2)). The
	// thread waits for us, so that the id is still its own.
	if n.Fatal && n.Thread > 0 && w.listener.Waits(n) {
		a.Killed = unix.Kill(n.Thread, unix.SIGKILL) == nil
	}
	a, report, pause := w.rate.next(a, time.Now())
	if report {
		w.report(a)
	}
	time.Sleep(pause)
	_ = w.listener.Refuse(n) // or it has ended, as Receive will say
}

// begin waits for the process to hand its listener over, which it does as the
// last thing before it serves; anything else that comes is not from our program.
func (w *Watcher) begin() bool {
	oob := make([]byte, unix.CmsgSpace(4))
	_, n, flags, _, err := w.conn.ReadMsgUnix(make([]byte, 1), oob)
	if err != nil {
		return false
	}
	fds := received(oob[:n])
	if len(fds) != 1 || flags&unix.MSG_CTRUNC != 0 {
		for _, fd := range fds {
			_ = unix.Close(fd)
		}
		return false
	}
	listener, err := seccomp.NewListener(fds[0])
	if err != nil {
		return false
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	_ = w.conn.Close()
	if w.closed {
		_ = listener.Close()
		return false
	}
	w.listener = listener
	return true
}

// received returns the descriptors that came in a control message.
func received(oob []byte) []int {
	var fds []int
	messages, _ := unix.ParseSocketControlMessage(oob) // what is not one has none
	for i := range messages {
		if some, err := unix.ParseUnixRights(&messages[i]); err == nil {
			fds = append(fds, some...)
		}
	}
	return fds
}
