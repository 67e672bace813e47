package routeros

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/device"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

func router(t testing.TB, seed int) device.Config {
	t.Helper()
	p, err := persona.Derive(&decnet.Decky{Name: "r", OS: "routeros6", Seed: fmt.Sprintf("%064x", seed), Created: time.Now().Add(-time.Hour)})
	if err != nil {
		t.Fatal(err)
	}
	return device.Config{
		Persona: p, Address: netip.MustParseAddr("192.0.2.10"), User: "admin", Source: netip.MustParseAddr("198.51.100.7"), Login: time.Now(),
		Command: func(string, decoy.Typed) {}, Download: func(string, string) {},
	}
}

func have(t *testing.T, c device.Config, typed string) string {
	t.Helper()
	var out bytes.Buffer
	Run(context.Background(), c, device.NewTerm(t.Context(), strings.NewReader(typed), &out, 0), false)
	return out.String()
}

func TestLinesAreWhatTheyMean(t *testing.T) {
	for _, test := range []struct{ typed, want string }{
		{"/system resource print", "platform: MikroTik\r\n"},
		{"/sys res pr", "board-name: "},
		{"/ip address print", " 1   192.0.2.10/24      192.0.2.0       ether1\r\n"},
		{"/user print", ";;; system default user"},
		{"/export", "# software id = "},
		{"/ip dns export", "/ip dns\r\nset allow-remote-requests=yes"},
		{"foo", "bad command name foo (line 1 column 1)\r\n"},
		{"/ip foo", "bad command name foo (line 1 column 5)\r\n"},
		{"/ip address print foo", "expected end of command (line 1 column 19)\r\n"},
		{"/system identity print; bar", "bad command name bar (line 1 column 25)\r\n"},
		{`/ip address add address="1.2.3.4`, "syntax error (line 1 column 33)\r\n"},
		{"/ip address", "] /ip address > "},
		{"/ip address\r..\rprint", "] /ip > "},
		{"/tool fetch url=http://203.0.113.9/a", "failure: connection timeout\r\n"},
		{"/ping 203.0.113.9 count=2", "sent=2 received=0 packet-loss=100%"},
		{"/ping 192.0.2.1 count=1", "sent=1 received=1 packet-loss=0%"},
		{"/system reboot\rn", "action cancelled\r\n"},
		{"/system identity set name=owned", "[admin@owned] > "},
		{"/ip firewall nat add chain=dstnat action=accept\r/ip firewall nat print", "chain=dstnat action=accept"},
		{"?", "interface"},
	} {
		if shown := have(t, router(t, 1), test.typed+"\r"); !strings.Contains(shown, test.want) {
			t.Errorf("%q: have %q, want %q", test.typed, shown[max(0, len(shown)-400):], test.want)
		}
	}
}

func TestNoTwoRoutersAreAlike(t *testing.T) {
	seen := map[string]bool{}
	for seed := range 50 {
		shown := have(t, router(t, seed), "/system license print\r")
		_, id, ok := strings.Cut(shown, "software-id: ")
		id = id[:min(9, len(id))]
		if !ok || seen[id] {
			t.Errorf("seed %d: software id %q", seed, id)
		}
		seen[id] = true
	}
}

func FuzzSession(f *testing.F) {
	base := router(f, 1)
	f.Add("/ip address print\r/user add name=x password=y\r/export\r?")
	f.Add(`/tool fetch url="http://x/y" dst-path=[/a {b "c\"}]`)
	f.Add("set\r1\r/system identity set name=\"\r..\r../;;/ping a count=99\r")
	f.Fuzz(func(t *testing.T, typed string) {
		c, n := base, 0
		c.Command, c.Remember = func(string, decoy.Typed) { n++ }, func(string) {}
		Run(t.Context(), c, device.NewTerm(t.Context(), strings.NewReader(typed), io.Discard, 24), true)
		if n > len(typed) {
			t.Errorf("%d commands of %d bytes", n, len(typed))
		}
		if ws, bad := parse(typed); bad > len(typed) || len(ws) > len(typed) {
			t.Errorf("%q: wrong at %d", typed, bad)
		}
	})
}
