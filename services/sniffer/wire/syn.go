package wire

import (
	"net/netip"
	"slices"
	"strconv"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tcpfp"
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

// syn tells of the SYN of a source that is real, because it completed a handshake,
// or that scans: each fingerprint once.
func (s *Sniffer) syn(from netip.Addr, u *source, packet []byte, to netip.AddrPort) {
	var sig tcpfp.Signature
	if sig.Decode(packet) != nil || sig.SYNACK {
		return
	}
	fingerprint := sig.Normal()
	if slices.Contains(u.told, fingerprint) || len(u.told) >= maxSYNs {
		return
	}
	u.told = append(u.told, fingerprint)
	fields := map[string]string{"fingerprint": fingerprint, "raw": sig.String()}
	if r, ok := tcpfp.Match(&sig); ok {
		fields["os"], fields["os_class"] = r.String(), string(r.Class)
		fields["fuzzy"], fields["generic"] = strconv.FormatBool(r.Fuzzy), strconv.FormatBool(r.Generic)
		if r.Distance >= 0 {
			fields["distance"] = strconv.Itoa(r.Distance)
		}
	}
	s.found("tcp_syn_fingerprint", s.now, netip.AddrPortFrom(from, 0), to, fields)
}
