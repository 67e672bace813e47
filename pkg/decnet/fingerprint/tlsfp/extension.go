package tlsfp

// Extensions whose content is read (IANA, TLS ExtensionType Values).
const (
	extServerName          = 0
	extGroups              = 10
	extPointFormats        = 11
	extSignatureAlgorithms = 13
	extALPN                = 16
	extSessionTicket       = 35
	extPreSharedKey        = 41
	extSupportedVersions   = 43
)

// extensions calls each for every extension in the block that r is at, and reports
// whether all are there whole. A hello may end before the block.
func extensions(r *reader, each func(kind uint16, content *reader)) bool {
	if len(r.b) == 0 {
		return true
	}
	block := &reader{b: r.vector16()}
	for len(block.b) > 0 {
		kind := block.u16()
		content := &reader{b: block.vector16()}
		if block.short {
			return false
		}
		each(kind, content)
	}
	return !r.short
}

// rest8 returns what follows a length of one byte, and if that is too long what there
// is of it; rest16 the same with two bytes.
func (r *reader) rest8() []byte  { return r.take(min(r.u8(), len(r.b))) }
func (r *reader) rest16() []byte { return r.take(min(int(r.u16()), len(r.b))) }

// serverName returns the first name of type host_name (RFC 6066, 3), without a cut
// one.
func serverName(r *reader) string {
	list := &reader{b: r.rest16()}
	for len(list.b) > 0 {
		kind, name := list.u8(), list.vector16()
		if kind == 0 && !list.short {
			return string(name)
		}
	}
	return ""
}

// protocols returns the names in a list of RFC 7301, 3.1, without a cut one.
func protocols(r *reader) []string {
	var names []string
	list := &reader{b: r.rest16()}
	for len(list.b) > 0 {
		if name := list.vector8(); !list.short {
			names = append(names, string(name))
		}
	}
	return names
}

// IsGREASE reports whether v is one of the sixteen values by which clients keep
// servers used to unknown ones (RFC 8701, 2). They are random, so no fingerprint has them.
func IsGREASE(v uint16) bool { return v&0x0f0f == 0x0a0a && v>>8 == v&0xff }

// withoutGREASE returns a copy of values without GREASE.
func withoutGREASE(values []uint16) []uint16 {
	out := make([]uint16, 0, len(values))
	for _, v := range values {
		if !IsGREASE(v) {
			out = append(out, v)
		}
	}
	return out
}
