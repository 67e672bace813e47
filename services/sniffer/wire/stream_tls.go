package wire

import (
	"crypto/sha256"
	"crypto/x509"
	"encoding/hex"
	"fmt"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// tlsStream reads the hellos of both sides, and the certificate if it is in clear.
type tlsStream struct {
	origin
	up, down         tlsfp.Stream
	upOver, downOver bool
	resumption       tlsfp.Resumption
}

// Add implements stream.
func (t *tlsStream) Add(fromClient bool, b []byte) bool {
	direction, over := &t.up, &t.upOver
	if !fromClient {
		direction, over = &t.down, &t.downOver
	}
	if *over {
		return true
	}
	msg, state := direction.Add(b)
	for ; state == tlsfp.Message && !*over; msg, state = direction.Add(nil) {
		if fromClient {
			t.client(msg)
			*over = true
		} else {
			*over = t.server(msg)
		}
	}
	if state == tlsfp.NotTLS {
		return false
	}
	*over = *over || state == tlsfp.Ended
	return !t.upOver || !t.downOver
}

// End implements stream.
func (t *tlsStream) End() {}

func (t *tlsStream) client(msg []byte) {
	h, err := tlsfp.ParseClientHello(msg)
	if err != nil {
		return
	}
	t.resumption = h.Resumption
	t.found("tls_client_hello", helloFields(h, tlsfp.TCP))
}

// helloFields are the fields of a client's hello.
func helloFields(h *tlsfp.ClientHello, over tlsfp.Transport) map[string]string {
	ja3, _ := h.JA3()
	return map[string]string{
		"ja3": ja3, "ja4": h.JA4(over), "sni": h.SNI, "alpn": strings.Join(h.ALPN, ","), "resumption": string(h.Resumption),
	}
}

func (t *tlsStream) server(msg []byte) (over bool) {
	switch msg[0] {
	case tlsfp.TypeServerHello:
		h, err := tlsfp.ParseServerHello(msg)
		if err != nil || h.Retry {
			return err != nil
		}
		ja3s, _ := h.JA3S()
		t.found("tls_session", map[string]string{
			"ja3s": ja3s, "version": fmt.Sprintf("%04x", h.SelectedVersion), "cipher": fmt.Sprintf("%04x", h.Cipher), "alpn": h.ALPN, "resumption": string(t.resumption),
		})
		const tls13 = 0x0304
		return h.SelectedVersion >= tls13 && h.SelectedVersion>>8 == 3
	case tlsfp.TypeCertificate:
		t.certificate(msg)
		return true
	}
	return false
}

// certificate tells of a certificate that somebody has shown, unless it is one of
// our own.
func (t *tlsStream) certificate(msg []byte) {
	der, err := tlsfp.Leaf(msg)
	if err != nil || len(der) == 0 || t.s.config.Target != nil && t.s.config.Target(t.f.Server.Addr()) {
		return
	}
	sum := sha256.Sum256(der)
	fields := map[string]string{"sha256": hex.EncodeToString(sum[:])}
	if c, err := x509.ParseCertificate(der); err == nil {
		fields["subject"], fields["issuer"], fields["not_after"] = c.Subject.String(), c.Issuer.String(), c.NotAfter.UTC().Format(time.RFC3339)
	}
	t.s.found("tls_certificate", t.f.Last, t.f.Server, t.f.Client, fields)
}
