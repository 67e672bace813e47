package store

import (
	"bytes"
	"encoding/json"
	"maps"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/decnet/decnet/pkg/decnet"
)

// Check reports why an event cannot be stored, as a decnet.Error: it has no id,
// its attacker is not the id of an address, or its time is outside the years
// 1678 to 2261. Ingest refuses a whole batch for one such event, so check each
// before it joins one.
func Check(e *decnet.Event) error {
	if e.ID == "" {
		return invalid("event has no id")
	}
	if e.Attacker != "" {
		if _, err := decnet.ParseAttackerID(string(e.Attacker)); err != nil {
			return invalid("event %q: %v", e.ID, err)
		}
	}
	// UnixNano is defined from 1677-09-21 to 2262-04-11; whole years are easier
	// to remember.
	if year := e.Time.UTC().Year(); year < 1678 || year > 2261 {
		return invalid("event %q: time %s is outside the years 1678 to 2261", e.ID, e.Time.UTC().Format(time.RFC3339))
	}
	return nil
}

// normal returns e as the store keeps it, sharing nothing that it changed.
func normal(e decnet.Event) decnet.Event {
	e.ID = clean(e.ID)
	e.Seq = 0
	e.Time = fromNanos(e.Time.UnixNano())
	e.Host, e.Decky, e.Service = clean(e.Host), clean(e.Decky), clean(e.Service)
	e.Kind, e.Session, e.Message = clean(e.Kind), clean(e.Session), clean(e.Message)
	e.Fields = cleanFields(e.Fields)
	return e
}

func fromNanos(ns int64) time.Time { return time.Unix(0, ns).UTC() }

// clean makes s storable in a text column of any database.
func clean(s string) string {
	return strings.ReplaceAll(validUTF8(s), "\x00", "\uFFFD")
}

// validUTF8 replaces each byte that is not part of valid UTF-8. Unlike
// strings.ToValidUTF8 it keeps their number.
func validUTF8(s string) string {
	if utf8.ValidString(s) {
		return s
	}
	return string([]rune(s))
}

// cleanFields returns fields with valid names and values. Of names that become
// the same the last in byte order stays. No fields are nil.
func cleanFields(fields map[string]string) map[string]string {
	if len(fields) == 0 {
		return nil
	}
	valid := true
	for name, value := range fields {
		valid = valid && utf8.ValidString(name) && utf8.ValidString(value)
	}
	if valid {
		return fields
	}
	out := make(map[string]string, len(fields))
	for _, name := range sortedKeys(fields) {
		out[validUTF8(name)] = validUTF8(fields[name])
	}
	return out
}

func sortedKeys(fields map[string]string) []string { return slices.Sorted(maps.Keys(fields)) }

// fieldsJSON is how the fields of an event are stored.
func fieldsJSON(fields map[string]string) (string, error) {
	if len(fields) == 0 {
		return "{}", nil
	}
	return toJSON(fields)
}

// toJSON encodes v. It leaves <, > and & readable, because people look at the
// database with other tools.
func toJSON(v any) (string, error) {
	var buf bytes.Buffer
	enc := json.NewEncoder(&buf)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return "", err
	}
	return strings.TrimSuffix(buf.String(), "\n"), nil
}

// fromJSON decodes a column written with toJSON; the empty object is no map.
func fromJSON[T any](s string) (v T, err error) {
	if s == "{}" {
		return v, nil
	}
	err = json.Unmarshal([]byte(s), &v)
	return v, err
}
