package network

import (
	"maps"
	"slices"
	"strings"
)

// sysctl is one setting of a network namespace.
type sysctl struct {
	family string // "ipv4" or "ipv6": its folder in /proc/sys/net
	path   string // below that folder
	value  string
}

// quiet is what every decky is set to before it has an interface, which takes
// its own settings from "default". A new namespace copies the IPv4 ones of the
// host it is on, so that what matters is named even if it is usual.
var quiet = []sysctl{
	{"ipv4", "ip_forward", "0"}, // first: it resets others
	// A decky answers ARP on the interface that has the address, and asks with
	// the address of that interface.
	{"ipv4", "conf/all/arp_ignore", "1"},
	{"ipv4", "conf/all/arp_announce", "2"},
	{"ipv4", "conf/all/proxy_arp", "0"},
	{"ipv4", "conf/default/proxy_arp", "0"},
	{"ipv4", "conf/default/arp_filter", "0"},
	// The kernel announces its address when the interface comes up (RFC 5227,
	// section 2.3). Doing it ourselves takes a packet socket, and closing one
	// takes the kernel longer than making the whole namespace.
	{"ipv4", "conf/default/arp_notify", "1"},
	// Nobody changes its routes or reaches its loopback; its host's log is no
	// place for what it hears.
	{"ipv4", "conf/all/accept_redirects", "0"},
	{"ipv4", "conf/default/accept_redirects", "0"},
	{"ipv4", "conf/all/accept_source_route", "0"},
	{"ipv4", "conf/all/route_localnet", "0"},
	{"ipv4", "conf/default/route_localnet", "0"},
	{"ipv4", "conf/all/log_martians", "0"},
	{"ipv4", "conf/default/log_martians", "0"},
	// It has one interface: there is no other way a packet could have come.
	{"ipv4", "conf/all/rp_filter", "0"},
	{"ipv4", "conf/default/rp_filter", "0"},
}

// quiet6 is the same for IPv6. Without router advertisements it has no
// addresses or routes but those it is given.
var quiet6 = []sysctl{
	{"ipv6", "conf/all/forwarding", "0"},
	{"ipv6", "conf/default/disable_ipv6", "0"},
	{"ipv6", "conf/default/accept_ra", "0"},
	{"ipv6", "conf/default/router_solicitations", "0"},
	{"ipv6", "conf/default/accept_redirects", "0"},
	{"ipv6", "conf/default/addr_gen_mode", "0"}, // from the MAC address
}

// off6 leaves interfaces without IPv6. The loopback is there already.
var off6 = []sysctl{{"ipv6", "conf/default/disable_ipv6", "1"}}

// defaultTTL is the setting that IPv6 has under another name.
const defaultTTL = "ip_default_ttl"

// sysctls are all settings of the namespace, in the order they are made; late are
// those that come with the interface. The caller's own win.
func (s *Spec) sysctls() (early, late []sysctl) {
	early = slices.Clone(quiet)
	if !s.Address6.IsValid() {
		early = append(early, off6...)
	} else {
		early = append(early, quiet6...)
		if ttl, ok := s.Sysctls[defaultTTL]; ok {
			early = append(early, sysctl{"ipv6", "conf/default/hop_limit", ttl})
		}
	}
	for _, key := range slices.Sorted(maps.Keys(s.Sysctls)) {
		own := sysctl{"ipv4", strings.ReplaceAll(key, ".", "/"), oneSpace(s.Sysctls[key])}
		if strings.Contains(own.path, "/"+s.Ifname+"/") {
			late = append(late, own)
			continue
		}
		early = slices.DeleteFunc(early, func(c sysctl) bool { return c.family == own.family && c.path == own.path })
		early = append(early, own)
	}
	return early, late
}

// isSysctl reports whether key is the name of a setting, and leads nowhere else.
func isSysctl(key string) bool {
	for part := range strings.SplitSeq(key, ".") {
		if part == "" || strings.Trim(part, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") != "" {
			return false
		}
	}
	return true
}

// oneSpace is how several numbers are written here; the kernel prints tabs.
func oneSpace(value string) string { return strings.Join(strings.Fields(value), " ") }

// String is the name that sysctl(8) has for it.
func (c sysctl) String() string {
	return "net." + c.family + "." + strings.ReplaceAll(c.path, "/", ".")
}
