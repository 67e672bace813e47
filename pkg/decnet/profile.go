package decnet

import (
	"net/netip"
	"time"
)

// ProfileVersion is the version of what a Profile means. A stored profile of
// another version is made anew from the attacker's first event on.
const ProfileVersion = 2

// Profile describes one attacker as of an event. It is a pure fold over the
// attacker's events in their stored order, so the same events always give the
// same profile, however they were shared out. Every statement in it names the
// events that it rests on.
type Profile struct {
	// Version is ProfileVersion when it was made.
	Version  int        `json:"version"`
	Attacker AttackerID `json:"attacker"`
	Address  netip.Addr `json:"address"`
	// Through is the number of the last event the profile covers. It is also
	// the profile's revision: a larger one replaces a smaller one.
	Through uint64 `json:"through"`
	// FirstSeen and LastSeen are by the decoys' clocks; see Implausible.
	FirstSeen time.Time `json:"first_seen"`
	LastSeen  time.Time `json:"last_seen"`
	Events    uint64    `json:"events"`
	Sessions  uint64    `json:"sessions"`
	// Implausible counts events whose time cannot be: those before the year 2000 or
	// from 2200 on. They count, but say nothing about when.
	Implausible uint64 `json:"implausible_times,omitempty"`
	// Kinds, Services and Deckies count events by their kind, service and decky.
	Kinds    map[string]uint64 `json:"kinds"`
	Services map[string]uint64 `json:"services"`
	Deckies  map[string]uint64 `json:"deckies"`
	// Credentials are the distinct ones tried, in the order of their first
	// try; at most MaxProfileCredentials, CredentialCount counts beyond that.
	Credentials     []CredentialUse `json:"credentials"`
	CredentialCount uint64          `json:"credential_count"`
	// Accepted counts attempts that a decoy let in.
	Accepted uint64 `json:"accepted,omitempty"`
	// Commands are the latest MaxProfileCommands in order; CommandCount counts all.
	Commands     []CommandUse `json:"commands"`
	CommandCount uint64       `json:"command_count"`
	// Artifacts are the distinct files and addresses of files the attacker brought, in their
	// order; at most MaxProfileArtifacts, ArtifactCount counts all uses.
	Artifacts     []ArtifactUse `json:"artifacts,omitempty"`
	ArtifactCount uint64        `json:"artifact_count,omitempty"`
	// Path is where the attacker went, the latest MaxProfileHops; HopCount counts all. An
	// attacker on two deckies or more is traversing.
	Path     []Hop  `json:"path,omitempty"`
	HopCount uint64 `json:"hop_count,omitempty"`
	// Behavior is how the attacker goes about it, Actor who or what is at the keyboard.
	Behavior Behavior `json:"behavior"`
	Actor    Actor    `json:"actor"`
	// Tools, Phases, Intents and DecoyChecks are what signatures concluded, in the order of
	// their first evidence. Phases are steps of an intrusion, see AttackPhase.
	Tools       []Statement `json:"tools,omitempty"`
	Phases      []Statement `json:"phases,omitempty"`
	Intents     []Statement `json:"intents,omitempty"`
	DecoyChecks []Statement `json:"decoy_checks,omitempty"`
	// Phase is the furthest of Phases.
	Phase AttackPhase `json:"phase,omitempty"`
	Risk  Risk        `json:"risk"`
	// Machine is what was seen of the attacker's own machine on the wire; nil is nothing.
	Machine *Machine `json:"machine,omitempty"`
	// Label is who the operator says this is; its zero value is that nobody said.
	Label *SourceLabel `json:"label,omitempty"`
	// State is what further events are folded into. It is stored, not published.
	State *ProfileState `json:"state,omitempty"`
}

// Machine is what an attacker's own machine is like, by its packets. All of it may be made up.
type Machine struct {
	// OS is whose TCP it speaks, of OSClass, Distance hops away; Evidence is the event that says so.
	OS       string `json:"os,omitempty"`
	OSClass  string `json:"os_class,omitempty"`
	Distance int    `json:"distance,omitempty"`
	Evidence string `json:"evidence,omitempty"`
	// MAC and Vendor are known of neighbours on the LAN.
	MAC    string `json:"mac,omitempty"`
	Vendor string `json:"vendor,omitempty"`
	// Hostname is what it calls itself.
	Hostname string `json:"hostname,omitempty"`
	// Clients are the programs that it was seen to use, at most MaxProfileKeys.
	Clients []string `json:"clients,omitempty"`
	// Scans counts the scans that the sniffer saw; Scan is the event of the latest.
	Scans uint64 `json:"scans,omitempty"`
	Scan  string `json:"scan,omitempty"`
}

// Known reports whether anything is.
func (m *Machine) Known() bool {
	return m.OS != "" || m.MAC != "" || m.Hostname != "" || len(m.Clients) > 0 || m.Scans > 0
}

// Public is the profile without its state, for whoever only reads it.
func (p Profile) Public() Profile {
	p.State = nil
	return p
}

