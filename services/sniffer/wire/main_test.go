package wire_test

import (
	"fmt"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fields"
	"github.com/decnet/decnet/services/sniffer/wire"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// rig is a sniffer whose packets a test makes, and whose clock it turns.
type rig struct {
	testing.TB
	*wire.Sniffer
	now   time.Time
	found []*wire.Finding
}

func newRig(t testing.TB, change func(*wire.Config)) *rig {
	t.Helper()
	r := &rig{TB: t, now: time.Date(2026, 11, 28, 8, 0, 0, 0, time.UTC)}
	c := wire.Default()
	if change != nil {
		change(&c)
	}
	var err error
	if r.Sniffer, err = wire.New(c, func(f *wire.Finding) {
		r.check(f)
		r.found = append(r.found, f)
	}); err != nil {
		t.Fatal(err)
	}
	return r
}

// declared are the events of the sniffer, by kind and field.
var declared = func() map[string]map[string]decnet.FieldSpec {
	all := map[string]map[string]decnet.FieldSpec{}
	for _, s := range fields.Workers() {
		if s.Slug != "sniffer" {
			continue
		}
		for _, e := range s.Events {
			all[e.Kind] = map[string]decnet.FieldSpec{}
			for _, f := range e.Fields {
				all[e.Kind][f.Name] = f
			}
		}
	}
	return all
}()

// check holds a finding to what is declared of it.
func (r *rig) check(f *wire.Finding) {
	specs, ok := declared[f.Kind]
	if !ok || !f.Source.IsValid() || f.Time.IsZero() {
		r.Errorf("not declared, or not whole: %+v", f)
	}
	for name, value := range f.Fields {
		spec, ok := specs[name]
		if err := spec.Check(value, ""); !ok || err != nil {
			r.Errorf("%s %s=%q: declared %v, %v", f.Kind, name, value, ok, err)
		}
	}
}

// send has frames seen, a moment after each other.
func (r *rig) send(frames ...[]byte) {
	for _, f := range frames {
		r.now = r.now.Add(100 * time.Microsecond)
		r.Packet(capturetest.Decode(r.now, f))
	}
}

func (r *rig) wait(d time.Duration) { r.now = r.now.Add(d) }

// of are the findings of a kind.
func (r *rig) of(kind string) (out []*wire.Finding) {
	for _, f := range r.found {
		if f.Kind == kind {
			out = append(out, f)
		}
	}
	return out
}

// scans is what was found of scans, one a line, in short.
func (r *rig) scans(kind string) (out []string) {
	for _, f := range r.of(kind) {
		out = append(out, fmt.Sprintf("%s %s %s: %s..%s (%s) ports %s", f.Source.Addr(), f.Fields["type"], f.Fields["shape"],
			f.Fields["first_address"], f.Fields["last_address"], f.Fields["addresses"], f.Fields["ports"]))
	}
	return out
}

func at(host string, port uint16) netip.AddrPort {
	return netip.AddrPortFrom(netip.MustParseAddr(host), port)
}

// connection is both sides of a TCP connection.
type connection struct {
	client, server netip.AddrPort
	up, down       uint32 // next sequence numbers
}

func dial(client, server netip.AddrPort) *connection {
	return &connection{client, server, 1000, 900000}
}

// says is a segment from the client, or from the server.
func (c *connection) says(fromClient bool, flags capture.Flags, payload string) []byte {
	s := capturetest.Segment{Src: c.client, Dst: c.server, Flags: flags, Seq: c.up, Ack: c.down, Payload: []byte(payload)}
	next := &c.up
	if !fromClient {
		s.Src, s.Dst, s.Seq, s.Ack = c.server, c.client, c.down, c.up
		next = &c.down
	}
	if flags&capture.ACK == 0 {
		s.Ack = 0
	}
	if flags&capture.SYN != 0 {
		s.Options = capturetest.LinuxOptions
	}
	*next += uint32(len(payload))
	if flags&(capture.SYN|capture.FIN) != 0 {
		*next++
	}
	return s.Frame()
}

// handshake is the three segments that open it.
func (c *connection) handshake() [][]byte {
	return [][]byte{c.says(true, capture.SYN, ""), c.says(false, capture.SYN|capture.ACK, ""), c.says(true, capture.ACK, "")}
}

// closing is both sides being done.
func (c *connection) closing() [][]byte {
	return [][]byte{c.says(true, capture.FIN|capture.ACK, ""), c.says(false, capture.FIN|capture.ACK, ""), c.says(true, capture.ACK, "")}
}
