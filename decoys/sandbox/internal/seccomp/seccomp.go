// Package seccomp is the list of system calls that the decoy process may make,
// and the filter that holds it to the list (seccomp(2)). In goes nothing; out
// come a process of which every thread, present and future, is refused all other
// calls, and notice of each refusal for whoever holds the Listener.
//
// The list is the table of policy_linux.go. It has what the Go runtime, accepted
// TCP connections, the handover socket and the event file need, and nothing else;
// a call that is missing from it is refused with EPERM and noticed, so that a
// mistake in the list is an error in the log and not an outage.
package seccomp

import "slices"

// A Verdict is what becomes of a system call.
type Verdict uint8

const (
	// Refuse fails the call with EPERM unless its rule says otherwise, noticed.
	// A bug may make such a call, so the process lives on. It is the verdict on
	// every call there is no rule for.
	Refuse Verdict = iota
	// Allow lets the call happen.
	Allow
	// Decline fails the call with the error of a kernel that does not have it,
	// unnoticed: the Go runtime asks and does without.
	Decline
	// Fatal ends the process. No bug makes such a call: whoever does is an
	// attacker who runs code of his own.
	Fatal
)

// A Call is a system call that was made: struct seccomp_data of the kernel.
type Call struct {
	// Number is the call's, of the architecture Arch (AUDIT_ARCH_*).
	Number uint32
	Arch   uint32
	// Instruction is where in the program it was made.
	Instruction uint64
	Args        [6]uint64
}

// A test is a condition on one argument.
type test struct {
	arg  int
	kind kind
	// values are those allowed with isOneOf, and one mask otherwise.
	values []uint32
}

type kind uint8

const (
	// isOneOf holds for an argument that equals one of the values.
	isOneOf kind = iota
	// hasOnly holds for an argument without bits outside of the mask.
	hasOnly
	// hasAny holds for an argument with a bit of the mask.
	hasAny
)

func (t *test) holds(c *Call) bool {
	low, high := uint32(c.Args[t.arg]), uint32(c.Args[t.arg]>>32) //nolint:gosec // both halves are looked at
	switch t.kind {
	case hasOnly:
		return high == 0 && low&^t.values[0] == 0
	case hasAny:
		return low&t.values[0] != 0
	default:
		return high == 0 && slices.Contains(t.values, low)
	}
}

// A rule is a verdict on one system call, under conditions on its arguments. Of
// several rules for one call the first whose tests all hold counts.
type rule struct {
	number  uint32
	name    string
	verdict Verdict
	// errno is what Decline, and Refuse where it is not 0, fail with.
	errno uint32
	tests []test
}

// judge returns the rule for c; without one it is the zero rule, which refuses.
func judge(rules []rule, c *Call) rule {
	var found rule
	for _, r := range rules {
		if r.number != c.Number {
			continue
		}
		if r.holds(c) {
			return r
		}
		found.name = r.name
	}
	return found
}

func (r *rule) holds(c *Call) bool {
	for i := range r.tests {
		if !r.tests[i].holds(c) {
			return false
		}
	}
	return true
}
