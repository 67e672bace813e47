package decoy

import (
	"time"

	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// BlobShare is how many bytes of content may be kept, beside events and never at
// their expense.
type BlobShare struct {
	// Rate is in bytes per second, on average; Burst is what may come at once.
	Rate, Burst int64
	// Daily is how much may be kept in 24 hours.
	Daily int64
}

// What one decky may have kept, and all of one process.
var (
	deckyBlobs   = BlobShare{Rate: 512 << 10, Burst: 16 << 20, Daily: 256 << 20}
	processBlobs = BlobShare{Rate: 4 << 20, Burst: 64 << 20, Daily: 1 << 30}
)

// The reasons for which content is not kept.
const (
	reasonBlobRate  = "more content came in short time than is kept"
	reasonBlobDay   = "more content came in a day than is kept"
	reasonBlobTight = "the spool is half full, and what is left of it is for events"
	reasonBlobTorn  = "content could not be written"
)

// blobAllowance is what is left of a BlobShare.
type blobAllowance struct {
	tokens float64
	filled time.Time
	day    time.Time // when the present 24 hours began
	used   int64
}

// refuse says why n bytes are above the share, or "".
func (a *blobAllowance) refuse(s BlobShare, n int64, now time.Time) string {
	if a.filled.IsZero() {
		a.tokens = float64(s.Burst)
	} else if passed := now.Sub(a.filled); passed > 0 {
		a.tokens += passed.Seconds() * float64(s.Rate)
	}
	a.tokens, a.filled = min(a.tokens, float64(s.Burst)), now
	if since := now.Sub(a.day); since < 0 || since >= 24*time.Hour {
		a.day, a.used = now, 0
	}
	switch {
	case a.used+n > s.Daily:
		return reasonBlobDay
	case float64(n) > a.tokens:
		return reasonBlobRate
	}
	return ""
}

func (a *blobAllowance) take(n int64) {
	a.tokens -= float64(n)
	a.used += n
}

// RecordChunk writes a piece of content, if the shares of its decky and of the process
// and the spool leave room for it. It says why it did not. A piece without
// data, which ends what was written, needs no share.
func (w *EventWriter) RecordChunk(c *eventlog.Chunk) string {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.out == nil {
		return reasonBlobTorn
	}
	if w.pressure == spool.Full || w.pressure != spool.Relaxed && len(c.Data) > 0 {
		return reasonBlobTight
	}
	now, n := time.Now(), int64(len(c.Data))
	if n > 0 {
		decky := w.blobAllowance(c.Decky, now)
		if reason := decky.refuse(deckyBlobs, n, now); reason != "" {
			return reason
		}
		if reason := w.allBlobs.refuse(processBlobs, n, now); reason != "" {
			return reason
		}
		decky.take(n)
		w.allBlobs.take(n)
	}
	w.line = eventlog.AppendChunk(w.line[:0], c)
	if err := w.put(w.line); err != nil {
		return reasonBlobTorn
	}
	return ""
}

// maxBlobDeckies bounds the deckies whose content is counted apart.
const maxBlobDeckies = 8192

func (w *EventWriter) blobAllowance(decky string, now time.Time) *blobAllowance {
	a := w.blobs[decky]
	if a != nil {
		return a
	}
	if len(w.blobs) >= maxBlobDeckies {
		for name, other := range w.blobs {
			if now.Sub(other.day) >= 24*time.Hour {
				delete(w.blobs, name)
			}
		}
	}
	a = &blobAllowance{}
	w.blobs[decky] = a
	return a
}
