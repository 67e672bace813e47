package capturetest

import (
	"net"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// Near is the interface that a Cable ends at.
const Near = "near"

// Cable is a cable to the interface Near, in a network namespace that the test's
// goroutine is in from then on.
type Cable struct{ fd int }

// NewCable makes the namespace and the cable, which end with the test's goroutine.
// It needs root; where the tests have to be complete, that is fatal.
func NewCable(t testing.TB) *Cable {
	t.Helper()
	give := t.Skipf
	if os.Getenv("CI") != "" {
		give = t.Fatalf
	}
	// Never unlocked: the thread, and the namespace, ends with the test.
	runtime.LockOSThread()
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		give("network namespaces cannot be made here: %v", err)
	}
	for _, line := range []string{"link set lo up", "link add " + Near + " type veth peer name far", "link set " + Near + " up", "link set far up"} {
		if out, err := exec.CommandContext(t.Context(), "ip", strings.Fields(line)...).CombinedOutput(); err != nil { //nolint:gosec // lines from above
			give("ip %s: %v: %s", line, err, out)
		}
	}
	far, err := net.InterfaceByName("far")
	if err != nil {
		t.Fatal(err)
	}
	c := &Cable{}
	if c.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = unix.Close(c.fd) })
	if err := unix.Bind(c.fd, &unix.SockaddrLinklayer{Ifindex: far.Index}); err != nil {
		t.Fatal(err)
	}
	// Nothing queues frames, so that they are sent as fast as can be.
	_ = unix.SetsockoptInt(c.fd, unix.SOL_PACKET, unix.PACKET_QDISC_BYPASS, 1)
	return c
}

// Send sends a frame.
func (c *Cable) Send(frame []byte) error {
	_, err := unix.Write(c.fd, frame)
	return err
}
