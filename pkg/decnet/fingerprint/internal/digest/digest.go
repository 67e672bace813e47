// Package digest shortens the text of a fingerprint to what ends its name.
package digest

import (
	"crypto/sha256"
	"encoding/hex"
)

// Short is the first six bytes of the SHA-256 of a text, as 12 hexadecimal digits.
func Short(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:6])
}
