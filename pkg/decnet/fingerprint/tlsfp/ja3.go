package tlsfp

import (
	"crypto/md5" //nolint:gosec // JA3 is defined by MD5; nothing is protected by it
	"encoding/hex"
	"strconv"
	"strings"
)

// JA3 returns the JA3 of the client: text has the version, ciphers, extensions, groups
// and point formats in decimal and in the order of the message, without GREASE; hash is
// the MD5 of text in 32 hex digits.
func (h *ClientHello) JA3() (hash, text string) {
	formats := make([]uint16, len(h.PointFormats))
	for i, f := range h.PointFormats {
		formats[i] = uint16(f)
	}
	return ja3(strconv.Itoa(int(h.Version)), decimal(h.Ciphers), decimal(h.Extensions), decimal(h.Groups), decimal(formats))
}

// JA3S returns the JA3S of the server's answer: text has the version, the cipher and
// the extensions. It depends on what the client offered.
func (h *ServerHello) JA3S() (hash, text string) {
	return ja3(strconv.Itoa(int(h.Version)), strconv.Itoa(int(h.Cipher)), decimal(h.Extensions))
}

func ja3(fields ...string) (hash, text string) {
	text = strings.Join(fields, ",")
	sum := md5.Sum([]byte(text)) //nolint:gosec // as above
	return hex.EncodeToString(sum[:]), text
}

// decimal joins values without GREASE. A point format has one byte and is never that.
func decimal(values []uint16) string {
	var b []byte
	for _, v := range values {
		if IsGREASE(v) {
			continue
		}
		if len(b) > 0 {
			b = append(b, '-')
		}
		b = strconv.AppendUint(b, uint64(v), 10)
	}
	return string(b)
}
