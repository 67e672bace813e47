// Package handover is how a privileged parent gives work to the unprivileged
// decoy process: listening sockets and event files go in over a socketpair,
// answers come back. The decoy process itself never binds a port or opens a file.
//
// Every message is one packet of a SOCK_SEQPACKET socket: a JSON object and, in
// its ancillary data, the files it talks about (SCM_RIGHTS, unix(7)). A request
// carries a number, its reply the same number; requests are carried out one
// after the other in the order in which they were sent. A message is at most
// MaxMessage bytes and MaxFiles files, and a side that gets something else
// closes the connection: there is nobody on the other end to bear with.
//
// # Who closes files
//
// The kernel duplicates files in transit. What a caller gives to Client stays
// the caller's, who closes it whenever the call has returned, whatever the
// result. What Server hands to its Executor belongs to the Executor. The end
// that Pair returns for the child is closed by the parent once the child runs.
package handover

import (
	"bytes"
	"encoding/json"
	"fmt"
	"os"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

const (
	// MaxMessage bounds one message, in bytes.
	MaxMessage = 64 << 10
	// MaxFiles bounds the files of one message; the kernel's own bound is 253.
	MaxFiles = 128
	// maxReason bounds the error text of a reply, in bytes.
	maxReason = 1 << 10
)

// A Listener is a listening socket for one service.
type Listener struct {
	Service   string           `json:"service"`
	Transport decnet.Transport `json:"transport"`
	// File is the socket: bound, and for TCP listening.
	File *os.File `json:"-"`
}

type op string

const (
	opSpool op = "spool"
	opStart op = "start"
	opStop  op = "stop"
)

// request is a message from parent to child.
type request struct {
	ID uint64 `json:"id"`
	Op op     `json:"op"`
	// Decky is what to start.
	Decky *decnet.Decky `json:"decky,omitempty"`
	// Listeners describe the files of the message in their order.
	Listeners []Listener `json:"listeners,omitempty"`
	// Name is the decky to stop.
	Name string `json:"name,omitempty"`
	// Pressure is that of the spool which the file is of.
	Pressure spool.Pressure `json:"pressure,omitempty"`
}

// reply is a message from child to parent.
type reply struct {
	ID    uint64 `json:"id"`
	Error string `json:"error,omitempty"`
}

// decodeRequest reads a request that came with files and checks that it is one
// that a Client sends.
func decodeRequest(data []byte, files int) (*request, error) {
	var r request
	if err := decode(data, &r); err != nil {
		return nil, err
	}
	want := 0
	switch r.Op {
	case opSpool:
		want = 1
	case opStart:
		want = len(r.Listeners)
		if r.Decky == nil {
			return nil, fmt.Errorf("start without a decky")
		}
		if err := r.Decky.Validate(); err != nil {
			return nil, err
		}
	case opStop:
		if err := decnet.CheckName(r.Name); err != nil {
			return nil, err
		}
	default:
		return nil, fmt.Errorf("unknown request %.32q", r.Op)
	}
	if files != want {
		return nil, fmt.Errorf("%s came with %d files, want %d", r.Op, files, want)
	}
	return &r, nil
}

func decode(data []byte, v any) error {
	if len(data) > MaxMessage {
		return fmt.Errorf("message of %d bytes is longer than %d", len(data), MaxMessage)
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.DisallowUnknownFields()
	if err := d.Decode(v); err != nil {
		return fmt.Errorf("message: %w", err)
	}
	if d.More() {
		return fmt.Errorf("message: more than one JSON value")
	}
	return nil
}

func encode(v any) ([]byte, error) {
	data, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("message: %w", err)
	}
	if len(data) > MaxMessage {
		return nil, fmt.Errorf("message of %d bytes is longer than %d", len(data), MaxMessage)
	}
	return data, nil
}
