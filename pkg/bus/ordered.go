package bus

import (
	"context"
	"errors"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// errDisorder says that messages of an ordered consumer are missing that the stream
// has: somebody else got them, or their delivery ran out of time here.
var errDisorder = errors.New("messages came out of order")

// inOrder leaves of an ordered consumer's messages the beginning that continues
// what was handed over before, without what comes a second time. It returns false
// if some are left out that have to come again.
func (r *reader[T]) inOrder(ctx context.Context, msgs *[]jetstream.Msg) bool {
	if !r.cfg.Ordered {
		return true
	}
	all := *msgs
	good := all[:0:len(all)]
	defer func() { *msgs = good }()
	for _, m := range all {
		meta, err := m.Metadata()
		if err != nil {
			return false
		}
		at := meta.Sequence.Stream
		if at < r.next {
			_ = m.Ack() // it is settled; should this be lost it comes once more
			continue
		}
		if at > r.next {
			first, err := r.bus.firstAt(context.WithoutCancel(ctx), r.topic.Info, r.next)
			if err != nil || first < at {
				return false
			}
			r.cfg.OnLost(at - r.next)
		}
		r.next = at + 1
		good = append(good, m)
	}
	return true
}

// firstAt is the sequence of the first message at seq or behind it.
func (b *Bus) firstAt(ctx context.Context, t Info, seq uint64) (uint64, error) {
	stream, err := b.js.Stream(ctx, t.Stream)
	if err != nil {
		return 0, err
	}
	m, err := stream.GetMsg(ctx, seq, jetstream.WithGetMsgSubject(t.Filter()))
	if err != nil {
		return 0, err
	}
	return m.Sequence, nil
}

// insist tries the one message that failed until its attempts are used up; those
// behind it must not overtake it.
func (r *reader[T]) insist(ctx, work context.Context, d delivery[T], err error) {
	for n := 1; !isDrop(err) && n < r.cfg.Attempts; n++ {
		r.bus.log.Warn("message failed, will be tried again", "topic", r.topic.Name, "id", d.msg.ID, "error", err)
		select {
		case <-ctx.Done(): // the next call gets it again
			endSpan(d.span, err)
			return
		case <-time.After(pause(n)):
		}
		err = r.callUntilReady(ctx, work, []delivery[T]{d})
		if err == nil {
			r.done(work, d, true)
			return
		}
		if isLater(err) { // ctx ended
			endSpan(d.span, err)
			return
		}
	}
	r.dead(work, d.raw, err)
	endSpan(d.span, err)
}
