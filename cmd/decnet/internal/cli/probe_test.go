package cli

import (
	"encoding/json"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/prober/probe"
)

// greeter says a line to everybody until the test ends.
func greeter(t *testing.T) (port string) {
	t.Helper()
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			_, _ = c.Write([]byte("220 ready\r\n"))
			_ = c.Close()
		}
	}()
	t.Cleanup(func() {
		_ = l.Close()
		<-ended
	})
	return strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
}

func TestProbeByHand(t *testing.T) {
	s := bustest.Start(t)
	b := s.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	decky := decnet.Decky{Name: "web-01", Host: "h1", Address: netip.MustParseAddr("127.0.0.9")}
	if err := bus.Fleet.Set(t.Context(), b, decky, "h1", "web-01"); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DECNET_DATA_DIR", t.TempDir())
	t.Setenv("DECNET_BUS_URL", s.URL())
	t.Setenv("DECNET_PROBER_ALLOW", "127.0.0.0/8")
	port := greeter(t)
	for _, test := range []struct {
		code int
		want string
		args []string
	}{
		{exitOK, "banner=220 ready", []string{"127.0.0.1", "--ports", "banner=" + port}},
		{exitOK, "dry: it would be asked", []string{"127.0.0.1", "--ports", "banner=" + port, "--dry"}},
		{exitOK, "dry: it would be asked", []string{"9.9.9.9", "--ports", "banner=1", "--dry", "--force"}},
		{exitFailed, "9.9.9.9 is not probed: it is public, and prober.public is off", []string{"9.9.9.9", "--ports", "banner=1"}},
		{exitFailed, "127.0.0.9 is not probed: it is a decky's", []string{"127.0.0.9", "--ports", "banner=1", "--force"}},
		{exitFailed, "224.0.0.1 is not probed: multicast", []string{"224.0.0.1", "--force"}},
		{exitUsage, "want an IP address", []string{"example.org"}},
		{exitUsage, "want KIND=PORT", []string{"127.0.0.1", "--ports", "ftp=21"}},
		{exitUsage, "want KIND=PORT", []string{"127.0.0.1", "--ports", "banner=0"}},
	} {
		have, stdout, stderr := command(t, append([]string{"probe"}, test.args...)...)
		if have != test.code || !strings.Contains(stdout+stderr, test.want) {
			t.Errorf("probe %q: status %d, want %d and %q in\n%s%s", test.args, have, test.code, test.want, stdout, stderr)
		}
	}
	_, stdout, _ := command(t, "probe", "127.0.0.1", "--ports", "banner="+port, "--output", "json")
	var found []probe.Finding
	if err := json.Unmarshal([]byte(stdout), &found); err != nil || len(found) != 1 || found[0].Outcome != probe.Found || found[0].Value != "220 ready" {
		t.Errorf("have %+v, %v of %s", found, err, stdout)
	}
}

func TestProberSwitch(t *testing.T) {
	s := bustest.Start(t)
	if err := s.Connect("test").EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	t.Setenv("DECNET_DATA_DIR", t.TempDir())
	t.Setenv("DECNET_BUS_URL", s.URL())
	for _, step := range []struct{ command, want string }{
		{"status", "probing is on"}, {"stop", "probing is off since"}, {"status", "probing is off since"}, {"start", "probing is on since"}, {"status", "probing is on since"},
	} {
		if code, stdout, stderr := command(t, "prober", step.command); code != exitOK || !strings.Contains(stdout, step.want) {
			t.Errorf("prober %s: status %d, %s%s, want %q", step.command, code, stdout, stderr, step.want)
		}
	}
}
