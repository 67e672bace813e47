package ssh

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// pace is how fast a machine's sshd is. The genuine one starts a process for each connection and
// another for each login, which takes milliseconds that a goroutine does not need.
type pace struct {
	// process is how long it takes to start one.
	process time.Duration
}

// newPace is a machine's of 6 to 12 ms: Debian 12's sshd has 8 to 20 on two cores that are not idle.
func newPace(p *persona.Persona) pace {
	return pace{6*time.Millisecond + time.Duration(p.Rand("ssh pace").Int64N(int64(6*time.Millisecond)))}
}

// start is the time to the banner, fork that to the packet after the peer's banner, and login what
// it takes to begin a session. They are false if the connection ends meanwhile.
func (p pace) start(ctx context.Context) bool { return wait(ctx, p.process) }
func (p pace) fork(ctx context.Context) bool  { return wait(ctx, p.process/8) }
func (p pace) login(ctx context.Context) bool { return wait(ctx, 3*p.process) }

// wait waits for d or somewhat longer, seldom much longer, as a machine that does other things too.
func wait(ctx context.Context, d time.Duration) bool {
	return decoy.Sleep(ctx, d+time.Duration(rand.ExpFloat64()*float64(d)/4))
}

// jitter is d give or take a quarter, as pam_fail_delay(3) has it.
func jitter(d time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	return d*3/4 + time.Duration(rand.Int64N(int64(d)/2+1))
}
