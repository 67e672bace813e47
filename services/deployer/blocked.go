package deployer

import (
	"fmt"
	"maps"
	"strconv"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/network"
)

// What the wall around a decky stopped, as an event of the service "network".
const (
	networkService  = "network"
	kindBlocked     = "egress_blocked"
	fieldTransport  = "transport"
	fieldPackets    = "packets"
	blockedInterval = time.Second
	// blockedBatch bounds how many walls are looked at per interval, so that a
	// large fleet costs no more than a small one; each is looked at in turn.
	blockedBatch = 200
)

// blocked reports new packets that walls have stopped since it was last asked.
type blocked struct {
	drivers []walled
	last    map[string]network.Counters
	queue   []wall // still to be looked at in this round
}

// walled is a driver whose deckies have walls.
type walled interface {
	// Walled lists the deckies that have one, and Do calls f inside one of them.
	Walled() []string
	Do(name string, f func() error) error
}

// wall is one decky's.
type wall struct {
	name string
	of   walled
}

func newBlocked(drivers ...walled) *blocked {
	return &blocked{drivers: drivers, last: make(map[string]network.Counters)}
}

// look reads the next walls and returns an event for each kind of traffic that was
// stopped by one. Nobody honest starts a connection from a decky.
func (b *blocked) look() []decnet.Event {
	if len(b.queue) == 0 {
		b.begin()
	}
	n := min(len(b.queue), blockedBatch)
	var events []decnet.Event
	for _, w := range b.queue[:n] {
		name := w.name
		var now network.Counters
		err := w.of.Do(name, func() (err error) {
			now, err = network.Blocked()
			return err
		})
		if err != nil {
			continue // it is being taken down, or made anew
		}
		events = append(events, eventsOf(name, b.last[name], now)...)
		b.last[name] = now
	}
	b.queue = b.queue[n:]
	return events
}

// begin queues every wall there is, and forgets those that are gone.
func (b *blocked) begin() {
	there := make(map[string]bool)
	for _, d := range b.drivers {
		for _, name := range d.Walled() {
			there[name] = true
			b.queue = append(b.queue, wall{name, d})
		}
	}
	maps.DeleteFunc(b.last, func(name string, _ network.Counters) bool { return !there[name] })
}

func eventsOf(decky string, before, now network.Counters) []decnet.Event {
	var out []decnet.Event
	for _, k := range []struct {
		name          string
		before, after uint64
	}{
		{"tcp", before.TCP.Packets, now.TCP.Packets},
		{"udp", before.UDP.Packets, now.UDP.Packets},
		{"icmp", before.ICMP.Packets, now.ICMP.Packets},
		{"other", before.Other.Packets, now.Other.Packets},
	} {
		if k.after < k.before { // a wall that was made anew counts from 0
			k.before = 0
		}
		if n := k.after - k.before; n > 0 {
			out = append(out, decnet.Event{
				Time: time.Now().UTC(), Decky: decky, Service: networkService, Kind: kindBlocked,
				Fields:  map[string]string{fieldTransport: k.name, fieldPackets: strconv.FormatUint(n, 10)},
				Message: fmt.Sprintf("%d %s packets were kept from leaving the decky", n, k.name),
			})
		}
	}
	return out
}
