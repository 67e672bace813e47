package embed_test

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/embed"
	"github.com/decnet/decnet/pkg/decnet"
)

// A disk that was full and has room again is written to again, without anybody's help.
func TestADiskThatWasFullIsWrittenToAgain(t *testing.T) {
	if os.Geteuid() != 0 {
		t.Skip("not root: a volume that can be full cannot be mounted")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=96m"); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	s, err := embed.Start(embed.Default(), dir, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer s.Stop()
	b, err := bus.Connect(t.Context(), bus.Config{URL: s.URL()}, bus.WithDialer(s))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	n := 0
	publish := func() error {
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Second)
		defer cancel()
		n++
		// One message, and no batch: the server tries a batch elsewhere first, and
		// only this is what it gives a stream up for.
		id := fmt.Sprintf("line-%d", n)
		return b.Publish(ctx, bus.LogsRaw.New(ctx, id, decnet.RawLog{ID: id, Host: "h", Line: strings.Repeat("x", 64<<10)}, "h", "d", "s"))
	}
	if err := publish(); err != nil {
		t.Fatal(err)
	}
	filler := filepath.Join(dir, "filler")
	f, err := os.Create(filler)
	if err != nil {
		t.Fatal(err)
	}
	for size := 1 << 20; size > 0; {
		if _, err := f.Write(make([]byte, size)); err != nil {
			size /= 2
		}
	}
	_ = f.Close() // it is full, as it should be
	failed := 0
	for end := time.Now().Add(20 * time.Second); failed < 3; {
		if publish() != nil {
			failed++
		}
		if time.Now().After(end) {
			t.Fatal("a full disk takes messages")
		}
	}
	if err := os.Remove(filler); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(30 * time.Second); publish() != nil; {
		if time.Now().After(end) {
			t.Fatal("nothing can be published 30 s after there is room again")
		}
	}
	if _, err := bus.LogsRaw.Backlog(t.Context(), b, "nobody"); err != nil {
		t.Error(err)
	}
}
