package decnet

import (
	"encoding/hex"
	"fmt"
	"net/netip"
	"time"
)

// AttackerID names an attacker by address: the lower-case hex of its 4 or 16
// bytes ("cb007107" is 203.0.113.7). It is reversible, fixed in length per
// address family and valid as one token of a bus subject.
type AttackerID string

// AttackerIDOf returns the id of addr. An IPv4-mapped IPv6 address is the IPv4
// attacker; a zone is dropped. The invalid address has the empty id.
func AttackerIDOf(addr netip.Addr) AttackerID {
	if !addr.IsValid() {
		return ""
	}
	return AttackerID(hex.EncodeToString(addr.Unmap().WithZone("").AsSlice()))
}

// ParseAttackerID checks that s is the id of an address and returns it.
func ParseAttackerID(s string) (AttackerID, error) {
	raw, err := hex.DecodeString(s)
	addr, ok := netip.AddrFromSlice(raw)
	if err != nil || !ok || AttackerIDOf(addr) != AttackerID(s) {
		return "", fmt.Errorf("attacker id %q: want 8 or 32 lower-case hex digits of an address", s)
	}
	return AttackerID(s), nil
}

// Addr returns the address behind the id, or the invalid address.
func (id AttackerID) Addr() netip.Addr {
	raw, err := hex.DecodeString(string(id))
	if err != nil {
		return netip.Addr{}
	}
	addr, _ := netip.AddrFromSlice(raw)
	return addr
}

// Sighting says that new events of an attacker are stored. It is a wake-up:
// the events themselves are read from the store, where they are numbered 1, 2,
// 3 ... per attacker, so a sighting that comes twice or late does no harm.
type Sighting struct {
	Attacker AttackerID `json:"attacker"`
	Address  netip.Addr `json:"address"`
	// Through is the number of the attacker's last stored event.
	Through uint64 `json:"through"`
	// Time is when that event happened.
	Time time.Time `json:"time"`
}
