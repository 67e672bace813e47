package ios

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/device"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// have runs what is typed on the router with the given seed, and returns what it shows.
func have(t *testing.T, seed int, typed string, settings ...string) (shown string, c *device.Config) {
	t.Helper()
	p, err := persona.Derive(&decnet.Decky{Name: "r", OS: "ios15", Seed: fmt.Sprintf("%064x", seed), Created: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	config := device.Config{
		Persona: p, Address: netip.MustParseAddr("192.0.2.10"), User: "admin", Source: netip.MustParseAddr("198.51.100.7"), Login: time.Now(), Settings: settings,
		Command: func(string, decoy.Typed) {}, Download: func(string, string) {}, Enable: func(b []byte) bool { return string(b) == "secret" },
	}
	config.Remember = func(s string) { settings = append(settings, s) }
	var out bytes.Buffer
	Run(context.Background(), config, device.NewTerm(t.Context(), strings.NewReader(typed), &out, 24))
	config.Settings = settings
	return out.String(), &config
}

func TestLinesAreWhatTheyMean(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"sh ver", "Cisco IOS Software, C"},
		{"show version | include uptime", " uptime is "},
		{"show version | include uptime|image", "System image file is"},
		{"show version | include (", "r"},
		{"sho ip int bri", "GigabitEthernet0/0         192.0.2.10      YES NVRAM  up                    up"},
		{"s", "% Ambiguous command:  \"s\"\r\n"},
		{"show", "% Incomplete command.\r\n"},
		{"sh?", "sh?\r\nshow\r\n"},
		{"show ?", "arp"},
		{"te\t", "% Ambiguous"},
		{"ping 192.0.2.1", "Success rate is 100 percent (5/5)"},
		{"ping 203.0.113.9", ".....\r\nSuccess rate is 0 percent (0/5)"},
		{"telnet 203.0.113.9", "% Connection timed out; remote host not responding"},
		{"wget", "% Unknown command or computer name, or unable to find computer address"},
		{"enable\rsecret\rshow startup-config", "version 15.2"},
		{"enable\rx\ry\rz\r", "% Bad secrets"},
		{"enable\rsecret\rconf t\rint gi0/1\rfoo\r", "% Invalid input detected at '^' marker."},
		{"enable\rsecret\rcopy tftp://203.0.113.9/x flash:\r\r", "%Error opening tftp://203.0.113.9/x (Timed out)"},
		{"show users", "198.51.100.7"},
		{"terminal length 600", "% Invalid input detected"},
	} {
		if shown, _ := have(t, 1, test.typed+"\r"); !strings.Contains(shown, test.want) {
			t.Errorf("%q: have %q, want %q", test.typed, shown, test.want)
		}
	}
}

func TestMarkerIsWhereTheLineIsWrong(t *testing.T) {
	shown, c := have(t, 1, "show virsion\r")
	lines := strings.Split(shown, "\r\n")
	// The router knows "v" of version.
	if want := strings.Repeat(" ", len(c.Persona.Hostname)+1+len("show v")) + "^"; len(lines) < 3 || lines[1] != want || lines[2] != "% Invalid input detected at '^' marker." {
		t.Errorf("have %q", lines)
	}
}

func TestPagesWaitForAKey(t *testing.T) {
	shown, _ := have(t, 1, "show version\r  exit\r")
	if n := strings.Count(shown, " --More-- "); n != 2 {
		t.Errorf("have %d pages: %q", n, shown)
	}
	shown, _ = have(t, 1, "terminal length 0\rshow version\rexit\r")
	if strings.Contains(shown, "More") {
		t.Errorf("have %q", shown)
	}
	shown, _ = have(t, 1, "show version\rq"+"show clock\r")
	if !regexp.MustCompile(`\*\d\d:\d\d:\d\d\.\d{3} UTC `).MatchString(shown) || strings.Contains(shown, "Configuration register") {
		t.Errorf("have %q", shown)
	}
}

