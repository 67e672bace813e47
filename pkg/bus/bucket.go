package bus

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/nats-io/nats.go/jetstream"
)

// BucketInfo describes one key-value bucket as data.
type BucketInfo struct {
	Name string
	// Keys name the tokens of a key, from broad to narrow.
	Keys []string
	// History is how many values of a key are kept, at most 64. List reads the
	// values that were the last when it began: with a history of 1, one that is
	// written meanwhile is gone before it is read, and its key is missed.
	History uint8
	// TTL removes a value that is not renewed; 0 keeps it.
	TTL time.Duration
	Doc string
}

// stream is the name of the stream that a bucket is.
func (i BucketInfo) stream() string { return "KV_" + i.Name }

// config is that stream as nats.go would make it (NATS ADR-8), with atomic
// batches allowed besides, for Apply.
func (i BucketInfo) config() jetstream.StreamConfig {
	duplicates := duplicateWindow
	if i.TTL > 0 {
		duplicates = min(duplicates, i.TTL)
	}
	return jetstream.StreamConfig{
		Name: i.stream(), Description: i.Doc, Subjects: []string{"$KV." + i.Name + ".>"},
		Storage: jetstream.FileStorage, Discard: jetstream.DiscardNew, MaxBytes: 256 * mib, MaxAge: i.TTL,
		MaxMsgsPerSubject: int64(i.History), MaxMsgs: -1, MaxMsgSize: -1, MaxConsumers: -1, Replicas: 1, Duplicates: duplicates,
		AllowAtomicPublish: true, AllowRollup: true, AllowDirect: true, DenyDelete: true,
	}
}

// A Bucket keeps one value of type T per key, with a revision for compare-and-set.
type Bucket[T any] struct{ BucketInfo }

func defineBucket[T any](i BucketInfo) Bucket[T] { return Bucket[T]{i} }

// Entry is one value of a bucket. A deleted one has Deleted set and no value.
type Entry[T any] struct {
	Keys     []string
	Value    T
	Revision uint64
	Deleted  bool
}

func (k Bucket[T]) open(ctx context.Context, b *Bus) (jetstream.KeyValue, error) {
	kv, err := b.js.KeyValue(ctx, k.Name)
	if err != nil {
		return nil, fmt.Errorf("open bucket %s: %w", k.Name, err)
	}
	return kv, nil
}

func (k Bucket[T]) key(keys []string) (string, error) {
	subject, err := Info{Name: k.Name, Keys: k.Keys}.subject(keys)
	return strings.TrimPrefix(subject, k.Name+"."), err
}

// Put stores value at keys. With revision 0 the key must not exist, otherwise
// it must still be at that revision; if not, the error has CodeConflict and
// nothing is changed. It returns the new revision.
func (k Bucket[T]) Put(ctx context.Context, b *Bus, value T, revision uint64, keys ...string) (uint64, error) {
	key, kv, data, err := k.prepare(ctx, b, value, keys)
	if err != nil {
		return 0, err
	}
	var next uint64
	if revision == 0 {
		next, err = kv.Create(ctx, key, data)
	} else {
		next, err = kv.Update(ctx, key, data, revision)
	}
	return next, k.conflict(key, err)
}

// Set stores value at keys whatever is there.
func (k Bucket[T]) Set(ctx context.Context, b *Bus, value T, keys ...string) error {
	key, kv, data, err := k.prepare(ctx, b, value, keys)
	if err != nil {
		return err
	}
	_, err = kv.Put(ctx, key, data)
	return k.conflict(key, err)
}

func (k Bucket[T]) prepare(ctx context.Context, b *Bus, value T, keys []string) (string, jetstream.KeyValue, []byte, error) {
	key, err := k.key(keys)
	if err != nil {
		return "", nil, nil, err
	}
	kv, err := k.open(ctx, b)
	if err != nil {
		return "", nil, nil, err
	}
	data, err := json.Marshal(value)
	if err != nil {
		return "", nil, nil, fmt.Errorf("bucket %s: encode %s: %w", k.Name, key, err)
	}
	return key, kv, data, nil
}

// Delete removes the value at keys if it is still at revision.
func (k Bucket[T]) Delete(ctx context.Context, b *Bus, revision uint64, keys ...string) error {
	key, err := k.key(keys)
	if err != nil {
		return err
	}
	kv, err := k.open(ctx, b)
	if err != nil {
		return err
	}
	return k.conflict(key, kv.Delete(ctx, key, jetstream.LastRevision(revision)))
}

func (k Bucket[T]) conflict(key string, err error) error {
	if api, ok := errors.AsType[*jetstream.APIError](err); ok && api.ErrorCode == jetstream.JSErrCodeStreamWrongLastSequence || errors.Is(err, jetstream.ErrKeyExists) {
		return &decnet.Error{Code: decnet.CodeConflict, Message: k.Name + " " + key + " was changed by somebody else meanwhile", Err: err}
	}
	if err != nil {
		return fmt.Errorf("bucket %s: write %s: %w", k.Name, key, err)
	}
	return nil
}

// Get returns the value at keys; found is false if there is none.
func (k Bucket[T]) Get(ctx context.Context, b *Bus, keys ...string) (e Entry[T], found bool, err error) {
	key, err := k.key(keys)
	if err != nil {
		return e, false, err
	}
	kv, err := k.open(ctx, b)
	if err != nil {
		return e, false, err
	}
	u, err := kv.Get(ctx, key)
	if errors.Is(err, jetstream.ErrKeyNotFound) {
		return e, false, nil
	}
	if err != nil {
		return e, false, fmt.Errorf("bucket %s: read %s: %w", k.Name, key, err)
	}
	if e, err = entry[T](u); err != nil {
		return e, false, fmt.Errorf("bucket %s: decode %s: %w", k.Name, key, err)
	}
	return e, true, nil
}

// List returns every value there is.
func (k Bucket[T]) List(ctx context.Context, b *Bus) ([]Entry[T], error) {
	var entries []Entry[T]
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	err := k.Watch(ctx, b, func(e Entry[T]) error {
		if !e.Deleted {
			entries = append(entries, e)
		}
		return nil
	}, cancel)
	return entries, err
}

// Watch calls changed for every value there is, current once after those, and
// then changed for every change, until ctx is done or changed fails. A value
// that does not decode is an error, since ignoring it would hide a decky.
func (k Bucket[T]) Watch(ctx context.Context, b *Bus, changed func(Entry[T]) error, current func()) error {
	kv, err := k.open(ctx, b)
	if err != nil {
		return err
	}
	w, err := kv.WatchAll(ctx)
	if err != nil {
		return fmt.Errorf("watch bucket %s: %w", k.Name, err)
	}
	defer func() { _ = w.Stop() }() // the connection may be gone already
	for {
		select {
		case <-ctx.Done():
			return nil
		case u, ok := <-w.Updates():
			if !ok {
				return nil
			}
			if u == nil {
				current()
				if ctx.Err() != nil { // do not race with what comes next
					return nil
				}
				continue
			}
			e, err := entry[T](u)
			if err != nil {
				return fmt.Errorf("bucket %s: decode %s: %w", k.Name, u.Key(), err)
			}
			if err := changed(e); err != nil {
				return err
			}
		}
	}
}

func entry[T any](u jetstream.KeyValueEntry) (Entry[T], error) {
	e := Entry[T]{Keys: strings.Split(u.Key(), "."), Revision: u.Revision(), Deleted: u.Operation() != jetstream.KeyValuePut}
	if e.Deleted {
		return e, nil
	}
	return e, json.Unmarshal(u.Value(), &e.Value)
}
