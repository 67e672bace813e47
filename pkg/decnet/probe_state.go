package decnet

import "time"

// ProbesKept is how long it is remembered what an attacker's host gave.
const ProbesKept = 31 * 24 * time.Hour

// ProbeState is what one attacker's host was asked for, by kind and port such as "jarm-443".
type ProbeState struct {
	Probes map[string]ProbeMark `json:"probes"`
}

// ProbeMark is one kind of probe at one port.
type ProbeMark struct {
	// Begun is when it was last begun: who writes it is the one who does it.
	Begun time.Time `json:"begun"`
	// Value is what the last one gave that gave anything, and Found when.
	Value string    `json:"value,omitempty"`
	Found time.Time `json:"found,omitzero"`
}

// Switch says whether a worker is to do its work.
type Switch struct {
	Off bool `json:"off"`
	// Since is when it was set, By on which host.
	Since time.Time `json:"since"`
	By    string    `json:"by,omitempty"`
}
