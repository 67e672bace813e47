package decoy

import (
	"encoding/base64"
	"maps"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
)

// Fields are the fields of one event, by the names that the spec declares.
type Fields map[string]string

// Names of fields that the writer itself adds to events of every kind.
const (
	FieldSeq  = decnet.FieldSeq
	FieldBoot = decnet.FieldBoot
	// FieldCut names the fields that were shortened, each with the length it
	// had in bytes: "body=70000 path=9000".
	FieldCut = decnet.FieldCut
)

// Names of fields of the events that the host logs.
const (
	FieldCount = "count" // of refused: connections that one event stands for
	FieldLost  = decnet.FieldLost
)

// CommonFields are the fields that events of every kind may carry.
func CommonFields() []decnet.FieldSpec {
	return []decnet.FieldSpec{
		{Name: FieldSeq, Type: decnet.TypeInt, Doc: "Number of the event within the decoy process; a gap is an event that was lost."},
		{Name: FieldBoot, Type: decnet.TypeHex, Doc: "Random id of the decoy process that counts seq."},
		{Name: FieldCut, Type: decnet.TypeString, Doc: "Fields that were shortened, each with its full length in bytes."},
	}
}

// Events returns the events of a spec: those that the host and the writer log
// for every service, then own.
func Events(own ...decnet.EventSpec) []decnet.EventSpec {
	return append([]decnet.EventSpec{
		{Kind: decnet.KindConnect, Doc: "A connection was accepted."},
		{Kind: decnet.KindDisconnect, Doc: "A connection ended.", Fields: []decnet.FieldSpec{
			{Name: decnet.FieldDuration, Type: decnet.TypeMillis, Doc: "How long it lasted, in milliseconds."},
			{Name: decnet.FieldBytesIn, Type: decnet.TypeInt, Doc: "Bytes the peer sent."},
			{Name: decnet.FieldBytesOut, Type: decnet.TypeInt, Doc: "Bytes the decoy sent."},
			{Name: decnet.FieldReason, Type: decnet.TypeString, Doc: "The limit that ended it; absent when peer or decoy ended it."},
		}},
		{Kind: decnet.KindRefused, Doc: "Connections were closed at once because of a limit.", Fields: []decnet.FieldSpec{
			{Name: decnet.FieldReason, Type: decnet.TypeString, Doc: "The limit that was reached."},
			{Name: FieldCount, Type: decnet.TypeInt, Doc: "How many connections the event stands for."},
		}},
		{Kind: decnet.KindError, Doc: "The decoy itself failed; the evidence may be incomplete.", Fields: []decnet.FieldSpec{
			{Name: decnet.FieldReason, Type: decnet.TypeString, Doc: "What failed, in one short sentence."},
			{Name: FieldLost, Type: decnet.TypeInt, Doc: "How many events could not be written."},
		}},
		{Kind: decnet.KindDropped, Doc: "The decky had more events than its share, and these were only counted. The source is there if it was one.", Fields: []decnet.FieldSpec{
			{Name: decnet.FieldDropped, Type: decnet.TypeInt, Doc: "How many events were dropped."},
			{Name: decnet.FieldReason, Type: decnet.TypeString, Doc: "Which bound was reached."},
			{Name: decnet.FieldDuration, Type: decnet.TypeMillis, Doc: "In which time, in milliseconds."},
		}},
	}, own...)
}

// AuthEvent declares auth_attempt for a spec, with the fields of
// Conn.LogCredential and further ones of the protocol.
func AuthEvent(doc string, further ...decnet.FieldSpec) decnet.EventSpec {
	return decnet.EventSpec{Kind: decnet.KindAuthAttempt, Doc: doc, Fields: append([]decnet.FieldSpec{
		{Name: decnet.FieldPrincipal, Type: decnet.TypeString, Doc: "The user name or whatever else names who asks."},
		{Name: decnet.FieldSecret, Type: decnet.TypeString, Doc: "The secret with what is not printable shown as '?'."},
		{Name: decnet.FieldSecretB64, Type: decnet.TypeBase64, Doc: "The exact secret in standard base64."},
		{Name: decnet.FieldSecretKind, Type: decnet.TypeString, Doc: "What the secret is, such as plaintext."},
		{Name: decnet.FieldAccepted, Type: decnet.TypeBool, Doc: "Whether the decoy let the peer in with it: true or false."},
	}, further...)}
}

// MaxSecret bounds a captured secret, in bytes. No genuine password is longer.
const MaxSecret = 2048

// Credential returns the fields of an offered credential, of which
// decnet.CredentialOf makes a credential again.
func Credential(principal string, secret []byte, kind decnet.SecretKind, accepted bool) Fields {
	f := Fields{
		decnet.FieldPrincipal:  principal,
		decnet.FieldSecretKind: string(kind),
		decnet.FieldAccepted:   strconv.FormatBool(accepted),
	}
	if len(secret) > MaxSecret {
		f[FieldCut] = "secret=" + strconv.Itoa(len(secret))
		secret = secret[:MaxSecret]
	}
	f[decnet.FieldSecret] = Printable(secret)
	f[decnet.FieldSecretB64] = base64.StdEncoding.EncodeToString(secret)
	return f
}

// With returns f with the fields of more laid over it.
func (f Fields) With(more Fields) Fields {
	out := make(Fields, len(f)+len(more))
	maps.Copy(out, f)
	maps.Copy(out, more)
	return out
}

// Printable returns b as text in which every rune that is not printable, and
// every byte that is not UTF-8, is '?'.
func Printable(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r == utf8.RuneError || !unicode.IsPrint(r) {
			return '?'
		}
		return r
	}, string(b))
}

// IsText reports whether b can be logged as it is: UTF-8 without control
// characters other than tab, line feed and carriage return.
func IsText(b []byte) bool {
	return utf8.Valid(b) && !slices.ContainsFunc([]rune(string(b)), func(r rune) bool {
		return unicode.IsControl(r) && r != '\t' && r != '\n' && r != '\r'
	})
}
