package store

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"fmt"
)

// cursor is where a page ended: the sort key of its last row and, where keys
// repeat, the id that breaks ties.
type cursor struct {
	key int64
	id  string
}

const cursorSum = 8 // bytes of the checksum

// encode makes the opaque text of c. list names the list with all its filters: a
// cursor of one list means nothing in another and is refused there. The checksum
// is against mistakes, not malice; whoever forges a cursor learns nothing that
// the list would not tell anyway.
func (c cursor) encode(list string) string {
	raw := binary.BigEndian.AppendUint64(nil, uint64(c.key)) //nolint:gosec // the same 64 bits
	raw = append(raw, c.id...)
	return base64.RawURLEncoding.EncodeToString(append(raw, checksum(list, raw)...))
}

// decodeCursor reads the cursor s of list; ok is false for none.
func decodeCursor(list, s string) (c cursor, ok bool, err error) {
	if s == "" {
		return cursor{}, false, nil
	}
	raw, err := base64.RawURLEncoding.DecodeString(s)
	// Base64 decoders overlook line breaks and stray bits; one position has one
	// text here.
	if err != nil || len(raw) < 8+cursorSum || base64.RawURLEncoding.EncodeToString(raw) != s {
		return cursor{}, false, errCursor()
	}
	body, sum := raw[:len(raw)-cursorSum], raw[len(raw)-cursorSum:]
	if string(sum) != string(checksum(list, body)) {
		return cursor{}, false, errCursor()
	}
	key := int64(binary.BigEndian.Uint64(body)) //nolint:gosec // the same 64 bits
	return cursor{key: key, id: string(body[8:])}, true, nil
}

func errCursor() error {
	return invalid("cursor is not one of this list; start again without a cursor")
}

func checksum(list string, body []byte) []byte {
	h := sha256.New()
	// The length keeps list and body apart.
	_, _ = fmt.Fprintf(h, "%d %s", len(list), list)
	_, _ = h.Write(body)
	return h.Sum(nil)[:cursorSum]
}

// paginate cuts a page off rows, of which one more than limit was asked for, and
// returns the cursor of the next page, or "" if there is none.
func paginate[T any](rows []T, limit int, list string, at func(*T) cursor) (page []T, next string) {
	if len(rows) <= limit {
		return rows, ""
	}
	return rows[:limit], at(&rows[limit-1]).encode(list)
}
