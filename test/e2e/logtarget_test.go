package e2e_test

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// A syslog receiver that is away when the fleet is deployed, attacked and killed has
// every event once it is there.
func TestASyslogReceiverThatIsAwayMissesNothing(t *testing.T) {
	o := newOperator(t)
	address, listen := reserved(t)
	out := o.does("deploy", "-n", "1", "--services", "http", "--log-target", address)
	if !strings.Contains(out, "log target "+address+" does not answer (connection refused)") {
		t.Errorf("deploy says\n%s", out)
	}
	asked := 0
	attack := func() {
		at := o.httpAddress()
		for range 20 {
			asked++
			resp, err := http.Get(fmt.Sprintf("http://%s/probe-%d.php", at, asked))
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, resp.Body)
			_ = resp.Body.Close()
		}
	}
	attack()
	http.DefaultClient.CloseIdleConnections()
	pid := o.stack()
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	eventually(t, 5*time.Second, "the stack's process has ended", func() bool { return ended(pid) })
	o.does("deploy", "-n", "1", "--services", "http", "--log-target", address) // starts it again
	attack()
	http.DefaultClient.CloseIdleConnections()
	lines := receive(t, listen())
	eventually(t, 60*time.Second, "the receiver has every request", func() bool {
		text := lines()
		for n := range asked {
			if !strings.Contains(text, fmt.Sprintf("/probe-%d.php", n+1)) {
				return false
			}
		}
		return true
	})
	eventually(t, 20*time.Second, "the forwarder is well", func() bool {
		out, err := o.types("status")
		return err == nil && !strings.Contains(out, "degraded")
	})
	o.does("teardown", "--all")
}

// httpAddress is where the fleet's web server answers, once all is up.
func (o *operator) httpAddress() string {
	o.Helper()
	var at string
	eventually(o.T, 20*time.Second, "the web server answers", func() bool {
		var items []statusItem
		out, err := o.types("status", "--output", "json")
		if err != nil || json.Unmarshal([]byte(out), &items) != nil {
			return false
		}
		for _, i := range items {
			for _, s := range i.Services {
				if s.Slug == "http" && s.Up {
					at = net.JoinHostPort(s.Address.String(), strconv.Itoa(int(s.Port)))
				}
			}
		}
		return at != ""
	})
	return at
}

// receive reads what comes to l, a connection after the other, until the test ends.
func receive(t *testing.T, l net.Listener) (text func() string) {
	t.Helper()
	var mu sync.Mutex
	var got strings.Builder
	var reading sync.WaitGroup
	var open net.Conn
	reading.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			mu.Lock()
			open = conn
			mu.Unlock()
			for in := bufio.NewReader(conn); err == nil; {
				var piece []byte
				if piece, err = in.ReadSlice(' '); len(piece) > 0 {
					mu.Lock()
					got.Write(piece)
					mu.Unlock()
				}
			}
			_ = conn.Close()
		}
	})
	t.Cleanup(func() {
		_ = l.Close()
		mu.Lock()
		if open != nil {
			_ = open.Close()
		}
		mu.Unlock()
		reading.Wait()
	})
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		return got.String()
	}
}

// reserved is an address that refuses connections until listen is called, and that
// nobody else can take meanwhile.
func reserved(t *testing.T) (address string, listen func() net.Listener) {
	t.Helper()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err == nil {
		err = unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}})
	}
	if err != nil {
		t.Fatal(err)
	}
	at, err := unix.Getsockname(fd)
	if err != nil {
		t.Fatal(err)
	}
	return fmt.Sprintf("127.0.0.1:%d", at.(*unix.SockaddrInet4).Port), func() net.Listener {
		if err := unix.Listen(fd, 16); err != nil {
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
