package decnet

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Decky is one fake machine as it is wanted. The desired fleet is the set of
// deckies in the bus's fleet bucket; a deployer makes its own host match.
type Decky struct {
	// Name is unique in the fleet and fit for a hostname and a bus subject.
	Name string `json:"name"`
	// Host names the machine whose deployer runs the decky.
	Host string `json:"host"`
	// Fleet groups deckies that are deployed and torn down together.
	Fleet string `json:"fleet"`
	// Driver is how it is put on the wire.
	Driver  Driver     `json:"driver"`
	Address netip.Addr `json:"address"`
	// Address6 is its IPv6 address, where its network has IPv6.
	Address6 netip.Addr `json:"address6,omitzero"`
	// Network is the network it is on; the loopback driver has none.
	Network  *Network         `json:"network,omitempty"`
	Services []ServiceRequest `json:"services"`
	// Archetype names what it is for, if that was said; see package catalog.
	Archetype string `json:"archetype,omitempty"`
	// OS names the operating system release it claims; see package catalog.
	OS string `json:"os"`
	// Stack is how its TCP/IP behaves, normally its operating system's family.
	Stack Family `json:"stack"`
	// MutateMinutes is how often it changes; 0 never.
	MutateMinutes int `json:"mutate_minutes"`
	// LogTarget is where its lines go besides the bus; see LogTarget. Empty: nowhere.
	LogTarget LogTarget `json:"log_target,omitempty"`
	// Seed is 64 hex digits from which everything individual about the decky
	// derives: hostname, keys, versions, uptime. Whoever knows it can
	// recognise the decky, so it is a secret of the installation.
	Seed string `json:"seed"`
	// Created is when it was added to the fleet; its claimed uptime starts
	// before that.
	Created time.Time `json:"created"`
}

// Installation is what the seeds of an installation's deckies derive from.
type Installation struct {
	// Seed is 64 hex digits. Whoever knows it can recognise its deckies.
	Seed    string    `json:"seed"`
	Created time.Time `json:"created"`
}

// Driver names a way of putting deckies on the wire.
type Driver string

// The drivers.
const (
	DriverLoopback Driver = "loopback" // addresses of this machine alone, without privileges
	DriverNative   Driver = "native"   // a network namespace per decky on a real network
	DriverDocker   Driver = "docker"   // containers on a real network
)

// Drivers lists them all.
func Drivers() []Driver { return []Driver{DriverLoopback, DriverNative, DriverDocker} }

// Network is the network that a decky is on.
type Network struct {
	// Interface is the host's interface to it; empty stands for the one of the
	// host's default route.
	Interface string       `json:"interface,omitempty"`
	Subnet    netip.Prefix `json:"subnet"`
	Gateway   netip.Addr   `json:"gateway,omitzero"`
	// IPvlan asks for ipvlan (L2) instead of macvlan: for Wi-Fi and other
	// networks that allow one MAC address per host.
	IPvlan bool `json:"ipvlan,omitempty"`
}

// ServiceRequest is one service a decky is to run.
type ServiceRequest struct {
	Slug string `json:"slug"`
	// Settings override the defaults of the service's spec, by setting name.
	Settings map[string]string `json:"settings,omitempty"`
	// Custom describes a service of the user's own; Slug is its name.
	Custom *CustomService `json:"custom,omitempty"`
}

// CustomService is a service that the user brings as a container image. Only
// the docker driver runs it.
type CustomService struct {
	Image string `json:"image"`
	// Exec is the command in the container; empty means the image's own.
	Exec  []string   `json:"exec,omitempty"`
	Ports []PortSpec `json:"ports"`
}

// Phase is where a decky is between wanted and served.
type Phase string

// The phases of a decky.
const (
	PhasePending  Phase = "pending"  // wanted, not yet on the wire
	PhaseReady    Phase = "ready"    // every service answers
	PhaseDegraded Phase = "degraded" // some services answer; see Reason
	PhaseFailed   Phase = "failed"   // none answers; see Reason
	PhaseRemoved  Phase = "removed"  // no longer wanted and gone from the wire
)

// Enforcement is how far a decky's packets look like those of the system that it
// claims to be.
type Enforcement string

// The ways. Deckies of the loopback driver have none: what this host sends is what
// there is.
const (
	EnforcedByProgram Enforcement = "program" // as catalog.Stack says
	EnforcedBySysctls Enforcement = "sysctls" // times to live, timestamps and the like: nmap sees Linux
)

