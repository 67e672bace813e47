package decoy_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"net"
	"net/netip"
	"strings"
	"testing"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// blobConn is a connection whose events and content go to w.
func blobConn(t *testing.T, w *decoy.EventWriter) *decoy.Conn {
	t.Helper()
	ours, theirs := net.Pipe()
	t.Cleanup(func() { _ = ours.Close(); _ = theirs.Close() })
	return decoy.NewConn(ours, netip.MustParseAddrPort("203.0.113.7:1234"), "ssh", decoy.Machine{Decky: "web-01"}, decoy.Limits{}, w)
}

// chunks are the pieces that were written, and what they make.
func (d *disk) chunks(t *testing.T) (chunks []*eventlog.Chunk, all []byte) {
	t.Helper()
	for line := range strings.Lines(d.data.String()) {
		if !eventlog.IsChunk([]byte(line)) {
			continue
		}
		c, err := eventlog.ParseChunk([]byte(strings.TrimSuffix(line, "\n")))
		if err != nil {
			t.Fatal(err)
		}
		if c.Offset != int64(len(all)) {
			t.Fatalf("a piece at %d after %d bytes", c.Offset, len(all))
		}
		chunks, all = append(chunks, c), append(all, c.Data...)
	}
	return chunks, all
}

func sumOf(b []byte) string {
	s := sha256.Sum256(b)
	return hex.EncodeToString(s[:])
}

func TestContentLeavesAsLinesWithoutNumbers(t *testing.T) {
	d := &disk{room: -1}
	w := decoy.NewEventWriter()
	_ = w.Swap(d)
	c := blobConn(t, w)
	content := bytes.Repeat([]byte("content\x00\n"), 10_000)
	b := c.NewBlob(artifact.File, "", 1<<20)
	c.Log(decnet.KindConnect, nil, "first")
	for rest := content; len(rest) > 0; {
		n := min(len(rest), 7001)
		_, _ = b.Write(rest[:n])
		rest = rest[n:]
	}
	kept := b.Close()
	c.Log(decnet.KindConnect, nil, "second")
	chunks, all := d.chunks(t)
	if !bytes.Equal(all, content) || !chunks[len(chunks)-1].Last || len(chunks) != 4 {
		t.Errorf("have %d bytes in %d pieces", len(all), len(chunks))
	}
	if !kept.Stored || kept.Bytes != int64(len(content)) || kept.Total != kept.Bytes || kept.Cut != "" || kept.Sum != sumOf(content) {
		t.Errorf("have %+v", kept)
	}
	var seqs []string
	for line := range strings.Lines(d.data.String()) {
		eventlog.Params([]byte(line), func(name, value []byte) bool {
			if string(name) == decnet.FieldSeq {
				seqs = append(seqs, string(value))
			}
			return true
		})
	}
	if strings.Join(seqs, " ") != "1 2" {
		t.Errorf("have numbers %v", seqs)
	}
}

func TestContentIsBounded(t *testing.T) {
	block := bytes.Repeat([]byte("x"), 1<<20)
	tests := []struct {
		name   string
		most   int64
		blocks int
		press  spool.Pressure
		room   int
		stored bool
		atMost int64 // what is kept
		cut    string
	}{
		{"by its own bound", 100_000, 1, spool.Relaxed, -1, true, 100_000, "larger"},
		{"by what one artifact may have", 1 << 40, 20, spool.Relaxed, -1, true, 16 << 20, "larger"},
		{"by a spool that fills up", 1 << 20, 1, spool.Tight, -1, false, 0, "half full"},
		{"by a spool that is full", 1 << 20, 1, spool.Full, -1, false, 0, "half full"},
		{"by a full disk", 1 << 20, 1, spool.Relaxed, 100_000, false, 98_304, "could not be written"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := &disk{room: test.room}
			w := decoy.NewEventWriter()
			_ = w.Swap(d)
			w.Press(test.press)
			b := blobConn(t, w).NewBlob(artifact.File, "", test.most)
			for range test.blocks {
				_, _ = b.Write(block)
			}
			kept := b.Close()
			if kept.Stored != test.stored || kept.Bytes > test.atMost || test.stored && kept.Bytes < test.atMost*9/10 {
				t.Errorf("have %+v", kept)
			}
			if kept.Cut == "" || !strings.Contains(kept.Cut, test.cut) {
				t.Errorf("have cut %q, want %q", kept.Cut, test.cut)
			}
			if kept.Total != int64(test.blocks)<<20 {
				t.Errorf("have a total of %d", kept.Total)
			}
			if !test.stored {
				return
			}
			chunks, all := d.chunks(t)
			if int64(len(all)) != kept.Bytes || !chunks[len(chunks)-1].Last || kept.Sum != sumOf(all) {
				t.Errorf("have %d bytes that end with %v", len(all), chunks[len(chunks)-1].Last)
			}
		})
	}
}

func TestContentOfOneConnectionAndOfOneDeckyIsBounded(t *testing.T) {
	d := &disk{room: -1}
	w := decoy.NewEventWriter()
	_ = w.Swap(d)
	c := blobConn(t, w)
	var kept int64
	for range 50 {
		b := c.NewBlob(artifact.File, "", 1<<20)
		_, _ = b.Write(make([]byte, 1<<20))
		kept += b.Close().Bytes
	}
	if kept > 32<<20 || kept < 15<<20 {
		t.Errorf("%d bytes of one connection are kept", kept)
	}
	// Another decky has a share of its own.
	other := blobConn(t, w)
	other.Machine.Decky = "web-02"
	b := other.NewBlob(artifact.File, "", 1<<20)
	_, _ = b.Write(make([]byte, 1<<20))
	if k := b.Close(); !k.Stored || k.Cut != "" {
		t.Errorf("have %+v", k)
	}
}
