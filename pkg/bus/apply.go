package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"

	"github.com/nats-io/nats.go"
	"github.com/nats-io/nats.go/jetstream"
	"github.com/synadia-io/orbit.go/jetstreamext"

	"github.com/decnet/decnet/pkg/decnet"
)

// Write is one change among those that Apply makes together.
type Write[T any] struct {
	Keys  []string
	Value T
	// Delete removes the value instead.
	Delete bool
}

// ErrHalfway says that Apply got stuck after some of its batches: what it wrote
// is in place, the rest is not.
var ErrHalfway = errors.New("only a part of the changes was made")

// Snapshot returns every value and the bucket's position, to be given to Apply.
func (k Bucket[T]) Snapshot(ctx context.Context, b *Bus) (entries []Entry[T], position uint64, err error) {
	stream, err := b.js.Stream(ctx, k.stream())
	if err != nil {
		return nil, 0, fmt.Errorf("bucket %s: %w", k.Name, err)
	}
	// The position first: what is changed while the values are read is in the
	// values, and Apply fails for it all the same.
	position = stream.CachedInfo().State.LastSeq
	entries, err = k.List(ctx, b)
	return entries, position, err
}

// Apply makes the changes if the whole bucket still is as it was at position, all
// of them or none, and returns the revision of each. If somebody changed the
// bucket meanwhile the error has CodeConflict and nothing is changed. More than
// MaxBatch changes are several batches, each of which fails if anything came
// between it and the one before; then the error is ErrHalfway too.
func (k Bucket[T]) Apply(ctx context.Context, b *Bus, position uint64, writes []Write[T]) ([]uint64, error) {
	revisions := make([]uint64, 0, len(writes))
	for len(writes) > 0 {
		n := min(len(writes), MaxBatch)
		last, err := k.applyBatch(ctx, b, position, writes[:n])
		if err != nil && len(revisions) > 0 {
			return revisions, fmt.Errorf("%w (%d of %d): %w", ErrHalfway, len(revisions), len(revisions)+len(writes), err)
		}
		if err != nil {
			return nil, err
		}
		for i := range n {
			revisions = append(revisions, last-uint64(n-1-i)) //nolint:gosec // n is at least i+1
		}
		writes, position = writes[n:], last
	}
	return revisions, nil
}

// applyBatch returns the sequence of the batch's last message; the others have
// those before it.
func (k Bucket[T]) applyBatch(ctx context.Context, b *Bus, position uint64, writes []Write[T]) (uint64, error) {
	msgs := make([]*nats.Msg, len(writes))
	for i, w := range writes {
		var err error
		if msgs[i], err = k.message(w); err != nil {
			return 0, err
		}
	}
	msgs[0].Header.Set(jetstream.ExpectedLastSeqHeader, strconv.FormatUint(position, 10))
	if len(msgs) == 1 {
		ack, err := b.js.PublishMsg(ctx, msgs[0])
		if err != nil {
			return 0, k.changed(err)
		}
		return ack.Sequence, nil
	}
	ack, err := jetstreamext.PublishMsgBatch(ctx, b.js, msgs)
	if err != nil {
		return 0, k.changed(err)
	}
	return ack.Sequence, nil
}

// message is a write as key-value buckets have it on the wire (NATS ADR-8).
func (k Bucket[T]) message(w Write[T]) (*nats.Msg, error) {
	key, err := k.key(w.Keys)
	if err != nil {
		return nil, err
	}
	m := nats.NewMsg("$KV." + k.Name + "." + key)
	if w.Delete {
		m.Header.Set("KV-Operation", "DEL")
		return m, nil
	}
	if m.Data, err = json.Marshal(w.Value); err != nil {
		return nil, fmt.Errorf("bucket %s: encode %s: %w", k.Name, key, err)
	}
	return m, nil
}

func (k Bucket[T]) changed(err error) error {
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence {
		return &decnet.Error{Code: decnet.CodeConflict, Message: "the " + k.Name + " was changed by somebody else meanwhile", Err: err}
	}
	return fmt.Errorf("bucket %s: write: %w", k.Name, err)
}
