package sshfp

import (
	"crypto/md5" //nolint:gosec // HASSH is defined with it
	"encoding/binary"
	"encoding/hex"
	"errors"
	"strings"
)

// MaxPayload bounds the payload of a KEXINIT in bytes: the length of a packet that everybody has to
// take (RFC 4253 section 6.1).
const MaxPayload = 35000

// msgKexInit is SSH_MSG_KEXINIT.
const msgKexInit = 20

// ErrKexInit is returned for a payload that is not a whole KEXINIT.
var ErrKexInit = errors.New("not a KEXINIT")

// A KexInit is what an end offers (RFC 4253 section 7.1). Its lists are names with commas between
// them, as they came.
type KexInit struct {
	Cookie [16]byte
	Kex    string // key exchange methods
	// HostKeys are the kinds of host keys.
	HostKeys                             string
	CiphersToServer, CiphersToClient     string
	MACsToServer, MACsToClient           string
	CompressToServer, CompressToClient   string
	LanguagesToServer, LanguagesToClient string
	// FirstKexFollows says that a guess of the key exchange comes next.
	FirstKexFollows bool
}

// ParseKexInit reads a payload, from the type of the message on. What is wrong with it is
// ErrKexInit.
func ParseKexInit(payload []byte) (*KexInit, error) {
	const head = 1 + 16
	if len(payload) < head || len(payload) > MaxPayload || payload[0] != msgKexInit {
		return nil, ErrKexInit
	}
	k := &KexInit{Cookie: [16]byte(payload[1:head])}
	rest := payload[head:]
	for _, list := range []*string{
		&k.Kex, &k.HostKeys, &k.CiphersToServer, &k.CiphersToClient, &k.MACsToServer, &k.MACsToClient,
		&k.CompressToServer, &k.CompressToClient, &k.LanguagesToServer, &k.LanguagesToClient,
	} {
		if len(rest) < 4 {
			return nil, ErrKexInit
		}
		n := binary.BigEndian.Uint32(rest)
		rest = rest[4:]
		if uint64(n) > uint64(len(rest)) {
			return nil, ErrKexInit
		}
		*list, rest = string(rest[:n]), rest[n:]
	}
	if len(rest) != 1+4 { // the flag, and what is reserved
		return nil, ErrKexInit
	}
	k.FirstKexFollows = rest[0] != 0
	return k, nil
}

// HASSH is the fingerprint of a client, and the text it is the MD5 of.
func (k *KexInit) HASSH() (hash, text string) {
	return hassh(k.Kex, k.CiphersToServer, k.MACsToServer, k.CompressToServer)
}

// HASSHServer is the fingerprint of a server, and the text it is the MD5 of.
func (k *KexInit) HASSHServer() (hash, text string) {
	return hassh(k.Kex, k.CiphersToClient, k.MACsToClient, k.CompressToClient)
}

func hassh(lists ...string) (hash, text string) {
	text = strings.Join(lists, ";")
	sum := md5.Sum([]byte(text)) //nolint:gosec // see the import
	return hex.EncodeToString(sum[:]), text
}
