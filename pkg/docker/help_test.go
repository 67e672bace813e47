package docker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// mine is a label for what a test makes; it is removed when the test ends.
func mine(t *testing.T, e *Engine) map[string]string {
	t.Helper()
	labels := map[string]string{"decnet.test": strings.ToLower(t.Name())}
	t.Cleanup(func() {
		if _, err := e.Reap(context.Background(), labels, func(string) bool { return false }); err != nil {
			t.Errorf("tidy up: %v", err)
		}
	})
	return labels
}

// lanSpec is a network on the cable.
func lanSpec(labels map[string]string) NetworkSpec {
	return NetworkSpec{
		Name: "decnet_test", Driver: Macvlan, Parent: "lan0", Labels: labels,
		Subnet: netip.MustParsePrefix("198.51.100.0/24"), Gateway: netip.MustParseAddr(far),
		Subnet6: netip.MustParsePrefix("2001:db8:5::/64"), Gateway6: netip.MustParseAddr("2001:db8:5::1"),
	}
}

// newLAN makes that network.
func newLAN(t *testing.T, e *Engine, labels map[string]string) string {
	t.Helper()
	spec := lanSpec(labels)
	if _, err := e.EnsureNetwork(t.Context(), spec); err != nil {
		t.Fatal(err)
	}
	return spec.Name
}

// words is a container that does what they say.
func words(t *testing.T, labels map[string]string, words ...string) Spec {
	t.Helper()
	return Spec{Name: strings.ToLower(strings.ReplaceAll(t.Name(), "/", "-")), Image: puppetImage, Command: words, Labels: labels}
}

// ensure has a container run; want says whether something has to be done for it.
func ensure(t *testing.T, e *Engine, s Spec, want bool) string {
	t.Helper()
	id, changed, err := e.EnsureContainer(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	if changed != want {
		t.Errorf("container %s: changed is %t instead of %t", s.Name, changed, want)
	}
	return id
}

// signal wakes a container that waits.
func signal(t *testing.T, e *Engine, id string) {
	t.Helper()
	if err := e.api.ContainerKill(t.Context(), id, "SIGUSR1"); err != nil {
		t.Fatal(err)
	}
}

// must fails the test unless err is of that kind and says those words in one line.
func must(t *testing.T, err, kind error, says ...string) {
	t.Helper()
	if err == nil || kind != nil && !errors.Is(err, kind) {
		t.Errorf("error %v instead of %v", err, kind)
		return
	}
	if strings.Contains(err.Error(), "\n") {
		t.Errorf("an error has several lines: %v", err)
	}
	for _, s := range says {
		if !strings.Contains(err.Error(), s) {
			t.Errorf("error %q does not say %q", err, s)
		}
	}
}

// call connects to an address from the other end of the cable and reads.
func call(address string) (said string, err error) {
	err = theLab.there.do(func() error {
		// Connecting must not leave this thread: a dialer of many addresses would.
		conn, err := net.DialTimeout("tcp", address, 3*time.Second)
		if err != nil {
			return err
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(3 * time.Second))
		data, err := io.ReadAll(conn)
		said = strings.TrimSpace(string(data))
		return err
	})
	return said, err
}

// eventually waits for something to become true.
func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for range 600 {
		if is() {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	t.Fatalf("%s: not after 30 s", what)
}

// restart ends the engine and starts it again.
func (l *lab) restart(t *testing.T, with syscall.Signal) {
	t.Helper()
	if err := l.stop(with); err != nil {
		t.Fatal(err)
	}
	if err := l.start(); err != nil {
		t.Fatal(err)
	}
}

// find is the container of that name.
func find(t *testing.T, e *Engine, labels map[string]string, name string) Container {
	t.Helper()
	all, err := e.ListContainers(t.Context(), labels)
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range all {
		if c.Name == name {
			return c
		}
	}
	return Container{State: fmt.Sprintf("missing among %d", len(all))}
}

// output runs a command in the thread's namespace.
func output(in *thread, command string, args ...string) (out string, err error) {
	err = in.do(func() error {
		data, err := exec.Command(command, args...).CombinedOutput()
		out = string(data)
		return err
	})
	return out, err
}

// puppetBinary is the program of the containers.
func puppetBinary(t *testing.T) []byte {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(theLab.dir, "puppet"))
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func addrOf(t *testing.T, s string) netip.Addr {
	t.Helper()
	a, err := netip.ParseAddr(s)
	if err != nil {
		t.Fatal(err)
	}
	return a
}
