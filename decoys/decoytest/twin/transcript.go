package twin

import (
	"slices"
	"time"
)

// How a connection can end, as a Transcript has it.
const (
	// EndEOF is an orderly close by the server.
	EndEOF = "eof"
	// EndReset is an RST.
	EndReset = "reset"
	// EndOpen is none within the dialogue's patience.
	EndOpen = "open"
)

// A Reply is what came back after one step.
type Reply struct {
	// After is the step, "connect" for what comes unasked.
	After string `json:"after"`
	// Lines are what came, described and masked.
	Lines []string `json:"lines,omitempty"`
	// Text names lines that many replies have, in a fixture only.
	Text string `json:"text,omitempty"`
	// Segments is how many TCP segments carried it.
	Segments int `json:"-"`

	delay time.Duration
}

// A Transcript is one dialogue with one server.
type Transcript struct {
	Replies []Reply `json:"replies"`
	End     string  `json:"end"`

	endDelay time.Duration
}

// same reports whether both say the same in the same order and end alike.
func (t *Transcript) same(o *Transcript) bool {
	return t.End == o.End && slices.EqualFunc(t.Replies, o.Replies, func(a, b Reply) bool {
		return a.After == b.After && slices.Equal(a.Lines, b.Lines)
	})
}

// A Record is what a server was seen to do in one dialogue.
type Record struct {
	Name string `json:"name"`
	// Variants are its transcripts without repetition, the most frequent first,
	// and Times how often each was seen.
	Variants []Variant `json:"variants"`
}

// A Variant is one of them.
type Variant struct {
	Transcript
	Times int `json:"times"`
	// Segments are, for each reply, the numbers of segments that it was seen to come in.
	Segments [][]int `json:"segments,omitempty"`
	// Delays are, for each reply and then for the end, the least, the median and
	// the most time in milliseconds from the step to its first byte.
	Delays [][3]int `json:"delays_ms,omitempty"`

	samples [][]time.Duration
}

// add counts one more transcript.
func (r *Record) add(t Transcript) {
	i := slices.IndexFunc(r.Variants, func(v Variant) bool { return v.same(&t) })
	if i < 0 {
		i = len(r.Variants)
		n := len(t.Replies)
		r.Variants = append(r.Variants, Variant{Transcript: t, Segments: make([][]int, n), samples: make([][]time.Duration, n+1)})
	}
	v := &r.Variants[i]
	v.Times++
	for k, reply := range t.Replies {
		if !slices.Contains(v.Segments[k], reply.Segments) {
			v.Segments[k] = append(v.Segments[k], reply.Segments)
			slices.Sort(v.Segments[k])
		}
		v.samples[k] = append(v.samples[k], reply.delay)
	}
	v.samples[len(t.Replies)] = append(v.samples[len(t.Replies)], t.endDelay)
	v.Delays = make([][3]int, len(v.samples))
	for k, s := range v.samples {
		s = slices.Sorted(slices.Values(s))
		v.Delays[k] = [3]int{millis(s[0]), millis(s[len(s)/2]), millis(s[len(s)-1])}
	}
	slices.SortStableFunc(r.Variants, func(a, b Variant) int { return b.Times - a.Times })
}

func millis(d time.Duration) int { return int(d.Round(time.Millisecond).Milliseconds()) }

// Class is how long something took, in the words of a report.
func Class(ms int) string {
	switch {
	case ms < 50:
		return "immediate"
	case ms < 500:
		return "short"
	case ms < 5000:
		return "delayed"
	}
	return "long"
}
