package transport

import (
	"path"
	"slices"
	"strings"
)

// oldGroupExchange are clients whose group exchange OpenSSH does not trust (its compat.c), as patterns of
// the software in their identification.
var oldGroupExchange = strings.Fields("PuTTY_Local:* PuTTY-Release-0.5* PuTTY_Release_0.5* PuTTY_Release_0.60* PuTTY_Release_0.61* " +
	"PuTTY_Release_0.62* PuTTY_Release_0.63* PuTTY_Release_0.64* FuTTY* TTSSH/1.5.* TTSSH/2.1* TTSSH/2.2* TTSSH/2.3* TTSSH/2.4* TTSSH/2.5* " +
	"TTSSH/2.6* TTSSH/2.70* TTSSH/2.71* TTSSH/2.72* WinSCP_release_4* WinSCP_release_5.0* WinSCP_release_5.1 WinSCP_release_5.1.* " +
	"WinSCP_release_5.5 WinSCP_release_5.5.* WinSCP_release_5.6 WinSCP_release_5.6.* WinSCP_release_5.7 WinSCP_release_5.7.1 " +
	"WinSCP_release_5.7.2 WinSCP_release_5.7.3 WinSCP_release_5.7.4")

// oldCurve are those whose curve25519 has a bug.
var oldCurve = []string{"OpenSSH_6.5*", "OpenSSH_6.6*"}

// KexFor is what is offered to the client with this identification line.
func (r *Release) KexFor(client string) []string {
	software := Software(client)
	var without []string
	if matches(software, oldGroupExchange) {
		without = append(without, "diffie-hellman-group-exchange-sha256", "diffie-hellman-group-exchange-sha1")
	}
	if matches(software, oldCurve) {
		without = append(without, "curve25519-sha256@libssh.org")
	}
	if without == nil {
		return r.Kex
	}
	return slices.DeleteFunc(slices.Clone(r.Kex), func(k string) bool { return slices.Contains(without, k) })
}

// Probe reports whether OpenSSH takes a client for a scanner, with which it does not talk.
func Probe(client string) bool {
	return matches(Software(client), []string{"SSH_Version_Mapper*", "Probe-*"})
}

// Software is the third part of an identification line (RFC 4253 section 4.2).
func Software(line string) string {
	parts := strings.SplitN(line, "-", 3)
	return parts[len(parts)-1]
}

func matches(software string, patterns []string) bool {
	return slices.ContainsFunc(patterns, func(p string) bool {
		ok, _ := path.Match(p, strings.ReplaceAll(software, "/", "|"))
		return ok || strings.Contains(p, "/") && strings.HasPrefix(software, strings.TrimRight(p, "*"))
	})
}
