package catalog

import (
	"github.com/decnet/decnet/pkg/decnet"
)

// Stack is how a family's TCP/IP behaves as far as Linux can be told to behave
// so, by sysctls of the decky's network namespace.
type Stack struct {
	Family decnet.Family `json:"family"`
	Title  string        `json:"title"`
	// Sysctls hold a value for every key of SysctlKeys, without the prefix
	// "net.ipv4.".
	Sysctls map[string]string `json:"sysctls"`
}

// SysctlKeys are the keys below net.ipv4 that every stack sets. The time to live
// is what scanners look at first, the TCP options and ICMP limits come after it.
func SysctlKeys() []string {
	return []string{
		"ip_default_ttl", "tcp_syn_retries", "tcp_timestamps", "tcp_window_scaling", "tcp_sack", "tcp_ecn",
		"ip_no_pmtu_disc", "tcp_fin_timeout", "icmp_ratelimit", "icmp_ratemask",
	}
}

// stacks have their values in the order of SysctlKeys.
var stacks = []struct {
	family decnet.Family
	title  string
	values [10]string
}{
	{decnet.FamilyLinux, "Linux", [10]string{"64", "6", "1", "1", "1", "2", "0", "60", "1000", "6168"}},
	{decnet.FamilyWindows, "Windows, workstation", [10]string{"128", "2", "1", "1", "1", "0", "0", "30", "0", "0"}},
	{decnet.FamilyWindowsServer, "Windows Server", [10]string{"128", "2", "1", "1", "1", "1", "0", "30", "0", "0"}},
	{decnet.FamilyBSD, "BSD", [10]string{"64", "6", "1", "1", "1", "0", "0", "60", "250", "6168"}},
	{decnet.FamilyEmbedded, "Embedded device", [10]string{"255", "3", "0", "0", "0", "0", "1", "15", "0", "0"}},
	{decnet.FamilyCisco, "Cisco IOS", [10]string{"255", "2", "0", "0", "0", "0", "1", "15", "0", "0"}},
}

// Stacks lists every stack.
func Stacks() []Stack {
	keys := SysctlKeys()
	out := make([]Stack, len(stacks))
	for i, s := range stacks {
		out[i] = Stack{Family: s.family, Title: s.title, Sysctls: make(map[string]string, len(keys))}
		for j, k := range keys {
			out[i].Sysctls[k] = s.values[j]
		}
	}
	return out
}

// FindStack returns the stack of a family.
func FindStack(family string) (Stack, error) {
	return find("nmap_os", Stacks(), func(s *Stack) string { return string(s.Family) }, family)
}
