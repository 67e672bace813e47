package lan

import (
	"errors"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"github.com/decnet/decnet/pkg/capture"
)

// Ports of the protocols with which hosts of a LAN find each other by name.
const (
	PortNBNS  = 137  // NetBIOS name service (RFC 1002)
	PortMDNS  = 5353 // multicast DNS (RFC 6762)
	PortLLMNR = 5355 // link-local multicast name resolution (RFC 4795)
)

// maxRecords is how many records of a message are read.
const maxRecords = 32

// Names takes a message that a host sent to or from one of the ports for names:
// names that it says are its own, and those that it asks for.
func (t *Table) Names(mac capture.MAC, port uint16, b []byte, now time.Time) {
	var p dnsmessage.Parser
	header, err := p.Start(b)
	if err != nil || mac.Group() || mac == (capture.MAC{}) {
		return
	}
	h := t.hosts[mac]
	if h == nil {
		return // it has no address yet
	}
	protocol := map[uint16]string{PortNBNS: "nbns", PortMDNS: "mdns", PortLLMNR: "llmnr"}[port]
	const registration, refresh = 5, 8 // of NetBIOS
	own := header.Response || port == PortNBNS && (header.OpCode == registration || header.OpCode == refresh)
	for range maxRecords {
		q, err := p.Question()
		if err != nil {
			if !errors.Is(err, dnsmessage.ErrSectionDone) {
				return
			}
			break
		}
		if port == PortMDNS && q.Type == dnsmessage.TypePTR {
			continue // a kind of service, which everybody asks for
		}
		t.name(h, protocol, q.Name.String(), own, now)
	}
	if port != PortMDNS || !header.Response || p.SkipAllQuestions() != nil {
		return
	}
	for range maxRecords {
		r, err := p.AnswerHeader()
		if err != nil {
			return
		}
		if r.Type == dnsmessage.TypeA || r.Type == dnsmessage.TypeAAAA {
			t.name(h, protocol, r.Name.String(), true, now)
		}
		if p.SkipAnswer() != nil {
			return
		}
	}
}

func (t *Table) name(h *Host, protocol, name string, own bool, now time.Time) {
	name = strings.TrimSuffix(name, ".")
	if protocol == "nbns" {
		name = netbios(name)
	}
	if name == "" || strings.HasSuffix(name, ".arpa") {
		return
	}
	role := "asked"
	if own {
		role = "own"
	}
	fields := map[string]string{"protocol": protocol, "name": name, "role": role, "mac": h.MAC.String()}
	t.Note(h, Fact{"lan_name", now, fields}, protocol+"\x00"+role+"\x00"+name)
}

// netbios decodes a name of NetBIOS: two letters for each of 16 bytes, of which
// the last says what kind of name it is (RFC 1001, 14.1); "" if it is none.
func netbios(s string) string {
	s, _, _ = strings.Cut(s, ".") // the scope
	if len(s) != 32 {
		return ""
	}
	out := make([]byte, 0, 16)
	for i := 0; i < 32; i += 2 {
		hi, lo := s[i]-'A', s[i+1]-'A'
		if hi > 15 || lo > 15 {
			return ""
		}
		out = append(out, hi<<4|lo)
	}
	return strings.TrimRight(string(out[:15]), " \x00")
}
