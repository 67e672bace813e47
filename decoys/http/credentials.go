package http

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
)

// An attempt is a credential found in a request.
type attempt struct {
	principal string
	secret    []byte
	kind      decnet.SecretKind
	via       string
}

// maxAttempts bounds the credentials of one request.
const maxAttempts = 8

// Names of form fields that hold a principal or a secret, in the order of
// preference, compared without case and without everything but letters.
var (
	principalNames = []string{"username", "user", "login", "email", "mail", "uname", "userid", "loginid", "account", "log", "usr", "name", "id"}
	secretNames    = []string{"password", "passwd", "pass", "pwd", "passwort", "pw", "psw", "secret", "passphrase", "pin", "token"}
)

// credentials finds what a request offers to be let in with.
func credentials(r *request) []attempt {
	var found []attempt
	for _, f := range r.fields {
		if strings.EqualFold(f.name, "Authorization") || strings.EqualFold(f.name, "Proxy-Authorization") {
			if a, ok := fromAuthorization(r.method, f.value); ok {
				found = append(found, a)
			}
		}
	}
	if a, ok := fromPairs(parseForm(r.query), "query"); ok {
		found = append(found, a)
	}
	if mime := strings.ToLower(r.get("Content-Type")); strings.HasPrefix(mime, "application/json") {
		if a, ok := fromPairs(parseJSON(r.body), "json"); ok {
			found = append(found, a)
		}
	} else if a, ok := fromPairs(parseForm(string(r.body)), "form"); ok {
		found = append(found, a)
	}
	return found[:min(len(found), maxAttempts)]
}

// fromAuthorization reads RFC 7617 (Basic), RFC 6750 (Bearer) and RFC 7616
// (Digest). A digest keeps everything that is needed to check a guess.
func fromAuthorization(method, value string) (attempt, bool) {
	scheme, rest, _ := strings.Cut(strings.TrimSpace(value), " ")
	rest = strings.TrimSpace(rest)
	switch strings.ToLower(scheme) {
	case "basic":
		raw, err := base64.StdEncoding.DecodeString(rest)
		if err != nil {
			raw, err = base64.RawStdEncoding.DecodeString(rest)
		}
		if err != nil {
			return attempt{}, false
		}
		user, password, _ := strings.Cut(string(raw), ":")
		return attempt{user, []byte(password), decnet.SecretPlaintext, "basic"}, true
	case "bearer":
		return attempt{"", []byte(rest), decnet.SecretBearer, "bearer"}, rest != ""
	case "digest":
		secret := fmt.Sprintf("method=%q, %s", method, rest)
		return attempt{digestParam(rest, "username"), []byte(secret), decnet.SecretDigestMD5, "digest"}, rest != ""
	}
	return attempt{}, false
}

// digestParam returns a parameter of a Digest header; quoted values may hold
// commas.
func digestParam(s, name string) string {
	for s != "" {
		key, rest, ok := strings.Cut(s, "=")
		if !ok {
			return ""
		}
		var value string
		if rest = strings.TrimLeft(rest, " "); strings.HasPrefix(rest, `"`) {
			value, s, _ = strings.Cut(rest[1:], `"`)
			_, s, _ = strings.Cut(s, ",")
		} else {
			value, s, _ = strings.Cut(rest, ",")
		}
		if strings.EqualFold(strings.TrimSpace(key), name) {
			return strings.TrimSpace(value)
		}
	}
	return ""
}

type pair struct{ name, value string }

// parseForm reads at most 200 pairs of application/x-www-form-urlencoded. What
// is not well-formed is taken as it is: it came from an attacker's own tool.
func parseForm(s string) []pair {
	var pairs []pair
	for part := range strings.SplitSeq(s, "&") {
		name, value, ok := strings.Cut(part, "=")
		if !ok || len(pairs) == 200 {
			continue
		}
		if u, err := url.QueryUnescape(name); err == nil {
			name = u
		}
		if u, err := url.QueryUnescape(value); err == nil {
			value = u
		}
		pairs = append(pairs, pair{name, value})
	}
	return pairs
}

// parseJSON reads the strings of an object.
func parseJSON(body []byte) []pair {
	var object map[string]any
	if json.Unmarshal(body, &object) != nil {
		return nil
	}
	var pairs []pair
	for name, value := range object {
		if s, ok := value.(string); ok {
			pairs = append(pairs, pair{name, s})
		}
	}
	return pairs
}

// fromPairs finds a secret and the principal that goes with it.
func fromPairs(pairs []pair, via string) (attempt, bool) {
	secret, ok := lookup(pairs, secretNames)
	if !ok {
		return attempt{}, false
	}
	principal, _ := lookup(pairs, principalNames)
	return attempt{principal, []byte(secret), decnet.SecretPlaintext, via}, true
}

func lookup(pairs []pair, names []string) (string, bool) {
	for _, name := range names {
		for _, p := range pairs {
			if letters(p.name) == name {
				return p.value, true
			}
		}
	}
	return "", false
}

func letters(s string) string {
	return strings.Map(func(r rune) rune {
		if r < 'a' || r > 'z' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}
