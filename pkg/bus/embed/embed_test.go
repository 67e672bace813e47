package embed_test

import (
	"log/slog"
	"net"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/embed"
)

// A server that gave a stream up leaves that stream's writers waiting when it ends.
func TestMain(m *testing.M) {
	goleak.VerifyTestMain(m, goleak.IgnoreTopFunction("github.com/nats-io/nats-server/v2/server.(*msgBlock).flushLoop"))
}

func TestOnlyWhoShowsTheTokenGetsIn(t *testing.T) {
	s, err := embed.Start(embed.Default(), t.TempDir(), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	b, err := bus.Connect(t.Context(), bus.Config{URL: s.URL()})
	if err != nil {
		t.Fatal(err)
	}
	b.Close()
	_, address, _ := strings.Cut(s.URL(), "@")
	for _, url := range []string{"nats://" + address, "nats://guess@" + address} {
		if b, err := bus.Connect(t.Context(), bus.Config{URL: url}); err == nil {
			b.Close()
			t.Error("somebody without the token got in")
		} else if strings.Contains(err.Error(), "guess") {
			t.Errorf("%v shows a token", err)
		}
	}
}

func TestConfigRefuses(t *testing.T) {
	for want, change := range map[string]func(*embed.Config){
		"sync":     func(c *embed.Config) { c.Sync = "never" },
		"listen":   func(c *embed.Config) { c.Listen = "4222" },
		"loopback": func(c *embed.Config) { c.Listen = "0.0.0.0:4222" },
	} {
		c := embed.Default()
		change(&c)
		if _, err := embed.Start(c, t.TempDir(), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want an error about %q", err, want)
		}
	}
}

func TestPortInUseIsSaid(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = l.Close() }()
	c := embed.Default()
	c.Listen = l.Addr().String()
	if _, err := embed.Start(c, t.TempDir(), slog.New(slog.DiscardHandler)); err == nil || !strings.Contains(err.Error(), l.Addr().String()) {
		t.Errorf("have %v, want an error that names the address", err)
	}
}
