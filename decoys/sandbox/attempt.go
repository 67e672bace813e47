package sandbox

import "time"

// An Attempt is a system call that the decoy process made and was refused. A
// decoy that works makes none.
type Attempt struct {
	// Call is the name of the system call, or "system call 42".
	Call string
	// Thread is the id of the thread that made it, 0 if it is not known here.
	Thread int
	// Killed says that nothing but a taken process makes such a call, and that
	// the process was killed for it.
	Killed bool
	// Unreported counts the attempts since the report before that were left out
	// because there were too many.
	Unreported uint64
}

const (
	// reports is how many attempts are reported in one second.
	reports = 10
	// prompt is how many are answered at once in one second; each further one
	// waits for pace, so that a decoy process that does nothing else costs its
	// parent a few percent of a processor.
	prompt = 100
	pace   = time.Millisecond
)

// rate decides which attempts are reported and how soon they are answered.
type rate struct {
	second time.Time // when the current second began
	count  int       // attempts in it
	killed bool
	last   Attempt // the last that was left out, with how many others were
}

// next says what to do with an attempt at the time of now. The end of the process
// is always reported.
func (r *rate) next(a Attempt, now time.Time) (out Attempt, report bool, pause time.Duration) {
	if now.Sub(r.second) >= time.Second {
		r.second, r.count = now, 0
	}
	r.count++
	if r.count > prompt {
		pause = pace
	}
	if r.count > reports && (!a.Killed || r.killed) {
		a.Unreported = r.last.Unreported + 1
		r.last = a
		return a, false, pause
	}
	r.killed = r.killed || a.Killed
	a.Unreported, r.last = r.last.Unreported, Attempt{}
	return a, true, pause
}

// rest returns what was left out at the end.
func (r *rate) rest() (Attempt, bool) {
	if r.last.Unreported == 0 {
		return Attempt{}, false
	}
	a := r.last
	a.Unreported-- // it is one of them
	return a, true
}
