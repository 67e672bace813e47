package decoy

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"hash"
	"time"

	"github.com/decnet/decnet/pkg/decnet/artifact"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
)

// maxConnBlobs bounds what one connection may have kept, in bytes.
const maxConnBlobs = 32 << 20

// A Blob is content on its way to the folder of artifacts, which package artifact
// describes: it leaves the process as lines beside those of events. It never fails
// or holds up its writer. What is not kept, since a bound was reached, is counted.
// It is used by one goroutine at a time.
type Blob struct {
	conn *Conn
	kind artifact.Type
	id   string
	buf  []byte
	sum  hash.Hash
	// sent is how many bytes are on their way, and total how many were written.
	sent, total int64
	most        int64
	cut         string
	ended       bool // an end is on its way
}

// Kept is what became of a Blob.
type Kept struct {
	// Stored says whether there will be an artifact, with the first Bytes of the
	// Total bytes that were written. Sum is their SHA-256 in lower-case hex, and Cut
	// says why they are not all.
	Stored       bool
	Bytes, Total int64
	Sum, Cut     string
}

// NewBlob returns a Blob of at most most bytes. The id of a recording names it from
// then on and is unique; a file may have "".
func (c *Conn) NewBlob(kind artifact.Type, id string, most int64) *Blob {
	if id == "" {
		var random [16]byte
		_, _ = rand.Read(random[:]) // never fails
		id = hex.EncodeToString(random[:])
	}
	return &Blob{conn: c, kind: kind, id: id, most: min(most, artifact.MaxBytes), sum: sha256.New()}
}

// The reasons for which content is cut that are not those of the writer.
const (
	cutMost    = "it is larger than what is kept"
	cutConn    = "the connection has left too much"
	cutNowhere = "nothing is kept here"
)

// Write keeps p, as far as the bounds let it. It never fails.
func (b *Blob) Write(p []byte) (int, error) {
	n := len(p)
	b.total += int64(n)
	if b.cut != "" {
		return n, nil
	}
	left := b.Left()
	p = p[:min(int64(n), left)]
	for len(p) > 0 && b.cut == "" {
		room := min(len(p), eventlog.MaxChunk-len(b.buf))
		b.buf = append(b.buf, p[:room]...)
		p = p[room:]
		if len(b.buf) == eventlog.MaxChunk {
			b.send(false)
		}
	}
	if int64(n) > left && b.cut == "" {
		b.cut = cutMost
	}
	return n, nil
}

// Flush sends what was written so far on its way.
func (b *Blob) Flush() {
	if len(b.buf) > 0 {
		b.send(false)
	}
}

// Left is how many bytes may still be written before the blob is cut.
func (b *Blob) Left() int64 {
	if b.cut != "" {
		return 0
	}
	return b.most - b.sent - int64(len(b.buf))
}

// Close ends the content and says what became of it.
func (b *Blob) Close() Kept {
	if len(b.buf) > 0 || b.sent > 0 {
		b.send(true)
	}
	return Kept{Stored: b.ended, Bytes: b.sent, Sum: hex.EncodeToString(b.sum.Sum(nil)), Total: b.total, Cut: b.cut}
}

// send sends the buffer. Once a piece is refused nothing follows it but the end: what
// is on its way already is worth having.
func (b *Blob) send(last bool) {
	data := b.buf
	if reason := b.record(data, last); reason != "" {
		b.cut, data = reason, nil
		last = last && b.sent > 0 && b.record(nil, true) == ""
	}
	b.sum.Write(data)
	b.sent += int64(len(data))
	b.buf, b.ended = b.buf[:0], last
}

// record hands a piece to the writer, or says why it is not kept.
func (b *Blob) record(data []byte, last bool) string {
	recorder, ok := b.conn.recorder.(ChunkRecorder)
	if !ok {
		return cutNowhere
	}
	n := int64(len(data))
	if b.conn.blobs.Add(n) > maxConnBlobs && n > 0 {
		b.conn.blobs.Add(-n)
		return cutConn
	}
	return recorder.RecordChunk(&eventlog.Chunk{
		Time: time.Now().UTC(), Decky: b.conn.Machine.Decky, Service: b.conn.service,
		ID: b.id, Type: b.kind, Offset: b.sent, Last: last, Data: data,
	})
}

// A ChunkRecorder is a Recorder that keeps content too. RecordChunk returns "" if it
// did, and otherwise why it did not.
type ChunkRecorder interface {
	RecordChunk(c *eventlog.Chunk) string
}
