package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// maxLures is how many classic services one host may have before scanners take
// it for a honeypot for that alone.
const maxLures = 8

// Runs reports whether the service passes for one that runs on o.
func Runs(s *decnet.ServiceSpec, o *OS) bool {
	return len(s.RunsOn) == 0 || slices.Contains(s.RunsOn, o.Slug) || slices.Contains(s.RunsOn, string(o.Family))
}

// Check returns why no real machine is like this, in one sentence each: an
// operating system, a TCP/IP stack and services. It is empty for a coherent one.
func Check(o *OS, stack decnet.Family, services []decnet.ServiceSpec) []string {
	var reasons []string
	if stack != o.Family {
		reasons = append(reasons, fmt.Sprintf("%s has the TCP/IP stack of %s, not %s", o.Name, o.Family, stack))
	}
	for i := range services {
		if !Runs(&services[i], o) {
			reasons = append(reasons, fmt.Sprintf("%s does not pass for a service of %s; it runs on %s", services[i].Slug, o.Name, strings.Join(services[i].RunsOn, ", ")))
		}
	}
	return append(reasons, Together(services)...)
}

// Together returns why these services are not on one machine, whatever it is.
func Together(services []decnet.ServiceSpec) []string {
	var reasons []string
	slugs := make([]string, len(services))
	for i := range services {
		slugs[i] = services[i].Slug
	}
	if some := among(slugs, windowsOnly); len(some) > 0 && slices.Contains(slugs, "ssh") {
		reasons = append(reasons, "a host with "+strings.Join(some, " and ")+" beside ssh is what scanners take for a honeypot")
	}
	for _, group := range exclusive {
		if some := among(slugs, group.slugs); len(some) > group.most {
			reasons = append(reasons, strings.Join(some, " and ")+" are not on one host: "+group.why)
		}
	}
	if n := lures(services); n > maxLures {
		reasons = append(reasons, fmt.Sprintf("%d open ports are more than a real host has; want at most %d", n, maxLures))
	}
	return append(reasons, clashes(services)...)
}

// windowsOnly are services that detectors expect on Windows.
var windowsOnly = []string{"smb", "rdp", "mssql", "llmnr"}

// exclusive are groups of which a host has only so many.
var exclusive = []struct {
	slugs []string
	most  int
	why   string
}{
	{[]string{"mysql", "postgres", "mssql", "mongodb", "elasticsearch", "redis"}, 3, "no host has so many databases"},
	{[]string{"conpot", "smtp", "smtp_relay", "k8s", "docker_api", "ldap", "imap", "pop3", "sip"}, 3, "no host does so many unrelated jobs"},
	{[]string{"smtp", "smtp_relay"}, 1, "each is the host's mail server"},
	{[]string{"conpot", "mqtt"}, 1, "industrial protocols of different worlds"},
}

func among(slugs, group []string) []string {
	var some []string
	for _, g := range group {
		if slices.Contains(slugs, g) {
			some = append(some, g)
		}
	}
	return some
}

func lures(services []decnet.ServiceSpec) int {
	n := 0
	for i := range services {
		n += len(services[i].Ports)
	}
	return n
}

// clashes finds ports that two services want.
func clashes(services []decnet.ServiceSpec) []string {
	owner := make(map[decnet.PortSpec]string)
	var reasons []string
	for i := range services {
		for _, p := range services[i].Ports {
			if first, taken := owner[p]; taken {
				reasons = append(reasons, fmt.Sprintf("%s and %s both want port %d/%s", first, services[i].Slug, p.Port, p.Transport))
				continue
			}
			owner[p] = services[i].Slug
		}
	}
	return reasons
}
