package shell

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
)

// maxTyped bounds what may be typed ahead of what is read, in bytes; the rest is
// dropped, as a terminal does that is full.
const maxTyped = 256 << 10

// keys is the input of a terminal. One goroutine fills it, so that Ctrl-C is
// seen while a command runs.
type keys struct {
	// more is signalled when something was typed or the input ended.
	more chan struct{}

	mu        sync.Mutex
	typed     []byte
	pieces    []piece
	entry     decoy.Typed // how the line that is being read was typed
	begun     time.Time
	ended     bool
	interrupt func(byte)
}

func newKeys() *keys { return &keys{more: make(chan struct{}, 1)} }

// pump reads until the input ends.
func (k *keys) pump(in io.Reader) {
	buf := make([]byte, 1024)
	for {
		n, err := in.Read(buf)
		k.mu.Lock()
		before := len(k.typed)
		for _, c := range buf[:n] {
			if (c == ctrlC || c == ctrlZ) && k.interrupt != nil {
				k.interrupt(c)
				k.typed, k.pieces = k.typed[:0], k.pieces[:0]
				continue
			}
			if len(k.typed) < maxTyped {
				k.typed = append(k.typed, c)
			}
		}
		k.arrived(len(k.typed) - before)
		k.ended = k.ended || err != nil
		ended := k.ended
		k.mu.Unlock()
		select {
		case k.more <- struct{}{}:
		default:
		}
		if ended {
			return
		}
	}
}

// piece is bytes that came together.
type piece struct {
	left  int
	at    time.Time
	taken bool
}

// maxPieces bounds those that are kept apart.
const maxPieces = 1024

// arrived notes that the last n bytes came now.
func (k *keys) arrived(n int) {
	switch last := len(k.pieces) - 1; {
	case n <= 0:
	case last >= maxPieces:
		k.pieces[last].left += n
	default:
		k.pieces = append(k.pieces, piece{left: n, at: time.Now()})
	}
}

// took notes that a byte of the first piece was read.
func (k *keys) took() {
	if len(k.pieces) == 0 {
		return
	}
	p := &k.pieces[0]
	if !p.taken || k.entry.Keys == 0 { // a piece may be of two lines
		p.taken = true
		if k.entry.Keys++; k.entry.Keys == 1 {
			k.begun = p.at
		}
		k.entry.Took = p.at.Sub(k.begun)
	}
	if p.left--; p.left <= 0 {
		k.pieces = k.pieces[1:]
	}
}

// entered returns how what was read since the last call was typed.
func (k *keys) entered() decoy.Typed {
	k.mu.Lock()
	defer k.mu.Unlock()
	entry := k.entry
	k.entry = decoy.Typed{}
	return entry
}

// next waits for a byte. It fails with io.EOF or with ctx's error.
func (k *keys) next(ctx context.Context) (byte, error) {
	for {
		k.mu.Lock()
		if len(k.typed) > 0 {
			c := k.typed[0]
			k.typed = k.typed[1:]
			k.took()
			k.mu.Unlock()
			return c, nil
		}
		ended := k.ended
		k.mu.Unlock()
		if ended {
			return 0, io.EOF
		}
		select {
		case <-k.more:
		case <-ctx.Done():
			return 0, ctx.Err()
		}
	}
}

// onInterrupt makes Ctrl-C and Ctrl-Z call f with their byte, or be ordinary bytes if f
// is nil.
func (k *keys) onInterrupt(f func(byte)) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.interrupt = f
}

// over reports that nothing more will be typed.
func (k *keys) over() bool {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.ended && len(k.typed) == 0
}
