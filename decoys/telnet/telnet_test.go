package telnet_test

import (
	"bytes"
	"fmt"
	"net"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/telnet"
	"github.com/decnet/decnet/pkg/decnet"
)

func TestServiceMeetsTheContract(t *testing.T) {
	decoytest.CheckService(t, telnet.Service(), []byte("\xff\xfb\x1f\xff\xfb\x01\xff\xfe\x26\xff\xfc\x18\xff\xfc\x20\xff\xfc\x23\xff\xfc\x27\xff\xfc\x24"))
}

// A caller answers a server's commands as clients do that want nothing (refuse) or everything.
type caller struct {
	t      *testing.T
	conn   net.Conn
	refuse bool
	shown  bytes.Buffer
	state  []byte // of a command
}

func call(t *testing.T, d *decoytest.Decoy, refuse bool) *caller {
	t.Helper()
	conn, err := new(net.Dialer).DialContext(t.Context(), "tcp", d.Addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return &caller{t: t, conn: conn, refuse: refuse}
}

func (c *caller) send(s string) {
	c.t.Helper()
	if _, err := c.conn.Write([]byte(s)); err != nil {
		c.t.Fatal(err)
	}
}

// until reads until text has been shown, and forgets all that was before its end.
func (c *caller) until(text string) string {
	c.t.Helper()
	_ = c.conn.SetReadDeadline(time.Now().Add(20 * time.Second))
	b := make([]byte, 1)
	for {
		if before, after, ok := strings.Cut(c.shown.String(), text); ok {
			c.shown.Reset()
			c.shown.WriteString(after)
			return before
		}
		if _, err := c.conn.Read(b); err != nil {
			c.t.Fatalf("no %q in %q: %v", text, c.shown.String(), err)
		}
		c.take(b[0])
	}
}

func (c *caller) take(b byte) {
	switch {
	case len(c.state) == 0 && b != 255:
		c.shown.WriteByte(b)
		return
	default:
		c.state = append(c.state, b)
	}
	switch s := c.state; {
	case len(s) < 3:
		return
	case s[1] == 250:
		if !bytes.HasSuffix(s, []byte{255, 240}) {
			return
		}
		c.send(string([]byte{255, 250, s[2], 0}) + map[byte]string{24: "XTERM", 32: "38400,38400", 39: "\x00USER\x01eve"}[s[2]] + "\xff\xf0")
	case s[1] == 253: // DO
		answer := byte(252)
		if !c.refuse && (s[2] == 24 || s[2] == 31 || s[2] == 32 || s[2] == 39) {
			answer = 251
		}
		c.send(string([]byte{255, answer, s[2]}))
		if answer == 251 && s[2] == 31 {
			c.send("\xff\xfa\x1f\x00\x64\x00\x1e\xff\xf0")
		}
	case s[1] == 251: // WILL
		answer := byte(253)
		if s[2] == 37 || s[2] == 38 {
			answer = 254
		}
		c.send(string([]byte{255, answer, s[2]}))
	}
	c.state = nil
}

func fast(more map[string]string) map[string]string {
	settings := map[string]string{"fail_delay_ms": "0", "network_delay_ms": "10"}
	for k, v := range more {
		settings[k] = v
	}
	return settings
}

func TestLoginAndShell(t *testing.T) {
	for _, os := range []string{"debian", "rocky9", "alpine", "openwrt"} {
		for _, refuse := range []bool{true, false} {
			t.Run(fmt.Sprintf("%s, refuse %v", os, refuse), func(t *testing.T) {
				d := decoytest.Start(t, telnet.Service(), decoytest.Options{OS: os, Settings: fast(map[string]string{"login": "list", "accounts": "root:toor"})})
				c := call(t, d, refuse)
				c.until(d.Persona.Hostname + " login: ")
				c.send("root\r\x00")
				c.until("root\r\nPassword: ")
				c.send("wrong\r\n")
				if shown := c.until("Login incorrect"); strings.Contains(shown, "wrong") {
					t.Errorf("the password was shown: %q", shown)
				}
				c.until("login: ")
				c.send("root\r\n")
				c.until("Password: ")
				c.send("toor\r\n")
				c.until("# ")
				c.send("echo $((6*7))-$(id -u)\r\n")
				c.until("42-0\r\n")
				c.send("exit\r\n")
				attempts := d.WaitFor(decnet.KindAuthAttempt, 2)
				if cred, _ := decnet.CredentialOf(&attempts[1]); !cred.Accepted || cred.Secret != "toor" || cred.Principal != "root" {
					t.Errorf("have %+v", cred)
				}
				e := d.WaitFor("client", 1)[0].Fields
				if !refuse && os != "alpine" && os != "openwrt" && (e["term"] != "xterm" || e["user"] != "eve") {
					t.Errorf("have %v", e)
				}
				s := d.WaitFor("session", 1)[0].Fields
				if want := map[bool]string{true: "0", false: "100"}[refuse]; s["columns"] != want {
					t.Errorf("have %v", s)
				}
				d.WaitFor(decnet.KindRecorded, 1)
			})
		}
	}
}

func TestWrongPasswordsEnd(t *testing.T) {
	d := decoytest.Start(t, telnet.Service(), decoytest.Options{Settings: fast(map[string]string{"login": "never"})})
	c := call(t, d, true)
	for range 5 {
		c.until("login: ")
		c.send("admin\r\n")
		c.until("Password: ")
		c.send("admin\r\n")
	}
	c.until("Maximum number of tries exceeded (5)\r\n")
	d.WaitFor(decnet.KindAuthAttempt, 5)
}
