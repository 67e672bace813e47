package bus_test

import (
	"net"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
)

// Who may wait for a server and who has to be told that it will not do.
func TestConnectSaysWhetherWaitingHelps(t *testing.T) {
	s := bustest.Start(t)
	token, address, _ := strings.Cut(strings.TrimPrefix(s.URL(), "nats://"), "@")
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	nobody := l.Addr().String()
	if err := l.Close(); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		name string
		cfg  bus.Config
		// want is in the error, "" for none.
		want    string
		waiting bool
	}{
		{"token in the URL", bus.Config{URL: s.URL()}, "", false},
		{"token beside it", bus.Config{URL: "nats://" + address, Token: token}, "", false},
		{"the URL's counts", bus.Config{URL: s.URL(), Token: "not-that-one"}, "", false},
		{"no token", bus.Config{URL: "nats://" + address}, "Authorization Violation; bus.token or the URL", false},
		{"another token", bus.Config{URL: "nats://" + address, Token: "not-that-one"}, "Authorization Violation", false},
		{"nobody there", bus.Config{URL: "nats://hunter2@" + nobody}, "connect to bus nats://" + nobody + ": ", true},
		{"nobody at any", bus.Config{URL: "nats://hunter2@" + nobody + ",nats://u:hunter2@" + nobody}, "connect to bus nats://" + nobody + ",nats://" + nobody + ": ", true},
		{"no such name", bus.Config{URL: "nats://nowhere.invalid:4222"}, "connect to bus nats://nowhere.invalid:4222: ", true},
		{"no URL", bus.Config{URL: "localhost"}, "bus.url", false},
	} {
		t.Run(test.name, func(t *testing.T) {
			b, err := bus.Connect(t.Context(), test.cfg)
			if err == nil {
				b.Close()
			}
			if (err == nil) != (test.want == "") || err != nil && !strings.Contains(err.Error(), test.want) {
				t.Fatalf("have %v, want %q", err, test.want)
			}
			if bus.Unavailable(err) != test.waiting {
				t.Errorf("Unavailable is %v for %v", !test.waiting, err)
			}
			if err != nil && (strings.Contains(err.Error(), "hunter2") || strings.Contains(err.Error(), "not-that-one")) {
				t.Errorf("%v shows the token", err)
			}
		})
	}
}

// What an operator says of copies and places is not a worker's to undo.
func TestTopologyLeavesPlacementAlone(t *testing.T) {
	b := bustest.New(t)
	bus.PlaceStreams(t, b, "ssd")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	for name, tags := range bus.Placements(t, b) {
		if len(tags) != 1 || tags[0] != "ssd" {
			t.Errorf("%s is placed by %v now", name, tags)
		}
	}
}
