package flow

import (
	"net/netip"
	"time"

	"github.com/decnet/decnet/services/sniffer/internal/recency"
)

// End is how a connection ended.
type End string

// How connections end.
const (
	EndFIN     End = "fin"     // both sides were done
	EndRST     End = "rst"     // one side aborted it
	EndIdle    End = "idle"    // nothing was heard for Limits.Idle
	EndEvicted End = "evicted" // it made room for others
	EndCapture End = "capture" // it was still open when the capture ended
)

// Flow is an established connection. Who handles it must not keep it after it is
// closed.
type Flow struct {
	Client, Server netip.AddrPort
	// Start is when the client's SYN was sent, Last when the last packet was.
	Start, Last time.Time
	// ServerRTT is how long the server took to answer the SYN, and ClientRTT how
	// long the client took to acknowledge that: seen from a decky's side, what lies
	// between here and the client.
	ServerRTT, ClientRTT time.Duration
	Up, Down             Direction // from the client and to it
	End                  End
	// SYN is the client's SYN from its IP header to the end of its options.
	SYN []byte
	// User is what the handler keeps with it.
	User any

	key         key
	clientFirst bool
	closed      bool
	links       recency.Links[Flow] // in the order of Last
}

// Direction is what one side sent.
type Direction struct {
	Packets, Bytes  uint64 // after the handshake, bytes of TCP's content
	Retransmissions uint64 // segments whose content had all been seen
	assembler
	fin    bool
	finSeq uint32
}

// Duration is from the client's SYN to the last packet.
func (f *Flow) Duration() time.Duration { return f.Last.Sub(f.Start) }
