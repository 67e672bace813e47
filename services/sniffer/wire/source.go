package wire

import (
	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/internal/lan"
	"github.com/decnet/decnet/services/sniffer/internal/scan"
)

// maxHeaders is how many bytes of a SYN are kept.
const maxHeaders = 100

// maxSYNs is how many fingerprints of a source's SYNs are told.
const maxSYNs = 8

// source is what is kept of a source beside its contacts.
type source struct {
	id, isn lan.Series
	syn     [maxHeaders]byte // its newest SYN from the IP header on
	headers int              // how many bytes of it there are
	told    []string         // fingerprints
}

func sourceOf(s *scan.Source) *source {
	if u, ok := s.User.(*source); ok {
		return u
	}
	u := &source{}
	s.User = u
	return u
}

// opened takes a SYN of the source and reports whether enough were seen to say how
// it chooses its numbers.
func (u *source) opened(p *capture.Packet) (enough bool) {
	if n := len(p.IP) - len(p.Payload); n <= maxHeaders {
		u.headers = copy(u.syn[:], p.IP[:n])
	}
	enough = u.isn.Add(p.Seq)
	if p.Version == 4 {
		u.id.Add(uint32(p.ID))
	}
	return enough
}
