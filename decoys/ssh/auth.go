package ssh

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	xssh "golang.org/x/crypto/ssh"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/ssh/sshwire"
	"github.com/decnet/decnet/decoys/ssh/transport"
)

// Messages of RFC 4252 and of the service request before it.
const (
	msgDebug           = 4
	msgServiceRequest  = 5
	msgServiceAccept   = 6
	msgUserauthRequest = 50
	msgUserauthFailure = 51
	msgUserauthSuccess = 52
	msgUserauthPKOK    = 60
)

const (
	// maxAuthTries is OpenSSH's MaxAuthTries.
	maxAuthTries = 6
	// maxAttempts is how many requests of all kinds it takes.
	maxAttempts = 1024
)

// errMalformed ends a connection whose client sent a packet that OpenSSH cannot read; it
// then says nothing.
var errMalformed = errors.New("a packet that cannot be read")

// An authenticator decides who is let in.
type authenticator interface {
	password(user string, secret []byte) bool
	// publicKey is asked of a key that was only named (proven is false) or that
	// has signed.
	publicKey(user string, key *offeredKey, proven bool) bool
	// admit lets somebody in, in the time that this takes.
	admit() bool
	// delay is how long OpenSSH makes any failed attempt of a user name take at least.
	delay(user string) time.Duration
}

// An offeredKey is a public key of a client.
type offeredKey struct {
	algorithm, kind string
	blob            []byte
}

// fingerprint is the key's as ssh-keygen -l shows it.
func (k *offeredKey) fingerprint() string {
	sum := sha256.Sum256(k.blob)
	return "SHA256:" + base64.RawStdEncoding.EncodeToString(sum[:])
}

// authentication is the dialogue of RFC 4252, as OpenSSH leads it.
type authentication struct {
	ctx     context.Context //nolint:containedctx // of the connection
	t       *transport.Conn
	release *transport.Release
	decide  authenticator

	user, service      string
	attempts, failures int
	ready              bool // the service was asked for
}

// run returns once somebody has logged in, as whom is in user.
func (a *authentication) run() error {
	for {
		payload, seq, err := a.t.Read()
		if err != nil {
			return err
		}
		switch {
		case payload[0] == msgServiceRequest:
			err = a.serviceRequest(payload[1:])
		case payload[0] == msgUserauthRequest && a.ready:
			var done bool
			if done, err = a.request(payload[1:]); done && a.decide.admit() {
				return a.t.Send([]byte{msgUserauthSuccess})
			}
		default:
			err = a.t.Unimplemented(seq)
		}
		if err != nil {
			return err
		}
	}
}

func (a *authentication) disconnect(format string, args ...any) error {
	text := fmt.Sprintf(format, args...)
	a.t.Disconnect(transport.ReasonProtocolError, text)
	return fmt.Errorf("disconnected: %s", text)
}

func (a *authentication) serviceRequest(payload []byte) error {
	r := sshwire.NewReader(payload)
	service := r.Text()
	if !r.Done() {
		return errMalformed
	}
	if service != "ssh-userauth" {
		return a.disconnect("bad service request %s", service)
	}
	a.ready = true
	return a.t.Write(sshwire.AppendString([]byte{msgServiceAccept}, service))
}

// request is one attempt. done is whether it was the last one needed.
func (a *authentication) request(payload []byte) (done bool, err error) {
	begin := time.Now()
	r := sshwire.NewReader(payload)
	user, service, method := r.Text(), r.Text(), r.Text()
	if !r.OK() {
		return false, errMalformed
	}
	user, _, _ = strings.Cut(user, ":") // the rest would be a style of authentication
	if a.attempts++; a.attempts > maxAttempts {
		return false, a.tooMany()
	}
	if a.attempts == 1 {
		a.user, a.service = user, service
	} else if user != a.user || service != a.service {
		return false, a.disconnect("Change of username or service not allowed: (%s,%s) -> (%s,%s)", a.user, a.service, user, service)
	}
	ok, postponed := false, false
	if method == "none" || method == hostBound && a.release.HostBound() || slices.Contains(a.release.Methods, method) {
		if ok, postponed, err = a.try(method, r); err != nil {
			return false, err
		}
	}
	if !ok && method != "none" {
		decoy.Sleep(a.ctx, untilEven(a.decide.delay(user), time.Since(begin)))
	}
	switch {
	case ok && a.service == "": // OpenSSH's other process has no such service
		return false, errMalformed
	case ok:
		return true, nil
	case postponed:
		return false, nil
	}
	if a.attempts > 1 || method != "none" {
		a.failures++
	}
	if a.failures >= maxAuthTries {
		return false, a.tooMany()
	}
	b := sshwire.AppendString([]byte{msgUserauthFailure}, strings.Join(a.release.Methods, ","))
	return false, a.t.Write(sshwire.AppendBool(b, false))
}

