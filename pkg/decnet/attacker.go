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

// Profile describes one attacker as of an event. It is a pure fold over the
// attacker's events in their stored order, so the same events always give the
// same profile.
type Profile struct {
	Attacker AttackerID `json:"attacker"`
	Address  netip.Addr `json:"address"`
	// Through is the number of the last event the profile covers. It is also
	// the profile's revision: a larger one replaces a smaller one.
	Through   uint64    `json:"through"`
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	Events    uint64    `json:"events"`
	Sessions  uint64    `json:"sessions"`
	// Kinds, Services and Deckies count events by their kind, service and decky.
	Kinds    map[string]uint64 `json:"kinds"`
	Services map[string]uint64 `json:"services"`
	Deckies  map[string]uint64 `json:"deckies"`
	// Credentials are the distinct ones tried, in the order of their first
	// try; at most MaxProfileCredentials, CredentialCount counts beyond that.
	Credentials     []CredentialUse `json:"credentials"`
	CredentialCount uint64          `json:"credential_count"`
	// Commands are the latest MaxProfileCommands in order; CommandCount counts all.
	Commands     []CommandUse `json:"commands"`
	CommandCount uint64       `json:"command_count"`
}

// Bounds of a profile, so that one busy attacker cannot grow it without end.
// Everything beyond them is still in the store.
const (
	MaxProfileCredentials = 256
	MaxProfileCommands    = 256
	MaxProfileKeys        = 256
)

// CredentialUse is one credential an attacker tried, with how often.
type CredentialUse struct {
	Service   string     `json:"service"`
	Principal string     `json:"principal"`
	Secret    string     `json:"secret"`
	Kind      SecretKind `json:"kind"`
	Attempts  uint64     `json:"attempts"`
	Accepted  bool       `json:"accepted"`
	// Event is the id of the first event that carried it.
	Event string `json:"event"`
}

// CommandUse is one command an attacker ran.
type CommandUse struct {
	Time    time.Time `json:"time"`
	Decky   string    `json:"decky"`
	Service string    `json:"service"`
	Command string    `json:"command"`
	// Event is the id of the event that recorded it.
	Event string `json:"event"`
}
