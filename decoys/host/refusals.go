package host

import (
	"fmt"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

const (
	// refusalWindow is how long refusals are gathered into one event, and
	// refusalBurst how many per window have an event of their own.
	refusalWindow = time.Minute
	refusalBurst  = 5
)

// refusals logs refused connections so that a flood of them costs a bounded
// number of events: the first few of a window one by one, the others as a
// count at its end.
type refusals struct {
	log func(source netip.AddrPort, kind string, fields decoy.Fields, text string)

	mu     sync.Mutex
	single int
	// more counts the others by reason; there are only a few reasons.
	more  map[string]int
	timer *time.Timer // nil between windows
}

func (r *refusals) add(source netip.AddrPort, reason string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer == nil {
		r.timer = time.AfterFunc(refusalWindow, r.flush)
		r.single, r.more = 0, make(map[string]int)
	}
	if r.single < refusalBurst {
		r.single++
		r.log(source, decnet.KindRefused, decoy.Fields{decnet.FieldReason: reason, decoy.FieldCount: "1"},
			"refused a connection: "+reason)
		return
	}
	r.more[reason]++
}

// flush ends the window and logs what was only counted.
func (r *refusals) flush() {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.timer == nil {
		return
	}
	r.timer.Stop()
	r.timer = nil
	for reason, n := range r.more {
		r.log(netip.AddrPort{}, decnet.KindRefused,
			decoy.Fields{decnet.FieldReason: reason, decoy.FieldCount: strconv.Itoa(n)},
			fmt.Sprintf("refused %d further connections: %s", n, reason))
	}
}
