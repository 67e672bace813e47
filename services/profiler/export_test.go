package profiler

import "time"

// Slow makes every event take a while longer.
func (p *Profiler) Slow(perEvent time.Duration) {
	p.slow = func() { time.Sleep(perEvent) }
}

// AckWait sets how long the lanes of one that was killed stay with it.
func (p *Profiler) AckWait(d time.Duration) { p.ackWait = d }

// Turn sets how long one who is far behind may keep another waiting.
func (p *Profiler) Turn(d time.Duration) { p.turn = d }

// MaxNew is how many new events an attacker may have who is not far behind.
const MaxNew = maxNew
