package ssh_test

import (
	"encoding/base64"
	"errors"
	"io"
	"net"
	"strings"
	"testing"
	"time"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/ssh"
)

// loggedIn is a client of a fresh decky.
func loggedIn(t *testing.T, settings map[string]string) (*decoytest.Decoy, *xssh.Client) {
	t.Helper()
	d := decoytest.Start(t, ssh.Service(), fast(settings))
	c, _, err := dial(d, "root", "x")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Close() })
	return d, c
}

// openReason is why a channel was refused.
func openReason(err error) (xssh.RejectionReason, string) {
	if e, ok := errors.AsType[*xssh.OpenChannelError](err); ok {
		return e.Reason, e.Message
	}
	return 0, ""
}

func TestForwardingsAreAcceptedAndLeadNowhere(t *testing.T) {
	d, c := loggedIn(t, nil)
	tests := []struct {
		target, sent string
		ends         bool // by the decky
	}{
		{"198.51.100.7:80", "GET / HTTP/1.0\r\n\r\n", true},
		{"[2001:db8::1]:25", "\x05\x01\x00", false},
		{"mail.example:25", "", false},
		{"198.51.100.7:443", strings.Repeat("\xff\x00", 5000), false},
	}
	for i, test := range tests {
		conn, err := c.Dial("tcp", test.target)
		if err != nil {
			t.Fatalf("%s: %v", test.target, err)
		}
		if _, err := io.WriteString(conn, test.sent); err != nil {
			t.Fatal(err)
		}
		if test.ends {
			if b, err := io.ReadAll(conn); err != nil || len(b) > 0 {
				t.Errorf("%s: have %q, %v", test.target, b, err)
			}
		}
		_ = conn.Close()
		f := d.WaitFor("forward", i+1)[i].Fields
		data, err := base64.StdEncoding.DecodeString(f["data_b64"])
		if want := test.sent[:min(len(test.sent), 4096)]; err != nil || string(data) != want {
			t.Errorf("%s: have %q, %v", test.target, data, err)
		}
		if f["target"] != test.target || f["accepted"] != "true" || f["type"] != "direct-tcpip" || f["bytes"] != itoa(len(test.sent)) {
			t.Errorf("have %v", f)
		}
		if (f["cut"] != "") != (len(test.sent) > 4096) {
			t.Errorf("%s: have cut %q", test.target, f["cut"])
		}
	}
}

func TestPortsAreGrantedAndNeverOpened(t *testing.T) {
	d, c := loggedIn(t, nil)
	l, err := c.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	addr := l.Addr().(*net.TCPAddr)
	if addr.Port < 32768 || addr.Port > 60999 {
		t.Errorf("have port %d", addr.Port)
	}
	if conn, err := (&net.Dialer{Timeout: time.Second}).DialContext(t.Context(), "tcp", addr.String()); err == nil {
		_ = conn.Close()
		t.Error("somebody listens there")
	}
	if _, err := c.Listen("tcp", addr.String()); err == nil {
		t.Error("one port is granted twice")
	}
	if err := l.Close(); err != nil {
		t.Errorf("it cannot be given back: %v", err)
	}
	if ok, _, err := c.SendRequest("cancel-tcpip-forward", true, xssh.Marshal(struct {
		Host string
		Port uint32
	}{"10.0.0.1", 99})); err != nil || ok {
		t.Error("what was never granted is given back")
	}
	want := []string{"127.0.0.1:0 true", addr.String() + " false", addr.String() + " true", "10.0.0.1:99 false"}
	for i, e := range d.WaitFor("forward", len(want)) {
		if have := e.Fields["target"] + " " + e.Fields["accepted"]; have != want[i] {
			t.Errorf("have %q, want %q", have, want[i])
		}
	}
}

// The words and numbers are those of OpenSSH 9.2.
func TestWhatCannotBeForwardedIsRefused(t *testing.T) {
	_, c := loggedIn(t, nil)
	_, _, err := c.OpenChannel("direct-tcpip", xssh.Marshal(struct {
		Host       string
		Port       uint32
		Origin     string
		OriginPort uint32
	}{"127.0.0.1", 70000, "192.0.2.1", 5}))
	if reason, text := openReason(err); reason != xssh.Prohibited || text != "open failed" {
		t.Errorf("a port that is none: have %v", err)
	}
	for path, want := range map[string]bool{"/tmp/sock": true, "/no/where/sock": false} {
		payload := xssh.Marshal(struct{ Path string }{path})
		for _, kind := range []string{"streamlocal-forward@openssh.com", "cancel-streamlocal-forward@openssh.com"} {
			if ok, reply, err := c.SendRequest(kind, true, payload); err != nil || ok != want || len(reply) > 0 {
				t.Errorf("%s of %s: have %v %q %v", kind, path, ok, reply, err)
			}
		}
	}
}

func TestForwardingsAreBounded(t *testing.T) {
	_, c := loggedIn(t, nil)
	open := 0
	var refused error
	for range 40 {
		conn, err := c.Dial("tcp", "198.51.100.7:80")
		if err != nil {
			refused = err
			continue
		}
		defer func() { _ = conn.Close() }()
		open++
	}
	if reason, text := openReason(refused); open != 32 || reason != xssh.ConnectionFailed || text != "Connection timed out" {
		t.Errorf("%d are open, then %v %q", open, reason, text)
	}
	listens := 0
	for range 40 {
		if _, err := c.Listen("tcp", "0.0.0.0:0"); err == nil {
			listens++
		}
	}
	if listens != 32 {
		t.Errorf("%d ports are granted", listens)
	}
}

func TestForwardingsCanBeRefused(t *testing.T) {
	d, c := loggedIn(t, map[string]string{"forward": "refuse"})
	_, err := c.Dial("tcp", "198.51.100.7:25")
	if reason, text := openReason(err); reason != xssh.Prohibited || text != "open failed" {
		t.Errorf("direct-tcpip: have %v", err)
	}
	if _, err := c.Listen("tcp", "0.0.0.0:8080"); err == nil {
		t.Error("tcpip-forward is allowed")
	}
	for i, e := range d.WaitFor("forward", 2) {
		if e.Fields["accepted"] != "false" || e.Fields["target"] != []string{"198.51.100.7:25", "0.0.0.0:8080"}[i] {
			t.Errorf("have %v", e.Fields)
		}
	}
}

func TestOtherChannelsAndSubsystemsAreRefused(t *testing.T) {
	d, c := loggedIn(t, nil)
	for _, kind := range []string{"x11", "auth-agent@openssh.com", "direct-streamlocal@openssh.com"} {
		_, _, err := c.OpenChannel(kind, xssh.Marshal(struct {
			Path, Reserved string
			More           uint32
		}{"/run/docker.sock", "", 0}))
		if reason, text := openReason(err); reason != xssh.ConnectionFailed || text != "open failed" {
			t.Errorf("%s: have %v", kind, err)
		}
	}
	s, err := c.NewSession()
	if err != nil {
		t.Fatal(err)
	}
	if err := s.RequestSubsystem("netconf"); err == nil {
		t.Error("netconf is there")
	}
	if f := d.WaitFor("forward", 3)[2].Fields; f["target"] != "/run/docker.sock" || f["accepted"] != "false" {
		t.Errorf("have %v", f)
	}
	if f := d.WaitFor("subsystem", 1)[0].Fields; f["name"] != "netconf" || f["accepted"] != "false" {
		t.Errorf("have %v", f)
	}
}
