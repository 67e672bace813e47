package analysis

import (
	"slices"
	"strconv"

	"github.com/decnet/decnet/pkg/decnet"
)

// observed says that an event is about an attacker and no act on a decky: what the sniffer saw beside the decoys, what
// a probe gave. The decoys tell of the acts themselves.
func observed(e *decnet.Event) bool {
	return e.Service == decnet.ServiceSniffer || e.Service == decnet.ServiceProber
}

// foldObserved takes in what an attacker's machine is like. A probe says nothing about when the attacker was there.
func foldObserved(p *decnet.Profile, e *decnet.Event) {
	if e.Service == decnet.ServiceSniffer {
		foldTime(p, e)
	}
	m := &decnet.Machine{}
	if p.Machine != nil {
		m = p.Machine
	}
	f := e.Fields
	switch e.Kind {
	case "tcp_syn_fingerprint":
		// A scanner that writes its packets itself is no system. A generic or fuzzy match does not take the
		// place of a better one.
		if name := f["os"]; name != "" && f["os_class"] != "scanner" && (m.OS == "" || f["generic"] != "true" && f["fuzzy"] != "true") {
			m.OS, m.OSClass = clip(name), clip(f["os_class"])
			m.Distance, _ = strconv.Atoi(f["distance"]) // 0 is not known
			m.Evidence = e.ID
		}
	case "lan_host":
		m.MAC, m.Vendor = clip(f["mac"]), clip(f["vendor"])
	case "dhcp":
		m.Hostname = first(m.Hostname, clip(f["hostname"]))
	case "lan_name":
		m.Hostname = first(m.Hostname, clip(f["name"]))
	case "ntlm_client":
		m.Hostname = first(m.Hostname, clip(f["workstation"]))
	case "scan":
		m.Scans++
		m.Scan = e.ID
	}
	if program := f["program"]; program != "" {
		if program = clip(program); len(m.Clients) < decnet.MaxProfileKeys && !slices.Contains(m.Clients, program) {
			m.Clients = append(m.Clients, program)
		}
	}
	if m.Known() {
		p.Machine = m
	}
}

func first(have, news string) string {
	if have != "" {
		return have
	}
	return news
}
