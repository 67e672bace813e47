package bus

import (
	"testing"
	"time"
)

func TestHowLongAMessageWaits(t *testing.T) {
	for age, want := range map[time.Duration]time.Duration{
		0:                       time.Second,
		400 * time.Millisecond:  600 * time.Millisecond,
		-5 * time.Minute:        time.Second, // the server's clock is ahead
		time.Second:             0,
		time.Minute:             time.Second - time.Minute,
		-900 * time.Millisecond: time.Second,
	} {
		c := Consumer{Linger: time.Second, AckWait: 10 * time.Second}
		if have := c.untilOld(age); have != want {
			t.Errorf("one that is %v old waits for %v, want %v", age, have, want)
		}
		c.AckWait = 300 * time.Millisecond
		if have := c.untilOld(age); have > 100*time.Millisecond {
			t.Errorf("one that is %v old waits for %v, until others get it", age, have)
		}
	}
}

// An instance that needs long for a batch leaves lanes to the others.
func TestABatchHasAsManyLanesAsAreDoneInTime(t *testing.T) {
	l := &lanes{bound: 32}
	l.most.Store(1)
	for i, step := range []struct {
		messages int
		took     time.Duration
		want     int32
	}{
		{1, time.Millisecond, 2},
		{2, time.Millisecond, 4},
		{3, time.Millisecond, 4}, // there were no more
		{4, time.Millisecond, 8},
		{8, 70 * time.Millisecond, 8},
		{8, time.Millisecond, 16},
		{16, time.Millisecond, 32},
		{32, time.Millisecond, 32},
		{32, time.Second, 16},
		{1, time.Second, 8},
		{1, time.Second, 4},
		{1, time.Second, 2},
		{1, time.Second, 1},
		{1, time.Second, 1},
	} {
		if l.share(step.messages, step.took); l.most.Load() != step.want {
			t.Errorf("step %d: the next batch has at most %d, want %d", i, l.most.Load(), step.want)
		}
	}
}
