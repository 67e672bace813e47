package tcpfp

import (
	"encoding/binary"
	"errors"
)

// The errors of Parse.
var (
	ErrTruncated = errors.New("the packet is cut off")
	ErrNotTCP    = errors.New("not a whole TCP packet over IPv4 or IPv6")
	ErrNotSYN    = errors.New("neither SYN nor SYN-ACK")
)

// Flags of a TCP header.
const (
	flagFIN = 0x01
	flagSYN = 0x02
	flagRST = 0x04
	flagPSH = 0x08
	flagACK = 0x10
	flagURG = 0x20
	flagECE = 0x40
	flagCWR = 0x80

	// flagAE is in the byte before the others, among bits that are reserved otherwise (RFC 3540,
	// and AccECN).
	flagAE = 0x01
)

const protocolTCP = 6

// Parse reads a SYN or SYN-ACK from its IP header on; what follows the IP packet, such as the
// padding of Ethernet, is ignored. The errors are ErrTruncated, ErrNotTCP and ErrNotSYN.
func Parse(packet []byte) (*Signature, error) {
	s := new(Signature)
	if err := s.Decode(packet); err != nil {
		return nil, err
	}
	return s, nil
}

// Decode is Parse into a Signature that is there, of which nothing is kept.
func (s *Signature) Decode(packet []byte) error {
	*s = Signature{}
	if len(packet) == 0 {
		return ErrTruncated
	}
	switch packet[0] >> 4 {
	case 4:
		return s.decode4(packet)
	case 6:
		return s.decode6(packet)
	}
	return ErrNotTCP
}

// decode4 reads IPv4 (RFC 791 section 3.1).
func (s *Signature) decode4(p []byte) error {
	if len(p) < 20 {
		return ErrTruncated
	}
	header, total := int(p[0]&0x0f)*4, int(binary.BigEndian.Uint16(p[2:]))
	fragment := binary.BigEndian.Uint16(p[6:])
	const df, reserved, anyOffset = 0x4000, 0x8000, 0x3fff
	switch {
	case header < 20 || total < header || p[9] != protocolTCP || fragment&anyOffset != 0:
		return ErrNotTCP
	case total > len(p):
		return ErrTruncated
	}
	s.IP, s.TTL, s.OptLen, s.header = 4, p[8], uint16(header-20), uint16(header) //nolint:gosec // at most 60
	id := binary.BigEndian.Uint16(p[4:])
	switch isDF := fragment&df != 0; {
	case isDF && id != 0:
		s.Quirks |= DF | NonzeroID
	case isDF:
		s.Quirks |= DF
	case id == 0:
		s.Quirks |= ZeroID
	}
	if fragment&reserved != 0 {
		s.Quirks |= MustBeZero
	}
	if p[1]&0x03 != 0 {
		s.Quirks |= ECN
	}
	if err := s.decodeTCP(p[header:total]); err != nil {
		return err
	}
	s.mark(id, binary.BigEndian.Uint32(p[16:]), p[header:])
	return nil
}

// mark looks for the marks of scanners, which are for IPv4.
func (s *Signature) mark(id uint16, destination uint32, tcp []byte) {
	seq, port := binary.BigEndian.Uint32(tcp[4:]), binary.BigEndian.Uint16(tcp[2:])
	if s.SYNACK {
		return
	}
	if seq == destination {
		s.Marks |= MarkMirai
	}
	if uint32(id) == (destination^uint32(port)^seq)&0xffff {
		s.Marks |= MarkMasscan
	}
	if id == 54321 {
		s.Marks |= MarkZMap
	}
}

// decode6 reads IPv6 (RFC 8200 sections 3 and 4).
func (s *Signature) decode6(p []byte) error {
	const header, maxHeaders = 40, 8
	if len(p) < header {
		return ErrTruncated
	}
	total := header + int(binary.BigEndian.Uint16(p[4:]))
	if total > len(p) {
		return ErrTruncated
	}
	first := binary.BigEndian.Uint32(p)
	if first&0xfffff != 0 {
		s.Quirks |= Flow
	}
	if first>>20&0x03 != 0 {
		s.Quirks |= ECN
	}
	next, at := p[6], header
	for range maxHeaders {
		if next == protocolTCP {
			break
		}
		// Hop-by-hop, routing and destination options; a fragment has no whole TCP header.
		if next != 0 && next != 43 && next != 60 || at+2 > total {
			return ErrNotTCP
		}
		next, at = p[at], at+8+int(p[at+1])*8
	}
	if next != protocolTCP || at > total {
		return ErrNotTCP
	}
	s.IP, s.TTL, s.OptLen, s.header = 6, p[7], uint16(at-header), uint16(at) //nolint:gosec // below 64 KiB
	return s.decodeTCP(p[at:total])
}

// decodeTCP reads a TCP header (RFC 9293 section 3.1).
func (s *Signature) decodeTCP(p []byte) error {
	if len(p) < 20 {
		return ErrNotTCP
	}
	header, flags := int(p[12]>>4)*4, p[13]
	if header < 20 || header > len(p) {
		return ErrNotTCP
	}
	switch flags & (flagSYN | flagACK | flagFIN | flagRST) {
	case flagSYN:
	case flagSYN | flagACK:
		s.SYNACK = true
	default:
		return ErrNotSYN
	}
	s.header += uint16(header) //nolint:gosec // at most 60
	s.Window = binary.BigEndian.Uint16(p[14:])
	s.Payload = len(p) > header
	s.Quirks |= tcpQuirks(p)
	s.readOptions(p[20:header])
	return nil
}

// tcpQuirks are those of the fixed part of a header.
func tcpQuirks(p []byte) (q Quirks) {
	flags := p[13]
	when := func(is bool, quirk Quirks) {
		if is {
			q |= quirk
		}
	}
	when(flags&(flagECE|flagCWR) != 0 || p[12]&flagAE != 0, ECN)
	when(binary.BigEndian.Uint32(p[4:]) == 0, ZeroSeq)
	if number := binary.BigEndian.Uint32(p[8:]); flags&flagACK != 0 {
		when(number == 0, ZeroAck)
	} else {
		when(number != 0, NonzeroAck)
	}
	if flags&flagURG != 0 {
		q |= URG
	} else {
		when(binary.BigEndian.Uint16(p[18:]) != 0, NonzeroURG)
	}
	when(flags&flagPSH != 0, PUSH)
	return q
}
