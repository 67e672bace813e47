package bus

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/nats-io/nats.go/jetstream"
)

// StreamInfo describes one stream as data. Bounds are those of one host; the
// store is the record, a stream is the buffer and the replay.
type StreamInfo struct {
	Name string
	// MaxAge and MaxBytes bound the stream; the oldest messages go first.
	MaxAge   time.Duration
	MaxBytes int64
	// MaxPerSubject bounds one subject, so that a noisy decky pushes out its
	// own oldest messages and nobody else's.
	MaxPerSubject int64
	// MaxMessage bounds one message's headers and body.
	MaxMessage int32
	Doc        string
}

// duplicateWindow is how long a stream remembers message ids. It spares retries
// and quick restarts; what comes later is recognised by the store. An id takes a
// hundred bytes of memory, and under load there are tens of thousands a second.
const duplicateWindow = 20 * time.Second

// presenceTTL is how long a silent worker is still listed.
const presenceTTL = 20 * time.Second

const (
	kib = 1 << 10
	mib = 1 << 20
	gib = 1 << 30
)

// Streams lists every stream.
func Streams() []StreamInfo {
	return []StreamInfo{
		{"LOGS", 72 * time.Hour, 4 * gib, 1_000_000, 512 * kib, "Raw lines: what everything else can be made from again."},
		{"WIRE", 24 * time.Hour, 512 * mib, 100_000, 64 * kib, "What was seen on the wire, to be stored."},
		{"EVENTS", 24 * time.Hour, 1 * gib, 100_000, 512 * kib, "Stored events, for live views and SIEMs."},
		{"ATTACKERS", 24 * time.Hour, 256 * mib, 1_000_000, 64 * kib, "Work for profilers and probers, in lanes."},
		{"FINDINGS", 30 * 24 * time.Hour, 1 * gib, 1_000, 1 * mib, "What the workers found out."},
		{"DECKIES", 0, 256 * mib, 16, 64 * kib, "The latest states of every decky."},
		{"DLQ", 30 * 24 * time.Hour, 512 * mib, 100_000, 4 * mib, "Messages that no retry could handle."},
	}
}

func (s StreamInfo) config() jetstream.StreamConfig {
	var subjects []string
	for _, t := range Topics() {
		if t.Stream == s.Name {
			subjects = append(subjects, t.Filter())
		}
	}
	return jetstream.StreamConfig{
		Name: s.Name, Description: s.Doc, Subjects: subjects,
		Storage: jetstream.FileStorage, Retention: jetstream.LimitsPolicy, Discard: jetstream.DiscardOld,
		MaxAge: s.MaxAge, MaxBytes: s.MaxBytes, MaxMsgsPerSubject: s.MaxPerSubject, MaxMsgSize: s.MaxMessage,
		MaxMsgs: -1, MaxConsumers: -1, Replicas: 1, Duplicates: duplicateWindow,
		AllowAtomicPublish: true, AllowDirect: true, Compression: jetstream.S2Compression,
		DenyDelete: s.Name != DeadLetters.Stream, // what is settled of those is deleted
	}
}

// EnsureTopology creates the streams and buckets of the tables and brings
// existing ones up to date, except for how many copies a cluster keeps and where. It
// is idempotent and safe to race, so every worker may begin with it.
func (b *Bus) EnsureTopology(ctx context.Context) error {
	for _, s := range Streams() {
		err := b.ensureStream(ctx, s.config())
		if err != nil && s.Name == DeadLetters.Stream {
			err = b.renewLetters(ctx, s, err)
		}
		if err != nil {
			return fmt.Errorf("create stream %s: %w", s.Name, err)
		}
	}
	for _, k := range Buckets() {
		if err := b.ensureStream(ctx, k.config()); err != nil {
			return fmt.Errorf("create bucket %s: %w", k.Name, err)
		}
	}
	return nil
}

// ensureStream leaves alone what belongs to the operator of a cluster.
func (b *Bus) ensureStream(ctx context.Context, want jetstream.StreamConfig) error {
	have, err := b.js.Stream(ctx, want.Name)
	switch {
	case err == nil:
		is := have.CachedInfo().Config
		want.Replicas, want.Placement = is.Replicas, is.Placement
	case !errors.Is(err, jetstream.ErrStreamNotFound):
		return err
	}
	_, err = b.js.CreateOrUpdateStream(ctx, want)
	return err
}

// renewLetters makes the stream of dead letters anew, with those it has, where it is of
// a time when none could be deleted: a stream is never allowed that later.
func (b *Bus) renewLetters(ctx context.Context, s StreamInfo, cause error) error {
	old, err := b.js.Stream(ctx, s.Name)
	if err != nil || !old.CachedInfo().Config.DenyDelete {
		return cause
	}
	letters, _, err := DeadLetters.Newest(ctx, b, int(s.MaxPerSubject))
	if err != nil {
		return err
	}
	if err := b.js.DeleteStream(ctx, s.Name); err != nil {
		return err
	}
	if _, err := b.js.CreateStream(ctx, s.config()); err != nil {
		return err
	}
	for _, m := range slices.Backward(letters) {
		l := m.Body
		if err := b.Publish(ctx, DeadLetters.New(ctx, m.ID, l, strings.ToLower(l.Stream), l.Consumer)); err != nil {
			return err
		}
	}
	return nil
}
