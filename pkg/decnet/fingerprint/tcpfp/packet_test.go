package tcpfp_test

import "encoding/binary"

// A packet is what tests send, with the fields that they care about.
type packet struct {
	six              bool
	ttl, tos, flags  byte
	df, evil         bool
	id               uint16
	flow             uint32
	ipOptions        []byte // or extension headers, with the next header in next
	next             byte
	source, port     uint16
	seq, ack         uint32
	reserved         byte
	window, urgent   uint16
	options, payload []byte
}

const (
	syn    = 0x02
	synack = 0x12
)

// bytes is the packet from the IP header on. Nobody looks at checksums.
func (p packet) bytes() []byte {
	for len(p.options)%4 != 0 {
		p.options = append(p.options, 0)
	}
	tcp := binary.BigEndian.AppendUint16(nil, p.source)
	tcp = binary.BigEndian.AppendUint16(tcp, p.port)
	tcp = binary.BigEndian.AppendUint32(tcp, p.seq)
	tcp = binary.BigEndian.AppendUint32(tcp, p.ack)
	tcp = append(tcp, byte(5+len(p.options)/4)<<4|p.reserved, p.flags)
	tcp = binary.BigEndian.AppendUint16(tcp, p.window)
	tcp = append(tcp, 0, 0)
	tcp = binary.BigEndian.AppendUint16(tcp, p.urgent)
	tcp = append(append(tcp, p.options...), p.payload...)
	if p.six {
		ip := binary.BigEndian.AppendUint32(nil, 6<<28|uint32(p.tos)<<20|p.flow)
		ip = binary.BigEndian.AppendUint16(ip, uint16(len(p.ipOptions)+len(tcp)))
		next := byte(6)
		if p.next != 0 || len(p.ipOptions) > 0 {
			next = p.next
		}
		ip = append(ip, next, p.ttl, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xfd, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 2)
		return append(append(ip, p.ipOptions...), tcp...)
	}
	fragment := uint16(0)
	if p.df {
		fragment |= 0x4000
	}
	if p.evil {
		fragment |= 0x8000
	}
	ip := []byte{4<<4 | byte(5+len(p.ipOptions)/4), p.tos}
	ip = binary.BigEndian.AppendUint16(ip, uint16(20+len(p.ipOptions)+len(tcp)))
	ip = binary.BigEndian.AppendUint16(ip, p.id)
	ip = binary.BigEndian.AppendUint16(ip, fragment)
	ip = append(ip, p.ttl, 6, 0, 0, 10, 9, 0, 1, 10, 9, 0, 2)
	return append(append(ip, p.ipOptions...), tcp...)
}

// Options as systems send them.
var (
	linuxOptions   = []byte{2, 4, 5, 0xb4, 4, 2, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 1, 3, 3, 7}
	windowsOptions = []byte{2, 4, 5, 0xb4, 1, 3, 3, 8, 1, 1, 4, 2}
	appleOptions   = []byte{2, 4, 5, 0xb4, 1, 3, 3, 6, 1, 1, 8, 10, 1, 2, 3, 4, 0, 0, 0, 0, 4, 2, 0, 0}
	mssOption      = []byte{2, 4, 5, 0xb4}
)

// linux is what Linux 6.1 sends.
var linux = packet{ttl: 64, flags: syn, df: true, id: 7, source: 40000, port: 22, seq: 99, window: 64240, options: linuxOptions}

func with(p packet, change func(*packet)) packet {
	p.options = append([]byte{}, p.options...)
	change(&p)
	return p
}
