package decnet_test

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
)

func TestAttackerIDIsReversibleAndOneToken(t *testing.T) {
	tests := []struct {
		address string
		want    decnet.AttackerID
	}{
		{"203.0.113.7", "cb007107"},
		{"::ffff:203.0.113.7", "cb007107"},
		{"2001:db8::1", "20010db8000000000000000000000001"},
		{"fe80::1%eth0", "fe800000000000000000000000000001"},
	}
	for _, test := range tests {
		id := decnet.AttackerIDOf(netip.MustParseAddr(test.address))
		if id != test.want {
			t.Errorf("%s has id %s, want %s", test.address, id, test.want)
		}
		if back := id.Addr(); back != netip.MustParseAddr(test.address).Unmap().WithZone("") {
			t.Errorf("%s comes back as %s", test.address, back)
		}
		if parsed, err := decnet.ParseAttackerID(string(id)); err != nil || parsed != id {
			t.Errorf("%s parses to %s, %v", id, parsed, err)
		}
	}
	if id := decnet.AttackerIDOf(netip.Addr{}); id != "" || id.Addr().IsValid() {
		t.Errorf("no address has id %q", id)
	}
}

func FuzzParseAttackerID(f *testing.F) {
	for _, s := range []string{"cb007107", "CB007107", "cb0071", "", "zz", "00000000000000000000ffffcb007107"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		id, err := decnet.ParseAttackerID(s)
		if err == nil && decnet.AttackerIDOf(id.Addr()) != decnet.AttackerID(s) {
			t.Errorf("%q was taken for an id and is %s", s, decnet.AttackerIDOf(id.Addr()))
		}
	})
}

func TestSettingsResolve(t *testing.T) {
	spec := decnet.ServiceSpec{Slug: "ssh", Settings: []decnet.SettingSpec{
		{Name: "login", Type: decnet.SettingEnum, Default: "first", Choices: []string{"first", "never"}},
		{Name: "delay_ms", Type: decnet.SettingInt, Default: "2000", Max: 9000},
		{Name: "banner", Type: decnet.SettingBool, Default: "false"},
		{Name: "text", Type: decnet.SettingString},
	}}
	good, err := spec.Resolve(map[string]string{"login": "never", "banner": "true", "text": "a\nb"})
	if err != nil || good["login"] != "never" || good.Int("delay_ms") != 2000 || !good.Bool("banner") || good["text"] != "a\nb" {
		t.Errorf("have %v, %v", good, err)
	}
	for _, test := range []struct{ name, value, want string }{
		{"logn", "first", `unknown setting "logn"; did you mean "login"?`},
		{"login", "always", "want one of [first never]"},
		{"delay_ms", "9001", "want a whole number from 0 to 9000"},
		{"delay_ms", "soon", "want a whole number"},
		{"banner", "perhaps", "want true or false"},
	} {
		if _, err := spec.Resolve(map[string]string{test.name: test.value}); err == nil || !strings.Contains(err.Error(), test.want) || !strings.Contains(err.Error(), "ssh") {
			t.Errorf("%s=%s: have %v, want %q", test.name, test.value, err, test.want)
		}
	}
}

func TestNearest(t *testing.T) {
	words := []string{"status", "services", "version", "up"}
	for word, want := range map[string]string{"staus": "status", "service": "services", "verison": "version", "deploy": "", "": ""} {
		if have := decnet.Nearest(word, words); have != want {
			t.Errorf("nearest to %q is %q, want %q", word, have, want)
		}
	}
}

func TestErrorsShowOnlyWhatTheySay(t *testing.T) {
	inner := errors.New("SELECT * FROM users: disk I/O error")
	shown := &decnet.Error{Code: decnet.CodeUnavailable, Message: "try later", Err: inner}
	for _, test := range []struct {
		err     error
		code    decnet.Code
		message string
	}{
		{fmt.Errorf("list: %w", shown), decnet.CodeUnavailable, "try later"},
		{inner, decnet.CodeInternal, "internal error"},
	} {
		if decnet.ErrorCode(test.err) != test.code || decnet.ErrorMessage(test.err) != test.message {
			t.Errorf("%v shows %s %q", test.err, decnet.ErrorCode(test.err), decnet.ErrorMessage(test.err))
		}
	}
	if !errors.Is(shown, inner) || !strings.Contains(shown.Error(), "disk") {
		t.Error("the log does not get the cause")
	}
}

func TestDeckyValidate(t *testing.T) {
	good := decnet.Decky{
		Name: "web-01", Host: "h1", Fleet: "default", Driver: decnet.DriverLoopback, Address: netip.MustParseAddr("127.0.0.1"), Seed: strings.Repeat("ab", 32),
		Services: []decnet.ServiceRequest{{Slug: "ssh"}},
	}
	if err := good.Validate(); err != nil {
		t.Fatal(err)
	}
	for want, change := range map[string]func(*decnet.Decky){
		"name":               func(d *decnet.Decky) { d.Name = "web.01" },
		"host":               func(d *decnet.Decky) { d.Host = "*" },
		"address is missing": func(d *decnet.Decky) { d.Address = netip.Addr{} },
		"fleet":              func(d *decnet.Decky) { d.Fleet = "A" },
		"unknown driver":     func(d *decnet.Decky) { d.Driver = "podman" },
		"needs a network":    func(d *decnet.Decky) { d.Driver = decnet.DriverNative },
		"mutate interval":    func(d *decnet.Decky) { d.MutateMinutes = -5 },
		"log target":         func(d *decnet.Decky) { d.LogTarget = "siem" },
		"seed":               func(d *decnet.Decky) { d.Seed = "ab" },
		"no services":        func(d *decnet.Decky) { d.Services = nil },
		"listed twice":       func(d *decnet.Decky) { d.Services = append(d.Services, d.Services...) },
	} {
		d := good
		change(&d)
		if err := d.Validate(); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want an error about %q", err, want)
		}
	}
}

func TestRawLogKeepsEveryByte(t *testing.T) {
	for _, line := range []string{"plain", "日本", "\xff\xfe", ""} {
		var r decnet.RawLog
		r.SetBytes([]byte(line))
		if string(r.Bytes()) != line {
			t.Errorf("%q comes back as %q", line, r.Bytes())
		}
	}
	if decnet.EventID("h", "s", 12) == decnet.EventID("h", "s1", 2) {
		t.Error("two places have one id")
	}
}

func TestPresentLeavesOutTheRemoved(t *testing.T) {
	in := []decnet.DeckyState{{Name: "b"}, {Name: "gone", Phase: decnet.PhaseRemoved}, {Name: "a"}}
	if out := decnet.Present(in); len(out) != 2 || out[0].Name != "a" || in[0].Name != "b" {
		t.Errorf("have %+v from %+v", out, in)
	}
}

func TestLogTarget(t *testing.T) {
	for target, want := range map[decnet.LogTarget]string{
		"siem:514": "tcp siem:514", "tcp://10.0.0.5:601": "tcp 10.0.0.5:601", "udp://[fd00::5]:514": "udp [fd00::5]:514",
		"tls://siem.example:6514": "tls siem.example:6514", "": "tcp ",
	} {
		network, address := target.Split()
		if err := target.Check(); err != nil || network+" "+address != want {
			t.Errorf("%q is %s %s, %v", target, network, address, err)
		}
	}
	for _, bad := range []decnet.LogTarget{"siem", "siem:0", "siem:99999", ":514", "tls://siem", "http://siem:514", "udp://", "siem:http"} {
		if err := bad.Check(); err == nil {
			t.Errorf("%q is taken", bad)
		}
	}
}
