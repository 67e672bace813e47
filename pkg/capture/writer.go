package capture

import (
	"errors"
	"fmt"
	"io"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
	"github.com/gopacket/gopacket/pcapgo"
)

// ErrQuota says that a capture file has all the bytes it may have.
var ErrQuota = errors.New("the quota of the capture file is used up")

// Sizes of what a pcap file has beside the packets, in bytes.
const (
	fileHeader   = 24
	recordHeader = 16
)

// Writer writes a pcap file of nanoseconds.
type Writer struct {
	w    *pcapgo.Writer
	snap int
	left int64
}

// NewWriter begins a file of packets of one link type, each of at most snap bytes,
// and of at most quota bytes in all.
func NewWriter(w io.Writer, link LinkType, snap int, quota int64) (*Writer, error) {
	if snap < MinSnap || snap > MaxSnap || quota < fileHeader {
		return nil, fmt.Errorf("capture: a file with a snap length of %d and a quota of %d bytes: want %d to %d and %d or more", snap, quota, MinSnap, MaxSnap, fileHeader)
	}
	p := pcapgo.NewWriterNanos(w)
	if err := p.WriteFileHeader(uint32(snap), layers.LinkType(link)); err != nil { //nolint:gosec // bounded above
		return nil, fmt.Errorf("capture: begin a file: %w", err)
	}
	return &Writer{w: p, snap: snap, left: quota - fileHeader}, nil
}

// Write adds a packet, or returns ErrQuota when it does not fit any more.
func (w *Writer) Write(p *Packet) error {
	data := p.Data[:min(len(p.Data), w.snap)]
	size := int64(recordHeader + len(data))
	if size > w.left {
		return ErrQuota
	}
	w.left -= size
	info := gopacket.CaptureInfo{Timestamp: p.Time, CaptureLength: len(data), Length: max(p.Length, len(data))}
	if err := w.w.WritePacket(info, data); err != nil {
		return fmt.Errorf("capture: write a packet: %w", err)
	}
	return nil
}