func (a *authentication) tooMany() error { return a.disconnect("Too many authentication failures") }

// try is an attempt with one method. postponed is whether it has been answered and is no
// failure yet.
func (a *authentication) try(method string, r *sshwire.Reader) (ok, postponed bool, err error) {
	switch method {
	case "password":
		change := r.Bool()
		secret := []byte(r.Text())
		if change {
			r.Text()
		}
		if !r.Done() {
			return false, false, errMalformed
		}
		return !change && a.decide.password(a.user, secret), false, nil
	case "publickey", hostBound:
		return a.publicKey(method, r)
	case "none":
		if !r.Done() {
			return false, false, errMalformed
		}
	}
	return false, false, nil
}

// hostBound is publickey with the host key in what is signed.
const hostBound = "publickey-hostbound-v00@openssh.com"

func (a *authentication) publicKey(method string, r *sshwire.Reader) (ok, postponed bool, err error) {
	proven := r.Bool()
	key := &offeredKey{algorithm: r.Text()}
	key.blob = slices.Clone(r.Bytes())
	if !r.OK() {
		return false, false, errMalformed
	}
	// What is signed is the request up to here (RFC 4252 section 7).
	signed := sshwire.AppendString(nil, a.t.SessionID)
	signed = append(signed, msgUserauthRequest)
	for _, part := range []string{a.user, a.service, method} {
		signed = sshwire.AppendString(signed, part)
	}
	signed = sshwire.AppendString(sshwire.AppendString(append(signed, 1), key.algorithm), key.blob)
	bound := true
	if method == hostBound {
		host := r.Bytes()
		signed = sshwire.AppendString(signed, host)
		bound = bytes.Equal(host, a.t.HostKey)
	}
	var sig []byte
	if proven {
		sig = slices.Clone(r.Bytes())
	}
	if !r.Done() {
		return false, false, errMalformed
	}
	public, err := xssh.ParsePublicKey(key.blob)
	if err != nil || !bound || !a.accepts(key.algorithm, public.Type()) {
		return false, false, nil //nolint:nilerr // it is an attempt that fails
	}
	key.kind = public.Type()
	if proven && !verify(public, key.algorithm, signed, sig) {
		a.decide.publicKey(a.user, key, false)
		return false, false, nil
	}
	if !a.decide.publicKey(a.user, key, proven) {
		return false, false, nil
	}
	if proven {
		return true, false, nil
	}
	b := sshwire.AppendString(sshwire.AppendString([]byte{msgUserauthPKOK}, key.algorithm), key.blob)
	return false, true, a.t.Write(b)
}

// accepts reports whether a signature algorithm is one that users may have, and fits a
// type of key.
func (a *authentication) accepts(algorithm, kind string) bool {
	if kind == "ssh-rsa" {
		return strings.HasPrefix(algorithm, "rsa-sha2-") || algorithm == kind && !a.release.RefusesSHA1()
	}
	return algorithm == kind
}

func verify(public xssh.PublicKey, algorithm string, signed, sig []byte) bool {
	r := sshwire.NewReader(sig)
	s := &xssh.Signature{Format: r.Text(), Blob: r.Bytes(), Rest: r.Rest()}
	return r.OK() && s.Format == algorithm && public.Verify(signed, s) == nil
}

// failDelay is OpenSSH's least time of a failed attempt: 5 ms, and up to 4.3 ms more that
// depend on the user name and a secret of the host.
func failDelay(secret []byte, user string) time.Duration {
	sum := sha256.Sum256(append(slices.Clone(secret), user...))
	return 5*time.Millisecond + time.Duration(binary.BigEndian.Uint32(sum[:]))/1000
}

// untilEven is how long OpenSSH still waits after a failed attempt that took elapsed: until it has
// taken d, or twice that, and so on. What PAM made of it, is hidden by that.
func untilEven(d, elapsed time.Duration) time.Duration {
	if d <= 0 {
		return 0
	}
	for d < elapsed {
		d *= 2
	}
	return d - elapsed
}
