package worker

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
)

// knownBad are secrets that somebody will try: the placeholders of examples, and
// what people type when eight or twelve characters are wanted.
var knownBad = []string{
	"admin", "administrator", "adminadmin", "adminadminadmin", "changeme", "changeme123", "changeme1234", "change-me",
	"decnet", "decnetdecnet", "default", "fallback-secret-key-change-me", "letmein", "password", "password123", "password1234",
	"passwordpassword", "qwertyuiop12", "root", "secret", "secretsecret", "test", "12345678", "123456789012",
}

// CheckSecret refuses a value of the setting key that everybody tries; case does
// not matter. The error does not repeat it and says how to make a good one.
func CheckSecret(key, value string) error {
	if slices.Contains(knownBad, strings.ToLower(strings.TrimSpace(value))) {
		return fmt.Errorf(`%s is one that everybody tries: make a good one with "head -c 18 /dev/urandom | base64"`, key)
	}
	return nil
}

// isSet stands for the value of a secret wherever settings are shown.
const isSet = "(set)"

// confidential reports whether the value has a part that must not be shown.
func (s *Setting) confidential() bool {
	text, ok := s.Value.(string)
	return ok && text != "" && (s.Secret || s.withoutCredentials(text) != text)
}

// withoutCredentials is a text value of the setting as it may be shown. Names of
// settings that are URLs end in "url" or "endpoint".
func (s *Setting) withoutCredentials(text string) string {
	return redact(text, strings.HasSuffix(s.Key, "url") || strings.HasSuffix(s.Key, "endpoint"))
}

// secretsIn are the parts of a text value that nobody may guess: the whole of a
// secret, passwords of URLs, and tokens, which NATS has in the place of a user.
func (s *Setting) secretsIn(text string) []string {
	if s.Secret {
		return []string{text}
	}
	var out []string
	for one := range strings.SplitSeq(text, ",") {
		u, err := url.Parse(one)
		if err != nil || u.User == nil {
			continue
		}
		if password, ok := u.User.Password(); ok {
			out = append(out, password)
		} else if u.Scheme == "nats" || u.Scheme == "tls" {
			out = append(out, u.User.Username())
		}
	}
	return out
}

// redact cuts user, password and token out of URLs separated by commas. areURLs
// says that they are meant to be URLs, even without a scheme: that is a slip
// which would show the token.
func redact(text string, areURLs bool) string {
	urls := strings.Split(text, ",")
	for i, u := range urls {
		at, scheme := strings.LastIndex(u, "@"), strings.Index(u, "://")
		switch {
		case scheme >= 0 && at > scheme:
			urls[i] = u[:scheme+len("://")] + u[at+1:]
		case areURLs && at >= 0:
			urls[i] = u[at+1:]
		}
	}
	return strings.Join(urls, ",")
}
