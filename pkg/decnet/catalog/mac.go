package catalog

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net"
	"slices"
	"strconv"
	"strings"
)

// kvmPrefix is what QEMU and libvirt give virtual machines. It is nobody's: the
// bit for locally administered addresses is set.
const kvmPrefix = "52:54:00"

// MAC returns a hardware address as maker's network cards have.
func MAC(r *rand.Rand, maker string) (net.HardwareAddr, error) {
	own := []string{kvmPrefix}
	if maker != "kvm" {
		if own = prefixes[maker]; len(own) == 0 {
			return nil, fmt.Errorf("no MAC addresses of %q are known", maker)
		}
	}
	mac := make(net.HardwareAddr, 0, 6)
	prefix := own[r.IntN(len(own))]
	for part := range strings.SplitSeq(prefix, ":") {
		b, err := strconv.ParseUint(part, 16, 8)
		if err != nil {
			return nil, fmt.Errorf("prefix %s of %s: %w", prefix, maker, err)
		}
		mac = append(mac, byte(b))
	}
	rest := binary.BigEndian.AppendUint32(nil, r.Uint32())[1:]
	if prefix == "00:50:56" {
		// vCenter hands out 80 to bf; below that are addresses set by hand.
		rest[0] = 0x80 | rest[0]&0x3f
	}
	return append(mac, rest...), nil
}

// IsVirtual reports whether maker's cards are those of virtual machines.
func IsVirtual(maker string) bool {
	switch maker {
	case "vmware", "kvm", "xen", "microsoft":
		return true
	}
	return false
}

// MakerOf returns the maker whose machines have hardware addresses like this one,
// of those that MAC knows; "" if it is none of them.
func MakerOf(mac [6]byte) string {
	prefix := net.HardwareAddr(mac[:3]).String()
	if prefix == kvmPrefix {
		return "kvm"
	}
	for maker, own := range prefixes {
		if slices.Contains(own, prefix) {
			return maker
		}
	}
	return ""
}
