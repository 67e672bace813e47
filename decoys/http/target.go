package http

import "strings"

// splitTarget takes the request target apart into host, raw path and query. ok
// is false if it is neither a path nor an http URL.
func splitTarget(target string) (host, path, query string, ok bool) {
	if scheme, rest, found := strings.Cut(target, "://"); found && isAlpha(scheme) {
		i := strings.IndexAny(rest, "/?#")
		if i < 0 {
			i = len(rest)
		}
		host, target = rest[:i], rest[i:]
		if !strings.HasPrefix(target, "/") {
			target = "/" + target
		}
	}
	if !strings.HasPrefix(target, "/") {
		return "", "", "", false
	}
	path, query, _ = strings.Cut(target, "?")
	return host, path, query, true
}

// cleanPath decodes %XX and resolves dot segments and double slashes. It fails
// if an escape is none or a segment leads above the root.
func cleanPath(raw string) (path string, ok bool) {
	decoded := make([]byte, 0, len(raw))
	for i := 0; i < len(raw); i++ {
		c := raw[i]
		if c == '%' {
			if i+2 >= len(raw) || !isHex(raw[i+1]) || !isHex(raw[i+2]) {
				return "", false
			}
			c = unhex(raw[i+1])<<4 | unhex(raw[i+2])
			i += 2
		}
		decoded = append(decoded, c)
	}
	return resolve(string(decoded))
}

// resolve removes dot segments and repeated slashes of a path that begins with
// a slash, and fails if they lead above the root.
func resolve(path string) (string, bool) {
	var kept []string
	segments := strings.Split(path, "/")[1:]
	for i, s := range segments {
		last := i == len(segments)-1
		switch s {
		case "..":
			if len(kept) == 0 {
				return "", false
			}
			kept = kept[:len(kept)-1]
		case ".":
		case "":
			if !last {
				continue
			}
		default:
			kept = append(kept, s)
		}
		if last && (s == "" || s == "." || s == "..") {
			kept = append(kept, "")
		}
	}
	return "/" + strings.Join(kept, "/"), true
}

func isHex(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func unhex(c byte) byte {
	switch {
	case c <= '9':
		return c - '0'
	case c <= 'F':
		return c - 'A' + 10
	}
	return c - 'a' + 10
}

func isAlpha(s string) bool {
	for i := range len(s) {
		if c := s[i] | 0x20; c < 'a' || c > 'z' {
			return false
		}
	}
	return s != ""
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// isToken reports whether s is a token of RFC 9110 section 5.6.2.
func isToken(s string) bool {
	for i := range len(s) {
		c := s[i]
		if !isAlpha(string(c)) && (c < '0' || c > '9') && !strings.ContainsRune("!#$%&'*+-.^_`|~", rune(c)) {
			return false
		}
	}
	return s != ""
}

// hasControl reports control characters other than those in allowed.
func hasControl(s, allowed string) bool {
	for i := range len(s) {
		if c := s[i]; (c < ' ' || c == 0x7f) && strings.IndexByte(allowed, c) < 0 {
			return true
		}
	}
	return false
}

// hasTokenIn reports whether a comma-separated list has the token, in any case.
func hasTokenIn(list, token string) bool {
	for part := range strings.SplitSeq(list, ",") {
		if strings.EqualFold(strings.TrimSpace(part), token) {
			return true
		}
	}
	return false
}
