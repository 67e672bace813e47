package probe

import (
	"fmt"
	"net/netip"
)

// Rules say which addresses may be connected to.
type Rules struct {
	// Private are the networks of RFC 1918 and RFC 4193, Public is the Internet.
	Private, Public bool
	// Allow are networks that may be probed beside these, Deny what may not; Deny wins.
	Allow, Deny []netip.Prefix
}

// Around is what is never probed, whatever the rules say.
type Around struct {
	// Own are the addresses of this machine with the networks that they are in.
	Own []netip.Prefix
	// Decky reports whether an address is a decky's; nil is for none.
	Decky func(netip.Addr) bool
}

// Refusal is why an address is not connected to.
type Refusal struct {
	Address netip.Addr
	Reason  string
}

func (r *Refusal) Error() string { return fmt.Sprintf("%s is not probed: %s", r.Address, r.Reason) }

// block is a network of an IANA registry with what it is for.
type block struct {
	prefix netip.Prefix
	what   string
}

func blocks(list ...string) (out []block) {
	for i := 0; i < len(list); i += 2 {
		out = append(out, block{netip.MustParsePrefix(list[i]), list[i+1]})
	}
	return out
}

var (
	// never are networks that are nobody's, and those in which another address hides:
	// what is sent there arrives at one that the rules have not seen.
	never = blocks(
		"0.0.0.0/8", "this network (RFC 791)", "224.0.0.0/4", "multicast", "240.0.0.0/4", "reserved, or broadcast",
		"::/96", "unspecified, or IPv4 within IPv6", "ff00::/8", "multicast",
		"64:ff9b::/96", "an IPv4 address behind a translator (RFC 6052)", "64:ff9b:1::/48", "an IPv4 address behind a translator (RFC 8215)",
		"2002::/16", "an IPv4 address behind 6to4 (RFC 3056)", "2001::/32", "an IPv4 address behind Teredo (RFC 4380)",
		"100::/64", "discarded (RFC 6666)",
	)
	// explicitly are probed only if Allow has them.
	explicitly = blocks(
		"127.0.0.0/8", "loopback", "::1/128", "loopback",
		"169.254.0.0/16", "link-local", "fe80::/10", "link-local", "fec0::/10", "site-local",
		"100.64.0.0/10", "shared by a provider's customers (RFC 6598)",
		"192.0.0.0/24", "special (RFC 6890)", "192.0.2.0/24", "documentation", "198.51.100.0/24", "documentation", "203.0.113.0/24", "documentation",
		"198.18.0.0/15", "benchmarks (RFC 2544)", "192.88.99.0/24", "special (RFC 7526)",
		"2001::/23", "special (RFC 2928)", "2001:db8::/32", "documentation", "3fff::/20", "documentation", "5f00::/16", "special (RFC 9602)",
	)
	global6 = netip.MustParsePrefix("2000::/3")
)

// Check returns nil if addr may be connected to, otherwise a *Refusal.
func (r *Rules) Check(addr netip.Addr, around Around) error {
	refuse := func(format string, args ...any) error {
		return &Refusal{addr, fmt.Sprintf(format, args...)}
	}
	a := addr.Unmap()
	switch {
	case !a.IsValid():
		return refuse("it is no address")
	case a.Zone() != "" && !a.IsLinkLocalUnicast():
		return refuse("it has a zone and is not link-local")
	}
	zoned := a
	a = a.WithZone("")
	if b := find(never, a); b != nil && a != netip.IPv6Loopback() {
		return refuse("%s", b.what)
	}
	// Of loopback every address is the machine's own, and Allow may have it.
	for _, own := range around.Own {
		switch {
		case a == own.Addr().WithZone("") && !a.IsLoopback():
			return refuse("it is this machine's own")
		case own.Addr().Is4() && own.Bits() < 31 && own.Masked().Contains(a) && !a.IsLoopback() && isEdge(own, a):
			return refuse("it is for all of %s", own.Masked())
		}
	}
	if around.Decky != nil && around.Decky(a) {
		return refuse("it is a decky's")
	}
	for _, p := range r.Deny {
		if p.Contains(a) {
			return refuse("prober.deny has %s", p)
		}
	}
	return r.permits(a, zoned, refuse)
}

// permits is what the rules say of an address that is not ruled out.
func (r *Rules) permits(a, zoned netip.Addr, refuse func(string, ...any) error) error {
	for _, p := range r.Allow {
		if !p.Contains(a) {
			continue
		}
		if a.Is6() && a.IsLinkLocalUnicast() && zoned.Zone() == "" {
			return refuse("it is link-local, and on which link is not known")
		}
		return nil
	}
	if b := find(explicitly, a); b != nil {
		return refuse("%s; prober.allow has to name it", b.what)
	}
	switch {
	case a.IsPrivate() && !r.Private:
		return refuse("it is private, and prober.private is off")
	case a.IsPrivate():
	case a.Is6() && !global6.Contains(a):
		return refuse("it is not of the Internet")
	case !r.Public:
		return refuse("it is public, and prober.public is off")
	}
	return nil
}

func find(list []block, a netip.Addr) *block {
	for i := range list {
		if list[i].prefix.Contains(a) {
			return &list[i]
		}
	}
	return nil
}

// isEdge reports whether a is the first or the last address of the network that own is in.
func isEdge(own netip.Prefix, a netip.Addr) bool {
	before, after := a.Prev(), a.Next()
	n := own.Masked()
	return !before.IsValid() || !after.IsValid() || !n.Contains(before) || !n.Contains(after)
}
