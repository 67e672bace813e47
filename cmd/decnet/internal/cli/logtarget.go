package cli

import (
	"context"
	"fmt"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/forwarder"
)

// logTargetTime is how long a syslog receiver may take to answer.
const logTargetTime = 2 * time.Second

// logTargetNote says why a syslog receiver cannot be reached from here now, or nothing.
// It does not keep anybody from deploying: the receiver may come later, and the
// forwarder of another host may see it. Over TLS it shakes hands as the forwarder
// would with cfg; over UDP only its name can be looked at.
func logTargetNote(ctx context.Context, cfg forwarder.Config, t decnet.LogTarget) string {
	if t == "" || t.Check() != nil { // which is told elsewhere
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, logTargetTime)
	defer cancel()
	err := forwarder.Probe(ctx, cfg, t)
	if err == nil {
		return ""
	}
	what, reason := "does not answer", lastPart(err)
	if network, _ := t.Split(); network == decnet.LogOverTLS {
		what, reason = "takes no lines", err.Error() // what to mend is in its beginning
	}
	return fmt.Sprintf("log target %s %s (%s): events wait for it on the bus; start it, or correct --log-target", t, what, reason)
}