// Bounds of a profile, so that one busy attacker cannot grow it without end.
// Everything beyond them is still in the store.
const (
	MaxProfileCredentials = 64
	MaxProfileCommands    = 64
	MaxProfileKeys        = 64
	MaxProfileArtifacts   = 32
	MaxProfileHops        = 32
	MaxProfileStatements  = 24 // of each sort
	MaxEvidence           = 3  // event ids of one statement
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

// ArtifactUse is a file that an attacker brought, or the address of one it wanted to fetch.
type ArtifactUse struct {
	// SHA256 is lower-case hex; URL is as it was given. One of them is set.
	SHA256 string    `json:"sha256,omitempty"`
	URL    string    `json:"url,omitempty"`
	Path   string    `json:"path,omitempty"`
	Time   time.Time `json:"time"`
	Decky  string    `json:"decky"`
	Count  uint64    `json:"count"`
	// Event is the id of the first event that had it.
	Event string `json:"event"`
}

// Hop is one stay on a decky: from the first event there to the last one before the
// attacker was seen on another.
type Hop struct {
	Decky  string    `json:"decky"`
	From   time.Time `json:"from"`
	To     time.Time `json:"to"`
	Events uint64    `json:"events"`
	// Event is the id of the first event of the stay.
	Event string `json:"event"`
}

// Dwell is how long the stay was; 0 if the clocks of two decoys disagree.
func (h *Hop) Dwell() time.Duration { return max(h.To.Sub(h.From), 0) }

// Statement is something that was concluded of an attacker.
type Statement struct {
	Name string `json:"name"`
	// Confidence is 1 to 100, that of the surest signature.
	Confidence int       `json:"confidence"`
	Since      time.Time `json:"since"`
	// Count is how often it was concluded.
	Count uint64 `json:"count"`
	// Signatures are the ids of those that concluded it, and Evidence the ids of the first events
	// that made them: at most MaxEvidence of each.
	Signatures []string `json:"signatures"`
	Evidence   []string `json:"evidence"`
}

// BehaviorClass is the manner of an attacker, by breadth, depth and timing.
type BehaviorClass string

// The classes, in the order in which they are tried.
const (
	BehaviorUnknown     BehaviorClass = "unknown"     // too little was seen
	BehaviorSlowScan    BehaviorClass = "slow_scan"   // many targets, ten seconds or more apart
	BehaviorScanning    BehaviorClass = "scanning"    // many targets, fast
	BehaviorBruteForce  BehaviorClass = "brute_force" // many guesses, fast
	BehaviorBeaconing   BehaviorClass = "beaconing"   // the same again at even intervals
	BehaviorInteractive BehaviorClass = "interactive" // commands at uneven intervals
	BehaviorMixed       BehaviorClass = "mixed"       // none of these alone
)

// Behavior is the class of an attacker and the figures it was decided by.
type Behavior struct {
	Class BehaviorClass `json:"class"`
	// Reason says which figures decided.
	Reason string `json:"reason,omitempty"`
	// Arrivals, Requests, Attempts and Commands are the times between connections, requests, guesses and commands.
	Arrivals Rhythm   `json:"arrivals"`
	Requests Rhythm   `json:"requests"`
	Attempts Rhythm   `json:"attempts"`
	Commands Rhythm   `json:"commands"`
	Evidence []string `json:"evidence,omitempty"`
}

// Rhythm sums up the times between events of one sort.
type Rhythm struct {
	Count uint64 `json:"count"` // of the events; there is one time less
	// Mean, Min and Max are in seconds. CV is the standard deviation by the mean: 0 is even.
	Mean float64 `json:"mean_s"`
	CV   float64 `json:"cv"`
	Min  float64 `json:"min_s"`
	Max  float64 `json:"max_s"`
}

// ActorKind is who or what acts.
type ActorKind string

// The kinds of actors.
const (
	ActorUnknown   ActorKind = "unknown"
	ActorHuman     ActorKind = "human"     // somebody types
	ActorAutomated ActorKind = "automated" // a script or a tool
	ActorModel     ActorKind = "llm"       // a language model gives the commands
)

// Actor is who or what is at the keyboard, judged by timing and typing.
type Actor struct {
	Kind ActorKind `json:"kind"`
	// Confidence is 1 to 100, 0 of ActorUnknown.
	Confidence int      `json:"confidence"`
	Reasons    []string `json:"reasons,omitempty"`
	Evidence   []string `json:"evidence,omitempty"`
}

// Risk is how much an attacker matters: 0 to 100, the sum of its parts.
type Risk struct {
	Score int        `json:"score"`
	Parts []RiskPart `json:"parts,omitempty"`
}

// RiskPart is one reason for a risk, with its points and the most it can have.
type RiskPart struct {
	Name     string   `json:"name"`
	Points   int      `json:"points"`
	Most     int      `json:"most"`
	Reason   string   `json:"reason"`
	Evidence []string `json:"evidence,omitempty"`
}
