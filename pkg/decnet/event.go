package decnet

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"net/netip"
	"time"
	"unicode/utf8"
)

// Event kinds that every service uses alike. A service declares its own further
// kinds in its ServiceSpec.
const (
	KindConnect     = "connect"        // a connection was accepted
	KindDisconnect  = "disconnect"     // it ended; FieldDuration, FieldBytesIn, FieldBytesOut
	KindRefused     = "refused"        // a limit refused it; FieldReason
	KindAuthAttempt = "auth_attempt"   // a credential was offered; see Credential
	KindCommand     = "command"        // a command was run; FieldCommand
	KindRequest     = "request"        // an application request, such as HTTP's
	KindError       = "error"          // the decoy itself failed; FieldReason
	KindDropped     = "events_dropped" // the decky wrote more than its share; FieldDropped, FieldReason, FieldDuration
	KindMissing     = "events_missing" // events were written and cannot be read; FieldMissing
	KindRaw         = "raw"            // a line of a service of the user's own, in words of its own; FieldStream
	// KindRecorded and KindCaptured tell of content that was kept; see package artifact.
	KindRecorded = "session_recorded" // see RecordingOf; FieldArtifact, FieldDuration, FieldBytes, FieldStored
	KindCaptured = "file_captured"    // FieldPath, FieldBytes, FieldSHA256, FieldHow, FieldStored
)

// Field names that mean the same in every service.
const (
	FieldCommand    = "command"
	FieldReason     = "reason"
	FieldDuration   = "duration_ms"
	FieldBytesIn    = "bytes_in"
	FieldBytesOut   = "bytes_out"
	FieldPrincipal  = "principal"
	FieldSecret     = "secret_printable"
	FieldSecretB64  = "secret_b64"
	FieldSecretKind = "secret_kind"
	FieldAccepted   = "accepted"
	FieldDropped    = "dropped" // events that one event stands for
	FieldMissing    = "missing" // events that are not there; FieldWriter numbered them, from FieldFirst on
	FieldWriter     = "writer"
	FieldFirst      = "first"
	FieldStream     = "stream" // which output a line was written to, "stdout" or "stderr"
	// FieldSeq numbers the events of one decoy process from 1, those included that
	// could not be written, and FieldBoot is that process: random per process. So
	// a gap in it is an event that never reached a reader. FieldLost is of
	// KindError: how many events right before it could not be written.
	FieldSeq  = "seq"
	FieldBoot = "boot"
	FieldLost = "lost"
	FieldCut  = "cut" // which texts were shortened, each with the length it had in bytes
	// Of content that was kept, or not.
	FieldArtifact = "artifact" // its name in the folder of artifacts
	FieldBytes    = "bytes"
	FieldStored   = "stored"
	FieldPath     = "path"
	FieldSHA256   = "sha256"
	FieldHow      = "how"
	FieldUser     = "user" // who is logged in
	// Of a command line that was entered on a terminal: in how many pieces it came, how many of those were keys that
	// correct, recall or complete, and how long it took from the first to the last.
	FieldKeys  = "keys"
	FieldEdits = "edits"
	FieldTyped = "typed_ms"
	// What the line of a container claimed where its labels say otherwise.
	FieldClaimedDecky   = "claimed_decky"
	FieldClaimedService = "claimed_service"
)

// Event is one thing that happened on a decky, parsed and stored.
type Event struct {
	// ID identifies the event everywhere; see EventID.
	ID string `json:"id"`
	// Seq numbers the events of one attacker from 1 without gaps, in the order
	// in which they were stored. It is 0 until then.
	Seq uint64 `json:"seq"`
	// Time is when it happened, by the decoy's clock, in UTC to the nanosecond.
	Time    time.Time `json:"time"`
	Host    string    `json:"host"`
	Decky   string    `json:"decky"`
	Service string    `json:"service"`
	Kind    string    `json:"kind"`
	// Attacker, Source and SourcePort say where it came from; they are empty
	// for events that no peer caused.
	Attacker   AttackerID `json:"attacker,omitempty"`
	Source     netip.Addr `json:"source,omitzero"`
	SourcePort uint16     `json:"source_port,omitempty"`
	// Session groups the events of one connection.
	Session string `json:"session,omitempty"`
	// Fields are the service's own data as declared in its ServiceSpec. Values
	// come from attackers: any Unicode text, to be shown as text only.
	Fields  map[string]string `json:"fields,omitempty"`
	Message string            `json:"message,omitempty"`
}

// RawLog is one line as a collector read it from a source, not yet understood.
type RawLog struct {
	// ID is the EventID of (Host, Source, Position).
	ID   string `json:"id"`
	Host string `json:"host"`
	// Source names what was read, such as a spool segment, and Position the
	// byte offset of the line in it. Of a container's log the position is the
	// engine's time of the line in nanoseconds; which output it is of, and its place
	// among lines with that time, belong to the source.
	Source    string    `json:"source"`
	Position  int64     `json:"position"`
	Collected time.Time `json:"collected"`
	// Line is the line without its newline. A line that is not UTF-8 is in
	// LineBytes instead, so that nothing is lost in JSON.
	Line      string `json:"line,omitempty"`
	LineBytes []byte `json:"line_b64,omitempty"`
	// Target is the syslog receiver that the line's decky named when it was read.
	Target LogTarget `json:"target,omitempty"`
}

// Bytes returns the line as it was read.
func (r *RawLog) Bytes() []byte {
	if r.LineBytes != nil {
		return r.LineBytes
	}
	return []byte(r.Line)
}

// EventID derives the id of the event that starts at position of source on
// host: 16 hex digits of a SHA-256 of host and source, then 16 of the position.
// Reading the same place again gives the same id, which is what makes redelivery
// harmless everywhere downstream. Ids of one source are neighbours, so that a
// database adds them to its index in one place rather than all over.
func EventID(host, source string, position int64) string {
	sum := sha256.Sum256([]byte(host + "\x00" + source))
	var id [16]byte
	copy(id[:8], sum[:])
	binary.BigEndian.PutUint64(id[8:], uint64(position)) //nolint:gosec // the same bits
	return hex.EncodeToString(id[:])
}

// SetBytes stores line where it keeps every byte.
func (r *RawLog) SetBytes(line []byte) {
	if utf8.Valid(line) {
		r.Line, r.LineBytes = string(line), nil
		return
	}
	r.Line, r.LineBytes = "", bytes.Clone(line)
}
