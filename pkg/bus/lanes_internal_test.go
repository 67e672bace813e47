package bus

import (
	"slices"
	"testing"
	"time"

	"github.com/nats-io/nats.go/jetstream"
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

// Lanes that had something are asked first, each in its turn; now and then all in their order.
func TestLanesAreAskedInTurn(t *testing.T) {
	l := &lanes{consumers: make([]jetstream.Consumer, 6), young: make([]unripe, 6), mine: []bool{1: true, 4: true, 5: false}}
	l.young[2].msg = &laneMsg{}
	l.next = 3
	if have, want := l.order(), []int{4, 1, 3, 5, 0}; !slices.Equal(have, want) {
		t.Errorf("from 3 on: have %v, want %v", have, want)
	}
	l.next = 5
	if have, want := l.order(), []int{1, 4, 5, 0, 3}; !slices.Equal(have, want) {
		t.Errorf("from 5 on: have %v, want %v", have, want)
	}
	for l.takes%fairly != fairly-1 {
		l.order()
	}
	if have, want := l.order(), []int{5, 0, 1, 3, 4}; !slices.Equal(have, want) {
		t.Errorf("fairly: have %v, want %v", have, want)
	}
}