func TestConfigurationIsRemembered(t *testing.T) {
	_, c := have(t, 1, "en\rsecret\rconf t\rhostname pwned\rusername x secret y\rint gi 0/1\r shutdown\rend\r")
	if got := strings.Join(c.Settings, "|"); got != "hostname pwned|username x secret y|interface gi 0/1| shutdown" {
		t.Errorf("have %q", got)
	}
	shown, _ := have(t, 1, "en\rsecret\rterm len 0\rsh run\r", c.Settings...)
	if !strings.Contains(shown, "pwned#") || !strings.Contains(shown, "\r\nusername x secret y\r\n") || !strings.Contains(shown, "interface gi 0/1\r\n shutdown\r\n") {
		t.Errorf("have %q", shown)
	}
}

func TestNoTwoRoutersAreAlike(t *testing.T) {
	seen := map[string]bool{}
	for seed := range 50 {
		shown, c := have(t, seed, "terminal length 0\rshow version\rshow interfaces\rshow arp\r")
		serial := regexp.MustCompile(`board ID (FTX1\d2\d[A-Z]\d[0-9A-F][A-Z])\r`).FindStringSubmatch(shown)
		if serial == nil || seen[serial[1]] {
			t.Fatalf("seed %d: serial %q, in %q", seed, serial, shown)
		}
		seen[serial[1]] = true
		m := c.Persona.MAC
		if mac := fmt.Sprintf("%02x%02x.%02x%02x.%02x%02x", m[0], m[1], m[2], m[3], m[4], m[5]&^3); strings.Count(shown, mac) < 2 {
			t.Errorf("seed %d: no %s in %q", seed, mac, shown)
		}
	}
}

func FuzzLine(f *testing.F) {
	tree := newTree(commands, helps)
	for _, c := range commands {
		f.Add(c.path, byte(privileged))
	}
	f.Add("conf t", byte(config))
	f.Add(" no  ip\taddress 1.2.3.4", byte(configSub))
	f.Add("terminal length 99999999999999999999", byte(user))
	f.Fuzz(func(t *testing.T, line string, in byte) {
		if len(line) > device.MaxLine {
			return
		}
		for _, n := range []*node{tree, configTree} {
			m := mode(in % 4)
			found, args, err := n.parse(line, m)
			if (err == nil) != (found != nil) || len(args) > len(line) {
				t.Errorf("%q: have %v, %q, %v", line, found, args, err)
			}
			if bad, ok := err.(*parseError); ok && bad.at > len(line) { //nolint:errorlint // parse wraps nothing
				t.Errorf("%q: wrong at %d", line, bad.at)
			}
			_, _ = n.options(line, m), n.complete(line, m)
		}
	})
}

func FuzzSession(f *testing.F) {
	p, err := persona.Derive(&decnet.Decky{Name: "r", OS: "ios15", Seed: fmt.Sprintf("%064x", 1), Created: time.Now()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add("en\rsecret\rconf t\rint gi0/0\rno shut\rexit\rhostname x\rend\rshow run | inc x\r")
	f.Add("ping 1.2.3.4\r\x1b[A\x01\x05\x17\x15?\t\rcopy tftp: flash:\ra\rb\rc\rreload\ry")
	f.Add("show version\r  qen\rx\ry\rz\r\x03\x04")
	f.Fuzz(func(t *testing.T, typed string) {
		n, settings := 0, 0
		c := device.Config{
			Persona: p, Address: netip.MustParseAddr("192.0.2.10"), User: "admin", Source: netip.MustParseAddr("198.51.100.7"), Login: time.Now(),
			Command: func(string, decoy.Typed) { n++ }, Download: func(string, string) {}, Enable: func([]byte) bool { return true }, Remember: func(string) { settings++ },
		}
		Run(t.Context(), c, device.NewTerm(t.Context(), strings.NewReader(typed), io.Discard, 24))
		if n > len(typed) || settings > device.MaxSettings {
			t.Errorf("%d commands and %d settings of %d bytes", n, settings, len(typed))
		}
	})
}
