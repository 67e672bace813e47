package forwarder

import (
	"context"
	"net"
	"time"
)

// burst is how many lines, and how many bytes of them, are sent by UDP before a
// moment's pause: a receiver's buffer is small, and nothing says that it is full.
const (
	burstLines = 64
	burstBytes = 64 << 10
)

// dialDatagram opens a connected socket, which hears of refusals.
func (r *receiver) dialDatagram(ctx context.Context, address string) error {
	conn, err := new(net.Dialer).DialContext(ctx, "udp", address)
	if err != nil {
		return err
	}
	r.Conn = conn
	r.send = func(ctx context.Context, lines [][]byte) error {
		size := 0
		for i, line := range lines {
			if err := r.write(ctx, line); err != nil {
				return err
			}
			if size += len(line); i%burstLines != burstLines-1 && size < burstBytes && i < len(lines)-1 {
				continue
			}
			// A refusal comes within the time there and back.
			if err := r.stays(ctx, time.Now().Add(moment)); err != nil {
				return err
			}
			size = 0
		}
		return nil
	}
	return nil
}
