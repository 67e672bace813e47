package corpus

import (
	"context"
	"net"
	"strings"
	"time"

	"github.com/decnet/decnet/decoys/decoytest/twin"
)

// startups connects until the server has too many that have not logged in. With
// OpenSSH's 10:30:100, ten are always taken, then some by chance, after a hundred
// none. What the first that is not taken is told is noted.
func startups() []twin.Dialogue {
	return []twin.Dialogue{{Name: "startups/too many", Steps: []twin.Step{twin.Await(), twin.Do("fill", fill)}}}
}

func fill(ctx context.Context, w *twin.Wire) error {
	var d net.Dialer
	var open []net.Conn
	defer func() {
		for _, c := range open {
			_ = c.Close()
		}
	}()
	for len(open) < 200 {
		c, err := d.DialContext(ctx, "tcp", w.Addr)
		if err != nil {
			return err
		}
		open = append(open, c)
		_ = c.SetReadDeadline(time.Now().Add(2 * time.Second)) // it is open
		buf := make([]byte, 256)
		n, _ := c.Read(buf) // nothing is an answer too
		if strings.HasPrefix(string(buf[:n]), "SSH-") {
			continue
		}
		if len(open) < 10 {
			w.Note("too soon")
		}
		w.Note("too many", twin.Quote(buf[:n])...)
		return nil
	}
	w.Note("never")
	return nil
}
