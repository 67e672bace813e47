package wire

import (
	"net/netip"

	"github.com/decnet/decnet/pkg/capture"
)

// steps are how far apart numbers of a stack that counts may be.
const (
	idStep  = 1 << 10 // other packets took the ones in between
	isnStep = 1 << 20 // with a clock
)

// stack tells how a source chooses its numbers.
func (s *Sniffer) stack(p *capture.Packet, u *source) {
	if !s.matters(p.Dst) {
		return
	}
	fields := map[string]string{"isn": u.isn.Class(32, isnStep)}
	if p.Version == 4 {
		fields["ip_id"] = u.id.Class(16, idStep)
	}
	s.tell(&Finding{Kind: "tcp_sequence", Time: p.Time, Source: netip.AddrPortFrom(p.Src, 0), Fields: fields})
}
