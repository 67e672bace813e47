// Package twin holds a decoy to the genuine daemon. In go a corpus of dialogues,
// a way to start the daemon and the address of a decoy; out comes every
// difference between what the two answered, by cause: bytes, order,
// segmentation, end and timing.
//
// What the daemon does is recorded into a fixture (a JSON file below testdata),
// several times over, so that a dialogue has the set of answers that it was seen
// to have and not one of them. A test compares the decoy with the fixture and
// needs no daemon. Where the daemon is installed, Check also replays a sample of
// the dialogues to it, so that a fixture cannot grow stale.
//
// A difference that is known has a line with its reason in a file beside the
// fixture; a difference without a reason fails the test, and so does a reason
// without a difference.
//
// A new decoy gives a Twin: Start, Dialogues and, where something is random by
// nature, Describe or Masks. See package decoys/ssh/internal/corpus.
package twin

import (
	"context"
	"fmt"
	"testing"
	"time"
)

// A Twin is a genuine daemon and what is asked of it and of its decoy.
type Twin struct {
	// Name names the fixture, such as "openssh".
	Name string
	// Package is the daemon's Debian package, Program the file that has to be
	// there for it to run.
	Package, Program string
	// NeedsRoot says that Start works for root only.
	NeedsRoot bool
	// Start starts the daemon on a loopback address and returns that address.
	// The daemon ends when ctx does; dir is an empty folder for its files.
	Start func(ctx context.Context, dir string) (addr string, err error)
	// Dialogues is the corpus. It is the same at every call.
	Dialogues func() []Dialogue
	// Describe writes down what came, a line for each thing that makes sense of
	// its own; nil is Quote. What it leaves out must be one of the Masks' whys.
	Describe func(data []byte) []string
	// Masks are laid over each line of Describe, in order.
	Masks []Mask
	// Settle puts the lines of a reply whose order is chance into one order; nil leaves
	// them. It does not change its argument.
	Settle func(lines []string) []string
	// Parallel is how many dialogues run at once; zero is defaultParallel.
	Parallel int
}

// A Mask makes one of what differs by nature.
type Mask struct {
	// Why says in a sentence why this may differ.
	Why string
	// Apply returns the line with the masked part replaced.
	Apply func(line string) string
}

// A Dialogue is what one client does on one connection.
type Dialogue struct {
	// Name is unique; the part before the first slash is its group.
	Name  string
	Steps []Step
	// Patience is how long a reply is waited for, and how long a connection has
	// to stay open to count as open; zero is DefaultPatience.
	Patience time.Duration
	// Runs is how often it is recorded; zero is the number that was asked for.
	Runs int
}

// DefaultPatience is that of a dialogue which does not say.
const DefaultPatience = 400 * time.Millisecond

// A Step is one thing that a client does. Its name labels the reply that it
// causes.
type Step struct {
	Name string
	Do   func(ctx context.Context, w *Wire) error
}

// Send sends each of segments in a TCP segment of its own.
func Send(segments ...[]byte) Step {
	return Step{"send", func(ctx context.Context, w *Wire) error {
		for i, s := range segments {
			if i > 0 && !sleep(ctx, segmentGap) {
				return ctx.Err()
			}
			if err := w.Send(s); err != nil {
				return err
			}
		}
		return nil
	}}
}

// segmentGap is the time between two segments, enough for the peer to see the
// first alone.
const segmentGap = 15 * time.Millisecond

// Await waits until something has come and no more does.
func Await() Step {
	return Step{"await", func(_ context.Context, w *Wire) error {
		w.Take(w.label, true)
		return nil
	}}
}

// Pause does nothing for d.
func Pause(d time.Duration) Step {
	return Step{"pause", func(ctx context.Context, _ *Wire) error {
		sleep(ctx, d)
		return ctx.Err()
	}}
}

// HalfClose ends the client's half of the connection.
func HalfClose() Step {
	return Step{"half-close", func(_ context.Context, w *Wire) error { return w.CloseWrite() }}
}

// Do is a step of the protocol's own.
func Do(name string, f func(ctx context.Context, w *Wire) error) Step { return Step{name, f} }

func sleep(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}

// corpus returns the dialogues, whose names must be unique.
func (tw *Twin) corpus(t testing.TB) []Dialogue {
	t.Helper()
	all := tw.Dialogues()
	seen := make(map[string]bool, len(all))
	for i := range all {
		if all[i].Name == "" || seen[all[i].Name] {
			t.Fatal(fmt.Errorf("dialogue %d: %q is no name of its own", i, all[i].Name))
		}
		seen[all[i].Name] = true
		if all[i].Patience == 0 {
			all[i].Patience = DefaultPatience
		}
	}
	return all
}

// describe writes down data; Note lays the masks over it.
func (tw *Twin) describe(data []byte) []string {
	describe := tw.Describe
	if describe == nil {
		describe = Quote
	}
	return describe(data)
}

func (tw *Twin) settle(lines []string) []string {
	if tw.Settle == nil {
		return lines
	}
	return tw.Settle(lines)
}

func (tw *Twin) mask(lines []string) []string {
	for i := range lines {
		for _, m := range tw.Masks {
			lines[i] = m.Apply(lines[i])
		}
	}
	return lines
}
