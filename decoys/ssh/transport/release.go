package transport

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
)

// A Release is what one build of OpenSSH's server offers and how it talks.
type Release struct {
	// Kex to Compressions are the lists of its KEXINIT (RFC 4253 section 7.1), as
	// its distribution's configuration leaves them.
	Kex, HostKeys, Ciphers, MACs, Compressions []string
	// SignatureAlgorithms is what it says of public keys that users may have
	// (RFC 8308 section 3.1).
	SignatureAlgorithms string
	// Extensions are those that it names after these, with their values.
	Extensions []Extension
	// Methods are the ways to authenticate that it names to who failed.
	Methods []string
	// RandomDelay is whether it takes failed attempts to a time of the user's name
	// (OpenSSH 7.8 and later).
	RandomDelay bool
	// version is 100 times the major number plus the minor one.
	version int
}

// RefusesSHA1 reports whether RSA signatures with SHA-1 are refused (OpenSSH 8.8 and
// later, and Red Hat's policy).
func (r *Release) RefusesSHA1() bool { return r.version >= 807 }

// RSABits is the size of the RSA host key that ssh-keygen makes by default.
func (r *Release) RSABits() int {
	if r.version < 800 {
		return 2048
	}
	return 3072
}

// takesExtInfo reports whether it reads a client's EXT_INFO (OpenSSH 9.6 and later).
func (r *Release) takesExtInfo() bool { return slices.Contains(r.Kex, extInfoServer) }

// HostBound reports whether it knows public key authentication that names the host key
// (OpenSSH's PROTOCOL section 1.10).
func (r *Release) HostBound() bool { return slices.Contains(r.Extensions, hostbound) }

// FailDelay is how long a wrong password takes: PAM's two seconds, where it is used.
func (r *Release) FailDelay() time.Duration {
	if slices.Contains(r.Methods, "keyboard-interactive") { // as OpenSSH comes
		return 0
	}
	return 2 * time.Second
}

// SaysWhyDropped reports whether a connection beyond MaxStartups is told so (OpenSSH
// 8.5 and later).
func (r *Release) SaysWhyDropped() bool { return r.version >= 805 }

// An Extension is one of RFC 8308.
type Extension struct{ Name, Value string }

// Strict reports whether it knows the stricter key exchange that came after the
// Terrapin attack (CVE-2023-48795).
func (r *Release) Strict() bool { return slices.Contains(r.Kex, kexStrictServer) }

const (
	kexStrictServer = "kex-strict-s-v00@openssh.com"
	kexStrictClient = "kex-strict-c-v00@openssh.com"
	extInfoServer   = "ext-info-s"
	extInfoClient   = "ext-info-c"
	sntrup          = "sntrup761x25519-sha512@openssh.com"
	sntrupAlias     = "sntrup761x25519-sha512" // its name since it is registered
)

func list(s string) []string { return strings.Split(s, ",") }

var (
	// What most releases have in common.
	curves  = list("curve25519-sha256,curve25519-sha256@libssh.org,ecdh-sha2-nistp256,ecdh-sha2-nistp384,ecdh-sha2-nistp521")
	groups  = list("diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,diffie-hellman-group14-sha256")
	keys    = list("rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256,ssh-ed25519")
	modern  = list("chacha20-poly1305@openssh.com,aes128-ctr,aes192-ctr,aes256-ctr,aes128-gcm@openssh.com,aes256-gcm@openssh.com")
	allMACs = list("umac-64-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-256-etm@openssh.com,hmac-sha2-512-etm@openssh.com," +
		"hmac-sha1-etm@openssh.com,umac-64@openssh.com,umac-128@openssh.com,hmac-sha2-256,hmac-sha2-512,hmac-sha1")
	squeezed = list("none,zlib@openssh.com")
	// Red Hat's crypto policy DEFAULT.
	policyGroups  = list("diffie-hellman-group-exchange-sha256,diffie-hellman-group14-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512")
	policyCiphers = list("aes256-gcm@openssh.com,chacha20-poly1305@openssh.com,aes256-ctr,aes128-gcm@openssh.com,aes128-ctr")
	policyMACs    = list("hmac-sha2-256-etm@openssh.com,hmac-sha1-etm@openssh.com,umac-128-etm@openssh.com,hmac-sha2-512-etm@openssh.com," +
		"hmac-sha2-256,hmac-sha1,umac-128@openssh.com,hmac-sha2-512")

	passwordOnly = []string{"publickey", "password"}                                    // Debian, Ubuntu, Kali, Arch: PAM without keyboard-interactive
	kerberos     = []string{"publickey", "gssapi-keyex", "gssapi-with-mic", "password"} // Red Hat and its likes
	upstream     = []string{"publickey", "password", "keyboard-interactive"}            // as OpenSSH comes
)

