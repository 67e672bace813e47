package decnet

import "time"

// Status is how a worker is.
type Status string

// The statuses of a worker.
const (
	StatusStarting Status = "starting"
	StatusReady    Status = "ready"
	StatusDegraded Status = "degraded" // works, or waits for something it needs; see Reason
	StatusStopped  Status = "stopped"  // ended on purpose
	StatusFailed   Status = "failed"   // ended by an error; the supervisor will try again
)

// Health is what a worker says of itself, every few seconds and when asked.
type Health struct {
	Worker   string `json:"worker"`
	Instance string `json:"instance"`
	Host     string `json:"host"`
	PID      int    `json:"pid"`
	Version  string `json:"version"`
	Status   Status `json:"status"`
	// Reason says in one sentence why the status is not ready.
	Reason   string    `json:"reason,omitempty"`
	Started  time.Time `json:"started"`
	Time     time.Time `json:"time"`
	Restarts int       `json:"restarts"`
	// Counters are the worker's own totals since it started, by name.
	Counters map[string]int64 `json:"counters,omitempty"`
}

// Lease says which instance does what only one may do at a time.
type Lease struct {
	// Holder is a random text of the instance that has it.
	Holder string    `json:"holder"`
	Host   string    `json:"host"`
	Since  time.Time `json:"since"`
}

// DeadLetter is a message no retry could handle, with why. It is kept whole, so
// that it can be inspected and handled again once the cause is mended.
type DeadLetter struct {
	// ID is the id of the message that failed.
	ID       string `json:"id"`
	Stream   string `json:"stream"`
	Consumer string `json:"consumer"`
	Subject  string `json:"subject"`
	// Reason is the error of the last attempt.
	Reason   string              `json:"reason"`
	Attempts uint64              `json:"attempts"`
	Time     time.Time           `json:"time"`
	Headers  map[string][]string `json:"headers,omitempty"`
	// Body is the message's body as it was, of any bytes.
	Body []byte `json:"body_b64"`
}
