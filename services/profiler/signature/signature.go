// Package signature says what events mean: data files of signatures, each an event or a
// sequence of events with what is to be concluded from it, and tests beside it.
//
// A file is YAML with a list of signatures:
//
//	signatures:
//	  - id: ssh.libssh
//	    title: A client on libssh, as Hydra and Medusa are
//	    tool: libssh client            # or phase, intent, decoy_check; any of them
//	    confidence: 60
//	    when:                          # one event, if any of these alternatives fits it
//	      - {service: ssh, kind: client, fields: {version: {prefix: SSH-2.0-libssh}}}
//	    tests:
//	      - name: says so
//	        events: [{service: ssh, kind: client, fields: {version: SSH-2.0-libssh_0.10}}]
//
// See Signature for the whole.
package signature

import (
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Signature is what to look for and what it means.
type Signature struct {
	// ID is lower case, with dots, such as miner.xmrig; one of a kind among all files.
	ID    string `yaml:"id"`
	Title string `yaml:"title"`
	// What is concluded: at least one of these.
	Tool       string             `yaml:"tool"`
	Phase      decnet.AttackPhase `yaml:"phase"`
	Intent     decnet.Intent      `yaml:"intent"`
	DecoyCheck string             `yaml:"decoy_check"`
	// Confidence is 1 to 100.
	Confidence int `yaml:"confidence"`
	// When is one event: one of these conditions fits it. Sequence is several events, each as When, in
	// this order with any others between them. Cadence is connections at even intervals.
	// A signature has one of the three.
	When     []Condition   `yaml:"when"`
	Sequence [][]Condition `yaml:"sequence"`
	Cadence  *Cadence      `yaml:"cadence"`
	// Count is how often When has to fit, 1 to 1000; 0 means once. With Distinct only different values
	// of that field count, or of decky or service; then it is at most 32.
	Count    int    `yaml:"count"`
	Distinct string `yaml:"distinct"`
	// Within bounds the time from the first event to the last; 0 does not.
	Within time.Duration `yaml:"within"`
	// SameSession says that all events of a sequence are of one session.
	SameSession bool `yaml:"same_session"`
	// Tests show what fits, and what does not.
	Tests []Test `yaml:"tests"`
}

// Condition is what one event has to be. What is not given fits anything.
type Condition struct {
	Kind    List             `yaml:"kind"`
	Service List             `yaml:"service"`
	Fields  map[string]Value `yaml:"fields"`
}

// Value is what a field has to be: everything that is given has to fit. In YAML it may also be a
// plain string, which is Is.
type Value struct {
	Is     List `yaml:"is"`     // one of these, exactly
	Prefix List `yaml:"prefix"` // begins with one of these
	Suffix List `yaml:"suffix"` // ends with one of these
	// Contains has one of these in it, All all of them, Not none, whatever the case of the letters.
	Contains List `yaml:"contains"`
	All      List `yaml:"all"`
	Not      List `yaml:"not"`
	// Runs is one of these programs, in a command line that runs it.
	Runs List `yaml:"runs"`
	// Matches is a regular expression in RE2's syntax that fits some part.
	Matches string `yaml:"matches"`
	// AtLeast is a number that the value, a number too, is not below.
	AtLeast *float64 `yaml:"at_least"`
}

// Cadence is connections that come again at even intervals.
type Cadence struct {
	Mean      time.Duration `yaml:"mean"`
	Tolerance time.Duration `yaml:"tolerance"`
	// CV is the standard deviation of the intervals by their mean.
	CV          float64 `yaml:"cv"`
	CVTolerance float64 `yaml:"cv_tolerance"`
	// AtLeast is how many connections it takes, at least 4.
	AtLeast uint64 `yaml:"at_least"`
}

// Test is events in their order, and whether the signature concludes from them.
type Test struct {
	Name   string      `yaml:"name"`
	Events []TestEvent `yaml:"events"`
	// Not says that nothing is to be concluded.
	Not bool `yaml:"not"`
}

// TestEvent is an event of a test.
type TestEvent struct {
	// After is how long after the one before, and Repeat how often it comes; 0 is once.
	After   time.Duration     `yaml:"after"`
	Repeat  int               `yaml:"repeat"`
	Kind    string            `yaml:"kind"`
	Service string            `yaml:"service"`
	Decky   string            `yaml:"decky"`
	Session string            `yaml:"session"`
	Fields  map[string]string `yaml:"fields"`
}

// List is one string or several.
type List []string
