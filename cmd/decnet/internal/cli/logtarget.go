package cli

import (
	"context"
	"fmt"
	"net"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// logTargetTime is how long a syslog receiver may take to answer.
const logTargetTime = 2 * time.Second

// logTargetNote says why a syslog receiver cannot be reached from here now, or nothing.
// It does not keep anybody from deploying: the receiver may come later, and the
// collector of another host may see it. Over UDP only its name can be looked at.
func logTargetNote(ctx context.Context, t decnet.LogTarget) string {
	if t == "" || t.Check() != nil { // which is told elsewhere
		return ""
	}
	network, address := t.Split()
	d := net.Dialer{Timeout: logTargetTime}
	c, err := d.DialContext(ctx, network, address)
	if err == nil {
		_ = c.Close() // nothing was sent
		return ""
	}
	return fmt.Sprintf("log target %s does not answer (%s): events wait for it, up to a bound; start it, or correct --log-target", t, lastPart(err))
}
