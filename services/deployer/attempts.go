package deployer

import (
	"strconv"
	"time"

	"github.com/decnet/decnet/decoys/sandbox"
	"github.com/decnet/decnet/pkg/decnet"
)

// What the sandbox around the decoy process refused, as an event. The process plays
// every decky, so the event is of none of them.
const (
	sandboxService = "sandbox"
	sandboxDecky   = "decoy-process"
	kindRefused    = "syscall_refused"
	fieldCall      = "call"
	fieldKilled    = "killed"
)

// attempted writes down a system call that the sandbox refused. Any goroutine may
// call it.
func (d *Deployer) attempted(a sandbox.Attempt) {
	d.env.Health.Counter("syscalls_refused").Add(1)
	e := decnet.Event{
		Time: time.Now().UTC(), Decky: sandboxDecky, Service: sandboxService, Kind: kindRefused,
		Fields:  map[string]string{fieldCall: a.Call, fieldKilled: strconv.FormatBool(a.Killed)},
		Message: "the decoy process was refused the system call " + a.Call + ", which a decoy never makes",
	}
	if err := d.journal.write(&e); err != nil {
		d.env.Log.Error("event not written", "error", err)
	}
}

// reportBlocked writes down what walls stopped.
func (d *Deployer) reportBlocked(events []decnet.Event) {
	for i := range events {
		d.env.Health.Counter("egress_blocked").Add(1)
		d.env.Log.Warn("a decky tried to reach out", "decky", events[i].Decky, "what", events[i].Message)
		if err := d.journal.write(&events[i]); err != nil {
			d.env.Log.Error("event not written", "error", err)
		}
	}
}
