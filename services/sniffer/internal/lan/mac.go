package lan

import (
	"net/netip"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// Vendor is who made the network card, of those makers whose prefixes we have; ""
// if that is not known.
func Vendor(mac capture.MAC) string { return catalog.MakerOf(mac) }

// EUI64 returns the MAC address that an IPv6 address was made of (RFC 4291,
// appendix A); ok is false if it was made in another way.
func EUI64(a netip.Addr) (mac capture.MAC, ok bool) {
	if !a.Is6() {
		return mac, false
	}
	b := a.As16()
	if b[11] != 0xff || b[12] != 0xfe {
		return mac, false
	}
	mac = capture.MAC{b[8] ^ 2, b[9], b[10], b[13], b[14], b[15]}
	return mac, !mac.Group()
}
