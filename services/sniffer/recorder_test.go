package sniffer

import (
	"errors"
	"io"
	"log/slog"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

var noon = time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)

// names are the files in a folder, in order.
func names(t *testing.T, dir string) (out []string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// packets is how many there are in a recording.
func packets(t *testing.T, path string) (n int) {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	r, err := capture.OpenFile(f)
	if err != nil {
		t.Fatal(err)
	}
	var p capture.Packet
	for ; err == nil; n++ {
		err = r.Next(&p)
	}
	if !errors.Is(err, io.EOF) {
		t.Fatal(err)
	}
	return n - 1
}

func TestSessionsAreRecorded(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "recordings")
	quiet := slog.New(slog.DiscardHandler)
	one, two, decky := netip.MustParseAddr("10.0.0.66"), netip.MustParseAddr("fd00::66"), netip.MustParseAddr("10.0.0.1")
	frame := capturetest.UDP(netip.AddrPortFrom(one, 1), netip.AddrPortFrom(decky, 2), make([]byte, 1000))
	back := capturetest.UDP(netip.AddrPortFrom(decky, 2), netip.AddrPortFrom(one, 1), make([]byte, 1000))
	r, err := newRecorder(dir, 20000, 50000, quiet)
	if err != nil {
		t.Fatal(err)
	}
	r.packet(capturetest.Decode(noon, frame)) // before it begins
	r.begin(one, noon)
	r.begin(one, noon.Add(time.Second))
	r.begin(two, noon)
	for n := range 5 {
		r.packet(capturetest.Decode(noon.Add(time.Duration(n)*time.Second), frame))
		r.packet(capturetest.Decode(noon.Add(time.Duration(n)*time.Second), back))
	}
	r.tick(noon.Add(over))
	r.packet(capturetest.Decode(noon.Add(over), frame)) // the other is over
	want := []string{"20261128T120000.000000000Z-10.0.0.66.pcap", "20261128T120000.000000000Z-fd00__66.pcap"}
	if have := names(t, dir); !slices.Equal(have, want) || len(r.open) != 1 {
		t.Fatalf("have %q, %d open", have, len(r.open))
	}
	r.tick(time.Time{})
	if n := packets(t, filepath.Join(dir, want[0])); n != 11 {
		t.Errorf("%d packets", n)
	}
	if info, err := os.Stat(filepath.Join(dir, want[0])); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("have %v, %v", info.Mode(), err)
	}

	// A session has its quota, and all together have theirs; what is not ours stays.
	if err := os.WriteFile(filepath.Join(dir, "0-notes.txt"), make([]byte, 1<<20), 0o600); err != nil {
		t.Fatal(err)
	}
	if r, err = newRecorder(dir, 20000, 50000, quiet); err != nil {
		t.Fatal(err)
	}
	for n := range 6 {
		at := noon.Add(time.Duration(n+1) * time.Hour)
		r.begin(one, at)
		for range 100 {
			r.packet(capturetest.Decode(at, frame))
		}
		r.tick(at.Add(over))
	}
	have := names(t, dir)
	if len(have) != 3 || have[0] != "0-notes.txt" || !strings.HasPrefix(have[1], "20261128T17") || !strings.HasPrefix(have[2], "20261128T18") {
		t.Errorf("have %q", have)
	}
	if n := packets(t, filepath.Join(dir, have[2])); n != 18 {
		t.Errorf("%d packets", n)
	}
	for n := range 2 * maxOpen {
		r.begin(netip.AddrFrom4([4]byte{10, 1, 0, byte(n)}), noon.Add(24*time.Hour))
	}
	if len(r.open) != maxOpen {
		t.Errorf("%d are open", len(r.open))
	}
	r.tick(time.Time{})
	if _, err := newRecorder(filepath.Join(dir, "0-notes.txt"), 1, 1, quiet); err == nil {
		t.Error("a file is no folder")
	}
}
