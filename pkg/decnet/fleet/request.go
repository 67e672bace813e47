// Package fleet turns what somebody asks for into deckies. A Request (from
// command-line flags, an INI file or the API) and what is there already go in;
// a Plan comes out: every decky as it is to be, and what that changes. Planning
// touches nothing and draws from seeds only, so the same request gives the same
// plan, here and anywhere.
package fleet

import (
	"net/netip"

	"github.com/decnet/decnet/pkg/decnet"
)

// DefaultFleet is the fleet of whoever names none.
const DefaultFleet = "default"

// DefaultMutateMinutes is how often a decky changes if nobody says otherwise.
const DefaultMutateMinutes = 30

// Bounds of one fleet.
const (
	MaxDeckies = 65_536
	MaxAmount  = 100 // of one section with amount=
	MaxMinutes = 366 * 24 * 60
)

// Request is what somebody asks for: one fleet, whole. What the fleet has and
// the request does not name is to go.
type Request struct {
	Fleet  string        `json:"fleet"`
	Host   string        `json:"host"`
	Driver decnet.Driver `json:"driver"`
	// Network is where the deckies get their addresses from. For the loopback
	// driver an empty one stands for 127.77.0.0/16.
	Network decnet.Network `json:"network"`
	// Prefix6 is the network's IPv6 prefix, if it has one.
	Prefix6 netip.Prefix `json:"prefix6,omitzero"`
	// IPStart is the first address to hand out; zero starts with the first.
	IPStart netip.Addr `json:"ip_start,omitzero"`
	// Reserved addresses are never handed out: the host's own, those in use.
	Reserved []netip.Addr `json:"reserved,omitempty"`
	// LogTarget is for all deckies.
	LogTarget decnet.LogTarget `json:"log_target,omitempty"`
	// MutateMinutes is for all deckies, whatever they say; -1 means not given,
	// 0 never. DefaultMinutes is for those that say nothing, by the same rule.
	MutateMinutes  int `json:"mutate_minutes"`
	DefaultMinutes int `json:"default_mutate_minutes"`
	// AllowIncoherent lets machines be that do not exist.
	AllowIncoherent bool            `json:"allow_incoherent,omitempty"`
	Deckies         []DeckyRequest  `json:"deckies"`
	Custom          []CustomRequest `json:"custom,omitempty"`
	// Notes are for people: what a loader understood differently than it was
	// written.
	Notes []string `json:"-"`
}

// NewRequest is an empty request for host.
func NewRequest(host string) *Request {
	return &Request{Fleet: DefaultFleet, Host: host, Driver: decnet.DriverLoopback, MutateMinutes: -1, DefaultMinutes: -1}
}

// DeckyRequest is one decky as somebody describes it. Empty fields are filled
// from the archetype, else at random.
type DeckyRequest struct {
	Name string `json:"name"`
	// Where says where it was asked for, such as "fleet.ini:12: [web]"; errors
	// begin with it.
	Where     string     `json:"-"`
	Address   netip.Addr `json:"address,omitzero"`
	Archetype string     `json:"archetype,omitempty"`
	Services  []string   `json:"services,omitempty"`
	// OSes are operating systems to choose from.
	OSes []string `json:"oses,omitempty"`
	// Stack is the TCP/IP stack to show; empty means the operating system's.
	Stack string `json:"nmap_os,omitempty"`
	// Settings are by service and setting.
	Settings map[string]map[string]string `json:"settings,omitempty"`
	// MutateMinutes is -1 if not given, 0 for never.
	MutateMinutes int `json:"mutate_minutes"`
}

// CustomRequest is a service that the user brings.
type CustomRequest struct {
	Slug string `json:"slug"`
	decnet.CustomService
}