// DeckyState is what a deployer last reported of a decky.
type DeckyState struct {
	Name     string     `json:"name"`
	Host     string     `json:"host"`
	Fleet    string     `json:"fleet"`
	Driver   Driver     `json:"driver"`
	Address  netip.Addr `json:"address"`
	Address6 netip.Addr `json:"address6,omitzero"`
	MAC      string     `json:"mac"`
	Hostname string     `json:"hostname"`
	// Archetype may be empty; OS and Stack are what it claims to be.
	Archetype string `json:"archetype,omitempty"`
	OS        string `json:"os"`
	Stack     Family `json:"stack"`
	// Enforced is how far its packets look like those of that stack.
	Enforced Enforcement `json:"enforced,omitempty"`
	// Revision is that of the desired decky which this is about.
	Revision uint64 `json:"revision"`
	Phase    Phase  `json:"phase"`
	// Reason says in one sentence why the phase is not ready.
	Reason   string         `json:"reason,omitempty"`
	Services []ServiceState `json:"services"`
	Time     time.Time      `json:"time"`
}

// ServiceState is one service of a decky and where it answers.
type ServiceState struct {
	Slug      string     `json:"slug"`
	Address   netip.Addr `json:"address"`
	Port      uint16     `json:"port"`
	Transport Transport  `json:"transport"`
	// WantedPort is the service's own port where Port had to be another.
	WantedPort uint16 `json:"wanted_port,omitempty"`
	// Note says what is unusual about it: why a port was shifted, why it is down.
	Note string `json:"note,omitempty"`
	Up   bool   `json:"up"`
}

// Present returns the states of deckies that are not removed, by name.
func Present(states []DeckyState) []DeckyState {
	states = slices.DeleteFunc(slices.Clone(states), func(s DeckyState) bool { return s.Phase == PhaseRemoved })
	slices.SortFunc(states, func(a, b DeckyState) int { return strings.Compare(a.Name, b.Name) })
	return states
}

var token = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$`)

// CheckName reports why name cannot name a decky, a host or a service: it must
// be a lower-case hostname label (RFC 1123), which is also a bus subject token.
func CheckName(name string) error {
	if !token.MatchString(name) {
		return fmt.Errorf("name %q: want 1 to 63 lower-case letters, digits and inner hyphens", name)
	}
	return nil
}

// Validate reports the first thing that keeps d from being deployed.
func (d *Decky) Validate() error {
	if err := CheckName(d.Name); err != nil {
		return fmt.Errorf("decky: %w", err)
	}
	if err := CheckName(d.Host); err != nil {
		return fmt.Errorf("decky %s: host: %w", d.Name, err)
	}
	if err := CheckName(d.Fleet); err != nil {
		return fmt.Errorf("decky %s: fleet: %w", d.Name, err)
	}
	if !slices.Contains(Drivers(), d.Driver) {
		return fmt.Errorf("decky %s: unknown driver %q: want one of %v", d.Name, d.Driver, Drivers())
	}
	if !d.Address.IsValid() {
		return fmt.Errorf("decky %s: address is missing", d.Name)
	}
	if d.Driver != DriverLoopback && (d.Network == nil || !d.Network.Subnet.IsValid()) {
		return fmt.Errorf("decky %s: the %s driver needs a network with a subnet", d.Name, d.Driver)
	}
	if err := d.LogTarget.Check(); err != nil {
		return fmt.Errorf("decky %s: %w", d.Name, err)
	}
	if d.MutateMinutes < 0 {
		return fmt.Errorf("decky %s: mutate interval %d: want minutes, or 0 for never", d.Name, d.MutateMinutes)
	}
	if len(d.Seed) != 64 {
		return fmt.Errorf("decky %s: seed: want 64 hex digits, have %d", d.Name, len(d.Seed))
	}
	if len(d.Services) == 0 {
		return fmt.Errorf("decky %s: no services", d.Name)
	}
	seen := make(map[string]bool, len(d.Services))
	for _, s := range d.Services {
		if seen[s.Slug] {
			return fmt.Errorf("decky %s: service %s is listed twice", d.Name, s.Slug)
		}
		seen[s.Slug] = true
	}
	return nil
}
