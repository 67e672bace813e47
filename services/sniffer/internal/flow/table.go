package flow

import (
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/recency"
)

// Limits bound what a Table takes.
type Limits struct {
	Flows     int           // established connections at a time
	Handshake int           // connections that are not established
	Stream    int           // bytes of each direction that are delivered
	Waiting   int           // bytes of one direction that wait for others
	Memory    int           // bytes that wait, in all
	Idle      time.Duration // after which a silent connection is over
	Linger    time.Duration // how long packets of a connection that is over are known as such
}

// Default is for one interface of a LAN: at most about 60 MiB.
func Default() Limits {
	return Limits{Flows: 1 << 15, Handshake: 1 << 15, Stream: 1 << 16, Waiting: 1 << 16, Memory: 32 << 20, Idle: 5 * time.Minute, Linger: 5 * time.Second}
}

// Validate reports the first limit that cannot work.
func (l Limits) Validate() error {
	for _, v := range []struct {
		name      string
		have      int
		low, high int
	}{
		{"flows", l.Flows, 1, 1 << 22},
		{"handshake", l.Handshake, ways, 1 << 22},
		{"stream", l.Stream, 1 << 10, 1 << 20},
		{"waiting", l.Waiting, 0, 1 << 20},
		{"memory", l.Memory, 0, 1 << 32},
		{"idle", int(l.Idle / time.Second), 1, 1 << 20},
		{"linger", int(l.Linger / time.Second), 0, 60},
	} {
		if v.have < v.low || v.have > v.high {
			return fmt.Errorf("%s %d: want %d to %d", v.name, v.have, v.low, v.high)
		}
	}
	return nil
}

// Verdict is what a packet is to the connections that are known.
type Verdict uint8

// The verdicts.
const (
	Known       Verdict = iota // a packet of a connection, or one more of what was seen
	Opening                    // a client's first SYN
	Answer                     // the server's SYN-ACK to it
	Refusal                    // a RST to what was the first packet, a SYN or a stray one
	Abandoned                  // the client's RST to a SYN-ACK
	Established                // the client's part that completes a handshake
	Stray                      // the first packet of a connection that is none, and no SYN
	Alive                      // a stray connection turns out to be one whose beginning was not seen
)

// Handler hears of flows. It is called from within Packet and Tick.
type Handler interface {
	// Established is called first; what it sets as User stays.
	Established(f *Flow)
	// Data is called with the bytes of a direction in their order, which are good
	// until it returns; more is false if no further ones of this direction are wanted.
	Data(f *Flow, fromClient bool, b []byte) (more bool)
	// Closed is called last.
	Closed(f *Flow)
}

// Table has the connections. It is for one goroutine.
type Table struct {
	limits  Limits
	handler Handler
	slots   slots
	flows   map[key]*Flow
	order   recency.List[Flow]
	budget  budget
	Current Subject
}

// Subject is what the last packet was about.
type Subject struct {
	Flow *Flow // that it belongs to, if there is one
	// FromClient says that the client sent it, or whoever sent the first stray one.
	FromClient bool
}

// New returns a table without connections; limits must be valid.
func New(limits Limits, h Handler) *Table {
	return &Table{
		limits: limits, handler: h, slots: newSlots(limits.Handshake), flows: make(map[key]*Flow),
		order:  recency.New(func(f *Flow) *recency.Links[Flow] { return &f.links }),
		budget: budget{stream: limits.Stream, waiting: limits.Waiting, left: limits.Memory},
	}
}

// Len is how many flows there are.
func (t *Table) Len() int { return len(t.flows) }

// Waiting is how many bytes wait for others.
func (t *Table) Waiting() int { return t.limits.Memory - t.budget.left }

// Tick ends what was silent for too long.
func (t *Table) Tick(now time.Time) {
	for f := t.order.Oldest(); f != nil; f = t.order.Oldest() {
		silent := now.Sub(f.Last)
		if !f.closed && silent < t.limits.Idle {
			break
		}
		if f.closed && silent < t.limits.Linger {
			break
		}
		t.forget(f, EndIdle)
	}
}

// Flush ends everything.
func (t *Table) Flush() {
	for f := t.order.Oldest(); f != nil; f = t.order.Oldest() {
		t.forget(f, EndCapture)
	}
}

// forget removes a flow, which ends so if it has not ended.
func (t *Table) forget(f *Flow, end End) {
	t.close(f, end)
	t.order.Remove(f)
	delete(t.flows, f.key)
}

func (t *Table) close(f *Flow, end End) {
	if f.closed {
		return
	}
	f.closed, f.End = true, end
	f.Up.stop(&t.budget)
	f.Down.stop(&t.budget)
	t.handler.Closed(f)
	f.User, f.SYN = nil, nil
}

// Packet takes a packet of TCP.
func (t *Table) Packet(p *capture.Packet) Verdict {
	k, first := keyOf(p.Source(), p.Destination())
	if f := t.flows[k]; f != nil {
		fromClient := first == f.clientFirst
		if !f.closed || p.Flags&(capture.SYN|capture.ACK) != capture.SYN {
			t.Current = Subject{f, fromClient}
			t.follow(f, p, fromClient)
			return Known
		}
		t.forget(f, EndRST) // its ports are used again
	}
	return t.handshake(p, k, first)
}
