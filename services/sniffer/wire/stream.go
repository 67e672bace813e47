package wire

import (
	"net/netip"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/flow"
)

// stream looks at a connection's bytes.
type stream interface {
	// Add takes what a side said next; more is false once nothing further is wanted.
	Add(fromClient bool, b []byte) (more bool)
}

func streams(*Sniffer, *flow.Flow) []stream { return nil }

func (s *Sniffer) datagram(*capture.Packet) {}

type quics struct{}

func newQUICs() quics { return quics{} }

func (s *Sniffer) syn(netip.Addr, *source, []byte, netip.AddrPort) {}
