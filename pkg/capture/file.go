package capture

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// Errors of capture files.
var (
	// ErrFormat says that a file is no capture.
	ErrFormat = errors.New("not a capture file: want pcap or pcapng")
	// ErrCut says that a capture file ends in the middle of something. What came
	// before was read.
	ErrCut = errors.New("the capture file is cut short")
)

// Magic numbers that files begin with, in the byte order of a file.
const (
	magicNG     = 0x0a0d0d0a
	magicMicro  = 0xa1b2c3d4
	magicNano   = 0xa1b23c4d
	magicMicroR = 0xd4c3b2a1
	magicNanoR  = 0x4d3cb2a1
)

// File reads a capture file.
type File struct {
	read  func() ([]byte, gopacket.CaptureInfo, error)
	link  func(*gopacket.CaptureInfo) LinkType
	stats Stats
}

// OpenFile begins to read a capture file, pcap (of microseconds or nanoseconds) or
// pcapng, in either byte order. The error wraps ErrFormat if it is none.
func OpenFile(r io.Reader) (*File, error) {
	b := bufio.NewReaderSize(r, 1<<16)
	head, err := b.Peek(4)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, fmt.Errorf("capture: %w", err)
	}
	if len(head) < 4 {
		return nil, fmt.Errorf("%w, and it has %d bytes", ErrFormat, len(head))
	}
	switch magic := binary.LittleEndian.Uint32(head); magic {
	case magicMicro, magicNano, magicMicroR, magicNanoR:
		return openPcap(b)
	case magicNG:
		return openPcapNG(b)
	default:
		if magic&0xffff == 0x8b1f {
			return nil, fmt.Errorf("%w, and it is compressed: unpack it with gunzip", ErrFormat)
		}
		return nil, fmt.Errorf("%w, and it begins with % x", ErrFormat, head)
	}
}

func openPcap(b io.Reader) (*File, error) {
	r, err := pcapgo.NewReader(b)
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, ErrCut
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	link := LinkType(r.LinkType())
	if link == 12 || link == 14 { // what OpenBSD and others call LINKTYPE_RAW
		link = LinkRaw
	}
	if !link.Known() {
		return nil, fmt.Errorf("capture: the file is of a link of type %d, which is not decoded", link)
	}
	return &File{read: r.ZeroCopyReadPacketData, link: func(*gopacket.CaptureInfo) LinkType { return link }}, nil
}

func openPcapNG(b io.Reader) (*File, error) {
	r, err := pcapgo.NewNgReader(b, pcapgo.NgReaderOptions{WantMixedLinkType: true, SkipUnknownVersion: true})
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil, ErrCut
	}
	if err != nil {
		return nil, fmt.Errorf("%w: %w", ErrFormat, err)
	}
	return &File{read: r.ZeroCopyReadPacketData, link: func(info *gopacket.CaptureInfo) LinkType {
		for _, a := range info.AncillaryData {
			if l, ok := a.(layers.LinkType); ok {
				return LinkType(l)
			}
		}
		return LinkEthernet
	}}, nil
}

// Next makes p the next packet that is ARP or IP. At the end of the file it
// returns io.EOF, or an error that wraps ErrCut if that is in the middle of
// something. The bytes of p are good until the next call.
func (f *File) Next(p *Packet) error {
	for {
		data, info, err := f.read()
		switch {
		case errors.Is(err, io.EOF) && info.CaptureLength == 0:
			return io.EOF
		case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
			return fmt.Errorf("%w after %d packets", ErrCut, f.stats.Packets)
		case err != nil:
			return fmt.Errorf("capture: after %d packets: %w", f.stats.Packets, err)
		}
		f.stats.Packets++
		p.Time, p.Length, p.VLAN = info.Timestamp, info.Length, 0
		if err := p.Decode(f.link(&info), data); err != nil {
			f.stats.refuse(err)
			continue
		}
		return nil
	}
}

// Stats returns what was counted so far.
func (f *File) Stats() Stats { return f.stats }
