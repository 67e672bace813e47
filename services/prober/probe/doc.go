// Package probe asks an attacker's own host what it is: an address and a plan go in,
// findings come out. There is no bus and no configuration here.
//
// Everything goes through a Dialer, which asks the rules for every connection, last before
// its first packet. What a host answers is hostile: each connection has a bound in bytes and
// in time, a host has one for all of it, and nothing that it says makes another connection.
package probe

import (
	"net/netip"
	"slices"
	"strings"
	"time"
)

// Kind is what is asked for. Its name is that of its setting and of the command line.
type Kind string

// The kinds, in the order in which a host is asked.
const (
	// SSH is a server's identification line and HASSHServer.
	SSH Kind = "hassh"
	// Certificate is the first certificate of a TLS server of version 1.2 or before.
	Certificate Kind = "tls"
	// JARM is the fingerprint of a TLS server by its answers to ten hellos.
	JARM Kind = "jarm"
	// HTTP is how a server answers a plain request.
	HTTP Kind = "http"
	// Banner is what a server says without being asked.
	Banner Kind = "banner"
	// TCP is the SYN-ACK's signature. It takes CAP_NET_RAW, and IPv4.
	TCP Kind = "tcp"
)

// Kinds lists every kind.
func Kinds() []Kind { return []Kind{SSH, Certificate, JARM, HTTP, Banner, TCP} }

// Event is the kind of event that a finding of this kind becomes.
func (k Kind) Event() string {
	switch k {
	case SSH:
		return "hassh_fingerprint"
	case Certificate:
		return "tls_certificate"
	case JARM:
		return "jarm_fingerprint"
	case HTTP:
		return "http_server"
	case Banner:
		return "service_banner"
	case TCP:
		return "tcpfp_fingerprint"
	}
	return ""
}

// Task is one kind at one port.
type Task struct {
	Kind Kind
	Port uint16
}

// Plan is what a host is asked for, and within which bounds.
type Plan struct {
	Tasks []Task
	// Timeout bounds each connection, from its beginning to its end.
	Timeout time.Duration
	// Budget bounds all of them together.
	Budget time.Duration
	// Pause is waited before every connection but the first.
	Pause time.Duration
	// Parallel is how many connections there are at once, at least 1.
	Parallel int
}

// Outcome is what became of a task.
type Outcome string

// The outcomes.
const (
	Found   Outcome = "found"
	Nothing Outcome = "nothing" // connected, and it is something else or says nothing
	Closed  Outcome = "closed"
	Silent  Outcome = "silent"  // not connected in time
	Refused Outcome = "refused" // by the rules
	Failed  Outcome = "failed"  // for a reason on this side
	Skipped Outcome = "skipped" // not begun: the budget was spent, or somebody ended it
)

// Finding is what a task gave.
type Finding struct {
	Kind    Kind      `json:"kind"`
	Port    uint16    `json:"port"`
	Time    time.Time `json:"time"`
	Outcome Outcome   `json:"outcome"`
	// Value is what is compared with an earlier finding, at most 512 bytes; empty if there
	// is nothing to compare.
	Value string `json:"value,omitempty"`
	// Fields are those of the event.
	Fields map[string]string `json:"fields,omitempty"`
	// Reason says why there is nothing.
	Reason string `json:"reason,omitempty"`
}

const (
	maxValue = 512
	maxText  = 256
)

// clean makes text of what a host says: no more than most bytes, and no control characters.
func clean(s string, most int) string {
	s = s[:min(len(s), most)]
	return strings.Map(func(r rune) rune {
		if r < ' ' || r >= 0x7f && r < 0xa0 || r == '\ufffd' || r == '\u2028' || r == '\u2029' {
			return '.'
		}
		return r
	}, strings.ToValidUTF8(s, "."))
}

// name is a host as it is named to servers.
func name(a netip.Addr) string { return a.WithZone("").String() }

// Order sorts tasks as they are carried out, and takes out what is in there twice.
func Order(tasks []Task) []Task {
	kinds := Kinds()
	tasks = slices.Clone(tasks)
	slices.SortStableFunc(tasks, func(a, b Task) int { return slices.Index(kinds, a.Kind) - slices.Index(kinds, b.Kind) })
	var out []Task
	for _, t := range tasks {
		if !slices.Contains(out, t) {
			out = append(out, t)
		}
	}
	return out
}
