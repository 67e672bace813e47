package bus_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

// Whoever follows a bucket hears of all that is there, of what becomes of it, and of all again after the bus was away.
func TestFollow(t *testing.T) {
	server := bustest.Start(t)
	b := server.Connect("follower")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	set := func(name string) {
		if err := bus.Labels.Set(t.Context(), server.Connect("operator"), decnet.SourceLabel{Name: name}, "prefix"); err != nil {
			t.Fatal(err)
		}
	}
	set("one")
	heard := make(chan string, 100)
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- bus.Labels.Follow(ctx, b, bus.Follower[decnet.SourceLabel]{
			Changed: func(e bus.Entry[decnet.SourceLabel]) { heard <- e.Value.Name },
			Current: func() { heard <- "current" },
			Lost:    func() { heard <- "lost" },
		})
	}()
	var have []string
	until := func(last string) {
		t.Helper()
		for deadline := time.After(30 * time.Second); !slices.Contains(have, last); {
			select {
			case h := <-heard:
				have = append(have, h)
			case <-deadline:
				t.Fatalf("have %q, want %s", have, last)
			}
		}
	}
	until("current")
	set("two")
	until("two")
	if got := strings.Join(have, " "); got != "one current two" {
		t.Errorf("have %s", got)
	}
	cancel()
	if err := <-ended; err != nil {
		t.Error(err)
	}
	b.Close()
	if err := bus.Labels.Follow(t.Context(), b, bus.Follower[decnet.SourceLabel]{Changed: func(bus.Entry[decnet.SourceLabel]) {}}); err == nil || !strings.HasPrefix(err.Error(), "follow bucket labels: ") {
		t.Errorf("without a bus: %v", err)
	}
}
