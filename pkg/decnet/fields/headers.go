package fields

import (
	"net/netip"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// forwarding are the headers by which proxies say for whom they ask, in lower
// case. A client that sends one says it of itself.
var forwarding = map[string]bool{
	"forwarded": true, "x-forwarded-for": true, "x-forwarded": true, "forwarded-for": true, "x-real-ip": true,
	"x-client-ip": true, "client-ip": true, "x-originating-ip": true, "x-remote-ip": true, "x-remote-addr": true,
	"x-cluster-client-ip": true, "true-client-ip": true, "cf-connecting-ip": true, "cf-connecting-ipv6": true,
	"fastly-client-ip": true,
}

// maxAddresses bounds the addresses that are read of one header.
const maxAddresses = 16

// inHeaders finds what is in a value of TypeHeaders.
func (c *catch) inHeaders(spec decnet.FindingSpec, value string) {
	headers, err := decnet.ParseHeaders(value)
	if err != nil || len(headers) == 0 {
		return
	}
	if spec.Name == decnet.FindHTTPQuirks {
		names := make([]string, len(headers))
		for i, h := range headers {
			names[i] = h[0]
		}
		c.add(spec.Type, string(spec.Name), strings.Join(names, ","))
		return
	}
	for _, h := range headers {
		name := strings.ToLower(h[0])
		if !forwarding[name] || strings.TrimSpace(h[1]) == "" {
			continue
		}
		if spec.Name == decnet.FindSpoofedSource {
			c.add(spec.Type, string(spec.Name), name+": "+h[1])
			continue
		}
		for _, a := range claimed(name, h[1]) {
			if leaks(a, c.event.Source) {
				c.add(spec.Type, name, a.String())
			}
		}
	}
}

// leaks reports whether a can be the address of a machine other than source: one
// of the network behind it, or one it was forwarded from.
func leaks(a, source netip.Addr) bool {
	return a != source.Unmap().WithZone("") && !a.IsUnspecified() && !a.IsLoopback() && !a.IsMulticast()
}

// claimed returns the addresses in a forwarding header: a list of them, or of the
// parameters of RFC 7239, of which for has one. What is no address, such as
// unknown or an obfuscated name, is left out.
func claimed(name, value string) []netip.Addr {
	var found []netip.Addr
	for part := range strings.FieldsFuncSeq(value, func(r rune) bool { return r == ',' || r == ';' }) {
		part = strings.TrimSpace(part)
		if name == "forwarded" {
			key, rest, ok := strings.Cut(part, "=")
			if !ok || !strings.EqualFold(strings.TrimSpace(key), "for") {
				continue
			}
			part = rest
		}
		if a, ok := parseNode(strings.Trim(part, " \t\"")); ok && len(found) < maxAddresses {
			found = append(found, a)
		}
	}
	return found
}

// parseNode reads an address with or without brackets and a port.
func parseNode(s string) (netip.Addr, bool) {
	if a, err := netip.ParseAddrPort(s); err == nil {
		return a.Addr().Unmap().WithZone(""), true
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		s = strings.TrimSuffix(inner, "]")
	}
	a, err := netip.ParseAddr(s)
	return a.Unmap().WithZone(""), err == nil
}