// Signature algorithms of users' keys.
const (
	sigs82 = "ssh-ed25519,sk-ssh-ed25519@openssh.com,ssh-rsa,rsa-sha2-256,rsa-sha2-512,ssh-dss,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384," +
		"ecdsa-sha2-nistp521,sk-ecdsa-sha2-nistp256@openssh.com"
	sigs89 = "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521," +
		"sk-ecdsa-sha2-nistp256@openssh.com,webauthn-sk-ecdsa-sha2-nistp256@openssh.com,ssh-dss,ssh-rsa,rsa-sha2-256,rsa-sha2-512"
	sigsPolicy = "ssh-ed25519,sk-ssh-ed25519@openssh.com,ecdsa-sha2-nistp256,ecdsa-sha2-nistp384,ecdsa-sha2-nistp521," +
		"sk-ecdsa-sha2-nistp256@openssh.com,rsa-sha2-256,rsa-sha2-512"
)

var (
	hostbound = Extension{"publickey-hostbound@openssh.com", "0"} // 8.9
	ping      = Extension{"ping@openssh.com", "0"}                // 9.5
)

var versionPattern = regexp.MustCompile(`^OpenSSH_(\d+)\.(\d+)(?:p\d+)? ?(.*)$`)

// ReleaseOf returns the release behind the software version of a banner, such as
// "OpenSSH_9.2p1 Debian-2+deb12u3". The lists are facts of the releases: that of Debian 12 is
// compared with the genuine daemon by a test.
func ReleaseOf(software string) (Release, error) {
	m := versionPattern.FindStringSubmatch(software)
	if m == nil {
		return Release{}, fmt.Errorf("%q is not a version of OpenSSH", software)
	}
	major, _ := strconv.Atoi(m[1])
	minor, _ := strconv.Atoi(m[2])
	vendor := m[3]
	version := 100*major + minor
	r := Release{
		Kex: slices.Concat(curves, groups), HostKeys: keys, Ciphers: modern, MACs: allMACs, Compressions: squeezed,
		SignatureAlgorithms: sigs89, Methods: passwordOnly, RandomDelay: version >= 708, version: version,
	}
	switch {
	case version >= 900:
		r.Kex = slices.Concat([]string{sntrup}, curves, groups)
	case version == 809:
		r.Kex = slices.Concat(curves, []string{sntrup}, groups)
	}
	if version >= 809 {
		r.Extensions = append(r.Extensions, hostbound)
	}
	if version >= 905 {
		r.Extensions = append(r.Extensions, ping)
	}
	if version >= 906 {
		r.Kex = append(r.Kex, extInfoServer)
	}
	strict := version >= 906
	switch {
	case strings.HasPrefix(vendor, "Debian-2+deb12u"), strings.HasPrefix(vendor, "Ubuntu-3ubuntu0."), strings.HasPrefix(vendor, "Ubuntu-4ubuntu0."):
		// The fix of Terrapin as a security update.
		since := map[string]int{"Debian-2+deb12u": 2, "Ubuntu-3ubuntu0.": 6, "Ubuntu-4ubuntu0.": 10}
		at := strings.LastIndexAny(vendor, "u.") + 1
		n, _ := strconv.Atoi(vendor[at:])
		strict = n >= since[vendor[:at]]
		if version == 902 && n >= 4 {
			r.Kex = slices.Concat([]string{sntrupAlias}, r.Kex)
		}
	case version == 907 || version == 906 && vendor != "": // Kali
	case version == 807 || version == 903 && vendor == "": // Rocky 9.4, Fedora 39
		r.Kex = slices.Concat(curves, policyGroups)
		r.Ciphers, r.MACs, r.Methods, r.SignatureAlgorithms = policyCiphers, policyMACs, kerberos, sigsPolicy
		strict = true
	case version == 704: // CentOS 7
		r.Kex = slices.Concat(curves, list("diffie-hellman-group-exchange-sha256,diffie-hellman-group16-sha512,diffie-hellman-group18-sha512,"+
			"diffie-hellman-group-exchange-sha1,diffie-hellman-group14-sha256,diffie-hellman-group14-sha1,diffie-hellman-group1-sha1"))
		r.HostKeys = list("ssh-rsa,rsa-sha2-512,rsa-sha2-256,ecdsa-sha2-nistp256,ssh-ed25519")
		r.Ciphers = slices.Concat(modern, list("aes128-cbc,aes192-cbc,aes256-cbc,blowfish-cbc,cast128-cbc,3des-cbc"))
		r.Methods, r.SignatureAlgorithms = kerberos, "rsa-sha2-256,rsa-sha2-512"
	case version == 906 && vendor == "": // Alpine, without PAM
		r.Methods = upstream
	}
	if version == 802 {
		r.HostKeys = list("rsa-sha2-512,rsa-sha2-256,ssh-rsa,ecdsa-sha2-nistp256,ssh-ed25519")
		r.SignatureAlgorithms = sigs82
	}
	if strict {
		r.Kex = append(slices.Clip(r.Kex), kexStrictServer)
	}
	return r, nil
}
