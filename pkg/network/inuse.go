package network

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"sync"
	"time"
)

const (
	defaultRounds = 3
	defaultRate   = 3000
	// patience is how long an answer may take before the address is asked for
	// again, or given up.
	patience = 300 * time.Millisecond
	// maxBurst is how much of the rate is sent at once: timers are no finer, and
	// a busy machine is late with them.
	maxBurst = 5 * time.Millisecond
)

// Prober asks a LAN which addresses somebody has. The zero value is ready.
type Prober struct {
	// Own reports MAC addresses whose answers do not count, such as those of
	// our own deckies; nil means none. It is called by one goroutine at a time
	// and must not block.
	Own func(net.HardwareAddr) bool
	// Rounds is how often an address is asked for that does not answer; 0
	// means 3.
	Rounds int
	// Rate is how many probes are sent per second; 0 means 3,000, which is
	// about 2 Mbit/s on the wire.
	Rate int
}

// InUse is Prober.InUse with the defaults.
func InUse(ctx context.Context, link *Link, addrs []netip.Addr) (map[netip.Addr]net.HardwareAddr, error) {
	return Prober{}.InUse(ctx, link, addrs)
}

// InUse returns which of addrs somebody on the link's LAN answers for, with the
// MAC address of whoever does. IPv4 and IPv6 may be mixed; an IPv4 address in
// IPv6 form is returned as plain IPv4, and zones are dropped. This host's own
// addresses, whatever interface they are on, are in use by the link's MAC;
// macvlan children of the link do not hear its probes.
//
// It takes 0.9 s for a few addresses and 4.3 s for 4,000, less if all answer, and
// ends at once when ctx does. RFC 5227 would have it take 7 s: who answers later
// than 300 ms after the last of three probes is missed, and of course who is off.
// An address given twice is asked for once. More than 65,536 addresses and those
// that no host can have are an error.
//
// Without CAP_NET_RAW the error wraps ErrNoPrivilege.
func (p Prober) InUse(ctx context.Context, link *Link, addrs []netip.Addr) (map[netip.Addr]net.HardwareAddr, error) {
	found, err := p.inUse(ctx, link, addrs)
	if err != nil {
		return nil, fmt.Errorf("look for addresses in use on %s: %w", link.Name, err)
	}
	return found, nil
}

func (p Prober) inUse(ctx context.Context, link *Link, addrs []netip.Addr) (map[netip.Addr]net.HardwareAddr, error) {
	ctx, end := context.WithCancelCause(ctx)
	defer end(nil)
	q, err := newInquiry(p.Own, link.MAC, addrs, func() { end(errComplete) })
	if err != nil {
		return nil, err
	}
	if err := q.answerSelf(); err != nil {
		return nil, err
	}
	if err := p.inquire(ctx, end, link, q); err != nil && !errors.Is(err, errComplete) {
		return nil, err
	}
	return q.answers(), nil
}

// inquire opens a wire for each protocol that is needed, and listens to them for
// as long as it asks.
func (p Prober) inquire(ctx context.Context, end context.CancelCauseFunc, link *Link, q *inquiry) error {
	wires := make(map[*protocol]*wire, 2)
	var readers sync.WaitGroup
	defer func() {
		for _, w := range wires {
			_ = w.file.Close() // nothing was written that could be lost
		}
		readers.Wait()
	}()
	for _, a := range q.asked {
		if wires[protocolOf(a)] != nil {
			continue
		}
		w, err := protocolOf(a).open(link)
		if err != nil {
			return err
		}
		wires[protocolOf(a)] = w
		readers.Go(func() {
			if err := w.receive(q.heard); err != nil {
				end(err)
			}
		})
	}
	return p.ask(ctx, q, wires)
}

// ask sends probes until every address is answered for, which is errComplete, or
// has been asked for often enough.
func (p Prober) ask(ctx context.Context, q *inquiry, wires map[*protocol]*wire) error {
	rounds, rate := p.Rounds, p.Rate
	if rounds <= 0 {
		rounds = defaultRounds
	}
	if rate <= 0 {
		rate = defaultRate
	}
	due := time.Now() // when the next probe may be sent
	for range rounds {
		begun := time.Now()
		for _, a := range q.asked {
			if q.answered(a) {
				continue
			}
			wait := time.Until(due)
			if wait < maxBurst {
				wait = 0
			}
			if err := sleep(ctx, wait); err != nil {
				return err
			}
			if err := wires[protocolOf(a)].ask(ctx, a); err != nil {
				return err
			}
			if earliest := time.Now().Add(-maxBurst); due.Before(earliest) {
				due = earliest // what was missed is not made up for
			}
			due = due.Add(time.Second / time.Duration(rate))
		}
		if err := sleep(ctx, time.Until(begun.Add(patience))); err != nil {
			return err
		}
	}
	return sleep(ctx, time.Until(due.Add(patience)))
}

// sleep waits for d, if it is above zero, or until ctx is done; then it returns
// why it is.
func sleep(ctx context.Context, d time.Duration) error {
	if d <= 0 || ctx.Err() != nil {
		return context.Cause(ctx)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return context.Cause(ctx)
	case <-timer.C:
		return nil
	}
}
