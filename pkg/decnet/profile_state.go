package decnet

import "time"

// ProfileState is what a profile has to remember for the next event: running figures, never
// lists of what was.
type ProfileState struct {
	Arrivals Timing `json:"arrivals,omitzero"`
	Requests Timing `json:"requests,omitzero"`
	Attempts Timing `json:"attempts,omitzero"`
	Commands Timing `json:"commands,omitzero"`
	// Typing sums up how command lines were typed.
	Typing Typing `json:"typing,omitzero"`
	// Progress is how far each signature is that has begun, by its id.
	Progress map[string]SignatureProgress `json:"progress,omitempty"`
	// Scripts are what the sessions that are open have run, the latest few.
	Scripts []SessionScript `json:"scripts,omitempty"`
	// Guesses hashes the first distinct credentials in their order, FNV-1a.
	Guesses uint64 `json:"guesses,omitempty"`
	// Targets are the distinct pairs of decky and service, at most MaxProfileKeys of them, as FNV-1a.
	Targets []uint32 `json:"targets,omitempty"`
	// Traits are those that were told of, as FNV-1a, the first few.
	Traits []uint32 `json:"traits,omitempty"`
	// Acts are the first events that prove something by themselves, by what.
	Acts map[string]string `json:"acts,omitempty"`
	// News is what the latest batch of events brought that others are to be told of.
	News News `json:"news,omitzero"`
}

// Timing keeps mean and spread of the times between events without keeping the events, by
// Welford's method (Technometrics 4, 1962, page 419).
type Timing struct {
	Count uint64    `json:"n,omitempty"`     // events
	Gaps  uint64    `json:"gaps,omitempty"`  // times between them
	Quick uint64    `json:"quick,omitempty"` // of these, those below a tenth of a second
	Mean  float64   `json:"mean,omitempty"`
	M2    float64   `json:"m2,omitempty"` // sum of squares of the differences from the mean
	Min   float64   `json:"min,omitempty"`
	Max   float64   `json:"max,omitempty"`
	Last  time.Time `json:"last,omitzero"`
	// First and Latest are the ids of the first event and of the last.
	First  string `json:"first,omitempty"`
	Latest string `json:"latest,omitempty"`
}

// Typing sums up command lines that were entered on a terminal.
type Typing struct {
	Lines  uint64 `json:"lines,omitempty"`  // that said how they were typed
	Pasted uint64 `json:"pasted,omitempty"` // those that came in one piece
	Edited uint64 `json:"edited,omitempty"` // those with a key that corrects, recalls or completes
	Keys   uint64 `json:"keys,omitempty"`
	Millis uint64 `json:"ms,omitempty"` // from a line's first key to its last
	First  string `json:"first,omitempty"`
	Latest string `json:"latest,omitempty"`
}

// SignatureProgress is how far one signature is with one attacker.
type SignatureProgress struct {
	Step  int       `json:"step,omitempty"`
	Count int       `json:"n,omitempty"`
	Begun time.Time `json:"begun,omitzero"`
	// Seen are the distinct values counted so far, as FNV-1a.
	Seen     []uint32 `json:"seen,omitempty"`
	Evidence []string `json:"evidence,omitempty"`
	// Session is of the first event, where the steps have to be of one.
	Session string `json:"session,omitempty"`
}

// SessionScript is the commands of one session as a hash that grows.
type SessionScript struct {
	Session  string `json:"session"`
	Hash     uint64 `json:"hash"`
	Commands int    `json:"n"`
	Event    string `json:"event"` // the first
}

// News is what events brought that is of others' concern. It is told after the profile is stored,
// and again if that was cut short.
type News struct {
	Traits      []Trait         `json:"traits,omitempty"`
	Credentials []CredentialKey `json:"credentials,omitempty"`
	// Traversed says that a further decky was seen, not the first.
	Traversed bool `json:"traversed,omitempty"`
}

// TraitKind is what attackers may have in common.
type TraitKind string

// The kinds of traits.
const (
	TraitCredentials TraitKind = "credential_list" // the first distinct credentials, in their order
	TraitPayload     TraitKind = "payload"         // SHA-256 of a file
	TraitURL         TraitKind = "payload_url"     // where a file was to be fetched
	TraitFingerprint TraitKind = "fingerprint"     // of the client, such as HASSH
	TraitScript      TraitKind = "command_script"  // the commands of a session, in their order
)

// Trait is something by which an attacker may be known again under another address.
type Trait struct {
	Kind  TraitKind `json:"kind"`
	Value string    `json:"value"`
	Time  time.Time `json:"time"`
	// Event is the id of the event that completed it.
	Event string `json:"event"`
}
