package decnet

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"time"
)

// SecretKind says what a captured secret is, so that it can be used as evidence
// (looked up, cracked, compared) without guessing.
type SecretKind string

// The kinds of secret. Hash-like kinds carry everything needed to check a
// guess, challenge included, in the secret itself.
const (
	SecretPlaintext SecretKind = "plaintext"
	SecretPublicKey SecretKind = "ssh_publickey" // SHA256:... fingerprint
	SecretBearer    SecretKind = "http_bearer"
	SecretDigestMD5 SecretKind = "http_digest_md5"
)

// Credential is one credential an attacker offered. Decoys turn it into event
// fields; the ingester turns the fields back and counts distinct ones.
type Credential struct {
	Attacker  AttackerID `json:"attacker"`
	Decky     string     `json:"decky"`
	Service   string     `json:"service"`
	Time      time.Time  `json:"time"`
	Principal string     `json:"principal"`
	// Secret is the printable form: what is not printable is replaced by '?'.
	Secret string `json:"secret"`
	// SecretB64 is the exact secret in standard base64.
	SecretB64 string     `json:"secret_b64"`
	Kind      SecretKind `json:"kind"`
	// Accepted says that the decoy let the attacker in with it.
	Accepted bool `json:"accepted"`
	// Event is the id of the event that carried it.
	Event string `json:"event"`
}

// CredentialKey names a credential wherever it is used.
type CredentialKey struct {
	// Hash is the hex SHA-256 of the exact secret.
	Hash      string     `json:"hash"`
	Principal string     `json:"principal"`
	Kind      SecretKind `json:"kind"`
}

// Hash returns the hex SHA-256 of the exact secret, by which reuse is found.
func (c *Credential) Hash() string {
	raw, err := base64.StdEncoding.DecodeString(c.SecretB64)
	if err != nil {
		raw = []byte(c.SecretB64)
	}
	sum := sha256.Sum256(raw)
	return hex.EncodeToString(sum[:])
}

// CredentialOf reads the credential out of an event, reporting whether it
// carries one: any event with FieldSecretB64 does.
func CredentialOf(e *Event) (Credential, bool) {
	b64, ok := e.Fields[FieldSecretB64]
	if !ok {
		return Credential{}, false
	}
	kind := SecretKind(e.Fields[FieldSecretKind])
	if kind == "" {
		kind = SecretPlaintext
	}
	accepted, _ := strconv.ParseBool(e.Fields[FieldAccepted])
	return Credential{
		Attacker: e.Attacker, Decky: e.Decky, Service: e.Service, Time: e.Time,
		Principal: e.Fields[FieldPrincipal], Secret: e.Fields[FieldSecret],
		SecretB64: b64, Kind: kind, Accepted: accepted, Event: e.ID,
	}, true
}
