package handover

import (
	"encoding/json"
	"net"
	"os"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestDecodeRefuses(t *testing.T) {
	decky := `{"name":"d-1","host":"h","fleet":"f","driver":"loopback","address":"192.0.2.1","services":[{"slug":"ssh"}],"os":"debian","seed":"` +
		strings.Repeat("0", 64) + `","created":"2026-01-01T00:00:00Z"}`
	good := `{"id":1,"op":"start","decky":` + decky + `,"listeners":[{"service":"ssh","transport":"tcp"}]}`
	if _, err := decodeRequest([]byte(good), 1); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name, message string
		files         int
		reason        string
	}{
		{"no JSON", "hello", 0, "invalid character"},
		{"an unknown request", `{"op":"exec"}`, 0, "unknown request"},
		{"an unknown field", `{"op":"stop","name":"d","shell":"x"}`, 0, "unknown field"},
		{"two values", `{"op":"stop","name":"d"}{}`, 0, "more than one"},
		{"too few files", good, 0, "came with 0 files"},
		{"too many files", `{"op":"spool"}`, 2, "came with 2 files"},
		{"no decky", `{"op":"start"}`, 0, "without a decky"},
		{"a decky that is none", `{"op":"start","decky":{"name":"../x"}}`, 0, "name"},
		{"a name that is none", `{"op":"stop","name":"a b"}`, 0, "name"},
		{"a huge message", strings.Repeat(" ", MaxMessage+1), 0, "longer than"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if _, err := decodeRequest([]byte(test.message), test.files); err == nil || !strings.Contains(err.Error(), test.reason) {
				t.Errorf("have %v, want an error that says %q", err, test.reason)
			}
		})
	}
}

func TestServerEndsAtWhatNoClientSends(t *testing.T) {
	for name, send := range map[string]func(*net.UnixConn){
		"junk":           func(c *net.UnixConn) { _, _ = c.Write([]byte("junk")) },
		"a huge message": func(c *net.UnixConn) { _, _ = c.Write(make([]byte, MaxMessage+100)) },
		"too many files": func(c *net.UnixConn) {
			fds := make([]int, MaxFiles+10)
			_, _, _ = c.WriteMsgUnix([]byte(`{"op":"spool"}`), unix.UnixRights(fds...), nil)
		},
	} {
		t.Run(name, func(t *testing.T) {
			client, child, err := Pair()
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = client.Close() }()
			before := countFiles(t)
			server, err := NewServer(child)
			if err != nil {
				t.Fatal(err)
			}
			send(client.conn)
			if err := server.Serve(t.Context(), nil); err == nil {
				t.Error("no error")
			}
			if after := countFiles(t); after >= before+1 {
				t.Errorf("%d files are left open", after-before)
			}
		})
	}
}

func countFiles(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

func TestNewServerRefusesOtherSockets(t *testing.T) {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = w.Close() }()
	if _, err := NewServer(r); err == nil {
		t.Error("a pipe is accepted")
	}
}

func FuzzDecode(f *testing.F) {
	f.Add([]byte(`{"id":1,"op":"spool"}`), 1)
	f.Add([]byte(`{"id":2,"op":"stop","name":"d-1"}`), 0)
	f.Add([]byte(`{"id":3,"op":"start","decky":{"name":"d"},"listeners":[{"service":"ssh","transport":"tcp"}]}`), 1)
	f.Fuzz(func(t *testing.T, data []byte, files int) {
		r, err := decodeRequest(data, files)
		if err != nil {
			return
		}
		again, err := json.Marshal(r)
		if err != nil {
			t.Fatal(err)
		}
		if len(again) <= MaxMessage {
			if _, err := decodeRequest(again, files); err != nil {
				t.Errorf("a decoded request does not decode again: %v", err)
			}
		}
	})
}
