package decnet

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode"
)

// LabelKind is why sources have a label.
type LabelKind string

// The kinds of labels.
const (
	LabelOwn     LabelKind = "own"     // one's own: a scanner, monitoring
	LabelBenign  LabelKind = "benign"  // somebody else's that means no harm, such as a research scanner
	LabelPrivate LabelKind = "private" // an address that is not of the Internet; given by itself, never muted
)

// SourceLabel says who the sources of a prefix are. One that mutes takes them out of the
// rankings and of what is told to others; everything they do is stored and counted all the same.
type SourceLabel struct {
	Prefix netip.Prefix `json:"prefix"`
	Name   string       `json:"name"`
	Kind   LabelKind    `json:"kind"`
	Mute   bool         `json:"mute,omitempty"`
	// Expires is when the label is void; zero is never.
	Expires time.Time `json:"expires,omitzero"`
	Created time.Time `json:"created,omitzero"`
}

// MaxLabelName bounds a label's name, in bytes.
const MaxLabelName = 64

// Validate reports the first thing that is wrong with a label.
func (l *SourceLabel) Validate() error {
	switch {
	case !l.Prefix.IsValid() || l.Prefix != l.Prefix.Masked() || l.Prefix.Addr().Is4In6():
		return fmt.Errorf("prefix %v: want a network such as 192.0.2.0/24 or an address such as 192.0.2.7/32", l.Prefix)
	case strings.TrimSpace(l.Name) == "" || len(l.Name) > MaxLabelName || strings.ContainsFunc(l.Name, unicode.IsControl):
		return fmt.Errorf("label name %q: want 1 to %d bytes without control characters", l.Name, MaxLabelName)
	case l.Kind != LabelOwn && l.Kind != LabelBenign:
		return fmt.Errorf("label kind %q: want %s or %s", l.Kind, LabelOwn, LabelBenign)
	}
	return nil
}

// Key is the prefix as one token, such as c0000200-24 for 192.0.2.0/24.
func (l *SourceLabel) Key() string {
	return fmt.Sprintf("%s-%d", AttackerIDOf(l.Prefix.Addr()), l.Prefix.Bits())
}

// LabelOf picks the label of an address at a time: the one with the longest prefix that has not
// expired, and else LabelPrivate of an address that is not of the Internet; nil if there is none.
func LabelOf(labels []SourceLabel, addr netip.Addr, now time.Time) *SourceLabel {
	addr = addr.Unmap().WithZone("")
	var found *SourceLabel
	for i := range labels {
		l := &labels[i]
		if !l.Expires.IsZero() && !now.Before(l.Expires) || !l.Prefix.Contains(addr) {
			continue
		}
		if found == nil || l.Prefix.Bits() > found.Prefix.Bits() {
			found = l
		}
	}
	if found != nil || !addr.IsValid() {
		return found
	}
	if addr.IsPrivate() || addr.IsLoopback() || addr.IsLinkLocalUnicast() {
		return &SourceLabel{Prefix: netip.PrefixFrom(addr, addr.BitLen()), Name: "private address", Kind: LabelPrivate}
	}
	return nil
}
