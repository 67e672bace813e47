package catalog

import (
	"fmt"
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
)

// Stack is how a system's TCP/IP behaves: what Linux can be told by sysctls of the
// decky's network namespace, and, in Wire, what it takes a program on the decky's
// interface to do (pkg/network/stack).
type Stack struct {
	// Slug names it, such as "windows10"; several systems may have the same.
	Slug   string        `json:"slug"`
	Family decnet.Family `json:"family"`
	Title  string        `json:"title"`
	// Nmap is what nmap 7.93 calls a machine that has this stack: the first of its
	// answers, when it finds an exact match.
	Nmap string `json:"nmap"`
	// Sysctls hold a value for every key of SysctlKeys, without the prefix
	// "net.ipv4.".
	Sysctls map[string]string `json:"sysctls"`
	// ReceiveWindow is the most bytes that a connection's receive window may grow to.
	// The scale of windows that a handshake tells follows from it.
	ReceiveWindow int  `json:"receive_window"`
	Wire          Wire `json:"-"`
}

// SysctlKeys are the keys below net.ipv4 that every stack sets. The time to live
// is what scanners look at first, the TCP options and ICMP limits come after it.
func SysctlKeys() []string {
	return []string{
		"ip_default_ttl", "tcp_syn_retries", "tcp_timestamps", "tcp_window_scaling", "tcp_sack", "tcp_ecn",
		"ip_no_pmtu_disc", "tcp_fin_timeout", "icmp_ratelimit", "icmp_ratemask", "tcp_rmem",
	}
}

// with returns s with its sysctls: values in the order of SysctlKeys, but for the
// last, which follows from scale, the exponent by which it scales windows.
func (s Stack) with(scale int, values ...string) Stack {
	// Half way between the smallest window that has this scale and the next: of
	// scale 7 it is what Linux has by default.
	s.ReceiveWindow = 3 << (14 + scale)
	values = append(values, fmt.Sprintf("4096 %d %d", min(131072, s.ReceiveWindow), s.ReceiveWindow))
	s.Sysctls = make(map[string]string, len(values))
	for i, key := range SysctlKeys() {
		s.Sysctls[key] = values[i]
	}
	return s
}

// Stacks lists every stack; the first of a family is that of its most usual systems.
func Stacks() []Stack { return slices.Clone(stacks) }

// StackOf returns the stack of an operating system. If family is another than the
// system's own, as somebody may want it who tries what scanners make of that, it is
// the first of that family.
func StackOf(o *OS, family decnet.Family) (Stack, error) {
	if family == "" || family == o.Family {
		return find("stack", stacks, func(s *Stack) string { return s.Slug }, o.Stack)
	}
	return FindStack(string(family))
}

// FindStack returns the first stack of a family.
func FindStack(family string) (Stack, error) {
	return find("nmap_os", stacks, func(s *Stack) string { return string(s.Family) }, family)
}
