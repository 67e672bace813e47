package api

import (
	"crypto/rand"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// The parameters are those that OWASP's password storage guidance names for
// argon2id with the least memory, since logins run beside everything else.
const (
	argonTime    = 2
	argonMemory  = 19 << 10 // KiB
	argonThreads = 1
	argonKey     = 32
	argonSalt    = 16
)

// hashing bounds how much memory logins take together.
var hashing = make(chan struct{}, 2)

func argon(password, salt []byte) []byte {
	hashing <- struct{}{}
	defer func() { <-hashing }()
	return argon2.IDKey(password, salt, argonTime, argonMemory, argonThreads, argonKey)
}

// HashPassword returns the argon2id hash of a password in PHC string format.
func HashPassword(password string) string {
	salt := make([]byte, argonSalt)
	_, _ = rand.Read(salt) // never fails, see crypto/rand
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, argonMemory, argonTime, argonThreads,
		base64.RawStdEncoding.EncodeToString(salt), base64.RawStdEncoding.EncodeToString(argon([]byte(password), salt)))
}

// nobodysHash takes as long to check as anybody's, so that the time of a refusal
// does not tell which names exist.
var nobodysHash = HashPassword(rand.Text())

// checkPassword compares in constant time. It knows the parameters of this
// version only, which are all there are as yet.
func checkPassword(hash, password string) bool {
	parts := strings.Split(hash, "$")
	if len(parts) != 6 {
		return false
	}
	salt, err := base64.RawStdEncoding.DecodeString(parts[4])
	want, err2 := base64.RawStdEncoding.DecodeString(parts[5])
	if err != nil || err2 != nil {
		return false
	}
	return subtle.ConstantTimeCompare(argon([]byte(password), salt), want) == 1
}
