package decoy

import (
	"testing"
	"time"
)

func TestShareOfContent(t *testing.T) {
	s := BlobShare{Rate: 100, Burst: 1000, Daily: 2000}
	var a blobAllowance
	begin := time.Unix(1_800_000_000, 0)
	steps := []struct {
		after time.Duration // since the beginning
		bytes int64
		want  string
	}{
		{0, 1000, ""},
		{0, 1, reasonBlobRate},
		{time.Second, 100, ""},
		{time.Second, 1, reasonBlobRate},
		{time.Hour, 900, ""},
		{2 * time.Hour, 1, reasonBlobDay},
		{24 * time.Hour, 1000, ""},
		{-time.Hour, 1, reasonBlobRate}, // a clock that is set back gives nothing
	}
	for _, step := range steps {
		have := a.refuse(s, step.bytes, begin.Add(step.after))
		if have == "" {
			a.take(step.bytes)
		}
		if have != step.want {
			t.Errorf("%v, %d bytes: have %q, want %q", step.after, step.bytes, have, step.want)
		}
	}
}
