package bus

import (
	"errors"
	"math"
	"time"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
)

// unripe is a message that waits here. It is the server's again after Consumer.AckWait.
type unripe struct {
	msg  jetstream.Msg // nil if there is none
	ripe time.Time
	ours time.Time // until when nobody else gets it
}

// age is how old a message is by the clock of the server that has it.
func age(m jetstream.Msg) time.Duration {
	meta, err := m.Metadata()
	if err != nil {
		return math.MaxInt64
	}
	return time.Since(meta.Timestamp)
}

// ripe returns messages that were young, at most so many, and how soon there are others.
// Others may have those that are too many.
func (l *lanes) ripe(most int) (msgs []jetstream.Msg, next time.Duration) {
	next = lanePause
	for i, u := range l.young {
		switch now := time.Now(); {
		case u.msg == nil:
			continue
		case now.Before(u.ripe):
			next = min(next, u.ripe.Sub(now))
			continue
		case now.After(u.ours): // it was forgotten here for too long
		case len(msgs) < most:
			msgs = append(msgs, u.msg)
		default:
			_ = u.msg.Nak()
		}
		l.young[i] = unripe{}
	}
	return msgs, next
}

// giveBack lets others have what is young here.
func (l *lanes) giveBack() {
	for i, u := range l.young {
		if u.msg != nil {
			_ = u.msg.Nak() // or it comes to them later
		}
		l.young[i] = unripe{}
	}
}

// laneMsg is a message with the number of its lane.
type laneMsg struct {
	jetstream.Msg
	lane int
}

// fairly is how often lanes are asked as if none had been here before: one that nobody has in hand must not wait for
// ever while everybody has enough to do.
const fairly = 8

// order is the order in which lanes are asked: those first that had something here last, since what is
// known of their keys is still in memory.
func (l *lanes) order() []int {
	l.takes++
	var mine, others []int
	for i := range l.consumers {
		switch lane := (l.next + i) % len(l.consumers); {
		case l.young[lane].msg != nil: // it waits here
		case l.mine[lane] && l.takes%fairly != 0:
			mine = append(mine, lane)
		default:
			others = append(others, lane)
		}
	}
	return append(mine, others...)
}

// take returns what lanes have, at most one message of each and so many in all. It
// asks no more of them at once than may bring what is wanted.
func (l *lanes) take(most int) (msgs []laneMsg, err error) {
	if !l.bus.Connected() {
		if l.bus.nc.IsClosed() {
			return nil, nats.ErrConnectionClosed
		}
		l.answered.Store(time.Now().UnixNano()) // patience begins when it is back
		return nil, nats.ErrConnectionReconnecting
	}
	begin := time.Now()
	for order := l.order(); len(order) > 0 && len(msgs) < most && err == nil; {
		n := min(most-len(msgs), len(order))
		asked := order[:n:n]
		order = order[n:]
		l.next = (asked[n-1] + 1) % len(l.consumers)
		for _, lane := range asked {
			l.mine[lane] = false
		}
		for len(asked) > 0 && err == nil && time.Since(begin) < laneTarget {
			var some []laneMsg
			some, asked, err = l.ask(asked)
			for _, m := range some {
				l.mine[m.lane] = true
			}
			msgs = append(msgs, some...)
		}
	}
	if err == nil {
		l.answered.Store(time.Now().UnixNano())
	}
	return msgs, err
}

// ask returns what lanes have, and those that have to be asked again, since there was
// nothing to do about what they had.
func (l *lanes) ask(asked []int) (msgs []laneMsg, again []int, err error) {
	answers := make([]jetstream.MessageBatch, len(asked))
	for i, lane := range asked {
		if answers[i], err = l.consumers[lane].Fetch(1, jetstream.FetchMaxWait(laneAnswer)); err != nil {
			answers = answers[:i]
			break
		}
	}
	for i, answer := range answers {
		for m := range answer.Messages() {
			if l.done(m) {
				_ = m.Ack() // or it comes again
				again = append(again, asked[i])
			} else {
				msgs = append(msgs, laneMsg{m, asked[i]})
			}
		}
		err = errors.Join(err, answer.Error())
	}
	return msgs, again, err
}
