package collector_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// wants puts a decky with a log target into the fleet and waits a moment, as a
// deploy does before anybody can attack.
func (r *rig) wants(name string, target decnet.LogTarget) {
	r.Helper()
	d := decnet.Decky{Name: name, Host: workertest.Host, Fleet: "f", Address: netip.MustParseAddr("127.0.0.9"), LogTarget: target}
	if err := bus.Fleet.Set(r.Context(), r.bus, d, d.Host, d.Name); err != nil {
		r.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
}

// line is an event of a decky.
func lineOf(decky, text string) string { return strings.Replace(header, "web-01", decky, 1) + text }

// frame reads one line of octet counting (RFC 6587).
func frame(b *bufio.Reader) (string, error) {
	count, err := b.ReadString(' ')
	if err != nil {
		return "", err
	}
	n, err := strconv.Atoi(strings.TrimSpace(count))
	if err != nil {
		return "", err
	}
	text := make([]byte, n)
	_, err = io.ReadFull(b, text)
	return string(text), err
}

func TestLinesGoToTheTargetOfTheirDecky(t *testing.T) {
	r := newRig(t)
	tcp, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = tcp.Close() }()
	udp, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = udp.Close() }()
	r.wants("a", decnet.LogTarget(tcp.Addr().String()))
	r.wants("b", decnet.LogTarget("udp://"+udp.LocalAddr().String()))
	r.wants("c", "")
	r.write(lineOf("a", "one") + "\n" + lineOf("c", "nobody's") + "\n" + lineOf("b", "two") + "\n" + lineOf("a", "three") + "\n")
	conn, err := tcp.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(conn)
	for _, want := range []string{"one", "three"} {
		if text, err := frame(in); err != nil || text != lineOf("a", want) {
			t.Errorf("have %q, %v; want %q", text, err, want)
		}
	}
	_ = udp.SetReadDeadline(time.Now().Add(20 * time.Second))
	buf := make([]byte, 4096)
	if n, _, err := udp.ReadFrom(buf); err != nil || string(buf[:n]) != lineOf("b", "two") {
		t.Errorf("have %q, %v", buf[:n], err)
	}
	if n := r.count(); n != 4 {
		t.Errorf("%d lines are on the bus", n)
	}
}

// reserved is an address that refuses connections until listen is called, and
// that nobody else can take meanwhile.
func reserved(t *testing.T) (address string, listen func() net.Listener) {
	t.Helper()
	fd, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err == nil {
		err = syscall.Bind(fd, &syscall.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	if err != nil {
		t.Fatal(err)
	}
	at, err := syscall.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", at.(*syscall.SockaddrInet4).Port), func() net.Listener {
		if err := syscall.Listen(fd, 16); err != nil {
			t.Fatal(err)
		}
		file := os.NewFile(uintptr(fd), "listener")
		defer func() { _ = file.Close() }() // the listener has a copy
		l, err := net.FileListener(file)
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
}

func TestATargetThatWasAwayGetsItsLinesInOrder(t *testing.T) {
	r := newRig(t)
	address, listen := reserved(t)
	r.wants("a", decnet.LogTarget(address))
	for i := range 100 {
		r.write(lineOf("a", fmt.Sprint(i)) + "\n")
	}
	r.lines(100) // the bus does not wait for it
	back := listen()
	defer func() { _ = back.Close() }()
	conn, err := back.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
	in := bufio.NewReader(conn)
	for i := range 100 {
		if text, err := frame(in); err != nil || text != lineOf("a", fmt.Sprint(i)) {
			t.Fatalf("line %d: have %q, %v", i, text, err)
		}
	}
}
