package decnet

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
)

// FieldType is what the values of an event's field look like. On the line, in
// JSON and in the store they are text all the same.
type FieldType string

// The types of fields.
const (
	TypeString  FieldType = "string"  // any text
	TypeInt     FieldType = "int"     // a whole number of 64 bits, in decimal
	TypeMillis  FieldType = "ms"      // a duration of whole milliseconds, not negative
	TypeBool    FieldType = "bool"    // true or false
	TypeBase64  FieldType = "base64"  // bytes in standard base64, padded (RFC 4648 section 4)
	TypeHex     FieldType = "hex"     // whole bytes in lower-case hex
	TypeSHA256  FieldType = "sha256"  // the 64 hex digits of a SHA-256
	TypeAddress FieldType = "address" // an IP address
	TypeHeaders FieldType = "headers" // a JSON array of [name, value]
)

// FieldTypes lists every type.
func FieldTypes() []FieldType {
	return []FieldType{TypeString, TypeInt, TypeMillis, TypeBool, TypeBase64, TypeHex, TypeSHA256, TypeAddress, TypeHeaders}
}

// Check reports why value is not of the type.
func (t FieldType) Check(value string) error {
	ok := false
	switch t {
	case TypeString:
		ok = true
	case TypeInt:
		_, err := strconv.ParseInt(value, 10, 64)
		ok = err == nil
	case TypeMillis:
		n, err := strconv.ParseInt(value, 10, 64)
		ok = err == nil && n >= 0
	case TypeBool:
		ok = value == "true" || value == "false"
	case TypeBase64:
		// The decoder overlooks line breaks.
		_, err := base64.StdEncoding.DecodeString(value)
		ok = err == nil && !strings.ContainsAny(value, "\r\n")
	case TypeHex:
		ok = isHex(value)
	case TypeSHA256:
		ok = len(value) == 64 && isHex(value)
	case TypeAddress:
		_, err := netip.ParseAddr(value)
		ok = err == nil
	case TypeHeaders:
		_, err := ParseHeaders(value)
		ok = err == nil
	default:
		return fmt.Errorf("has unknown type %q", t)
	}
	if !ok {
		return fmt.Errorf("%.64q is no value of type %s", value, t)
	}
	return nil
}

func isHex(s string) bool {
	return s != "" && len(s)%2 == 0 && !strings.ContainsFunc(s, func(r rune) bool {
		return (r < '0' || r > '9') && (r < 'a' || r > 'f')
	})
}

// ParseHeaders reads a value of TypeHeaders: names and values in their order.
func ParseHeaders(value string) ([][2]string, error) {
	var pairs [][]string
	if err := json.Unmarshal([]byte(value), &pairs); err != nil {
		return nil, fmt.Errorf("headers: %w", err)
	}
	out := make([][2]string, len(pairs))
	for i, p := range pairs {
		if len(p) != 2 {
			return nil, fmt.Errorf("headers: number %d has %d parts, want a name and a value", i+1, len(p))
		}
		out[i] = [2]string(p)
	}
	return out, nil
}

// CutFields returns the names in a value of FieldCut, such as "body" and "path"
// of "body=70000 path=9000". A value that was shortened need not be of its type.
func CutFields(cut string) []string {
	names := strings.Fields(cut)
	for i, n := range names {
		names[i], _, _ = strings.Cut(n, "=")
	}
	return names
}

// Check reports why value, of an event whose FieldCut is cut, cannot be that of
// the field.
func (f *FieldSpec) Check(value, cut string) error {
	err := f.Type.Check(value)
	if err == nil || cut != "" && slices.Contains(CutFields(cut), f.Name) {
		return nil
	}
	return fmt.Errorf("field %s: %w", f.Name, err)
}
