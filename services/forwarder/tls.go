package forwarder

import (
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"os"
	"syscall"
)

// tls makes the client's side of RFC 5425. It reads the files anew each time, so
// that renewed certificates are used by the next connection.
func (c Config) tls(host string) (*tls.Config, error) {
	out := &tls.Config{MinVersion: tls.VersionTLS12, ServerName: host}
	if c.ServerName != "" {
		out.ServerName = c.ServerName
	}
	if c.CA != "" {
		pem, err := os.ReadFile(c.CA)
		if err != nil {
			return nil, unreadable("ca", c.CA, err)
		}
		out.RootCAs = x509.NewCertPool()
		if !out.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("forwarder.ca %s: want certificates in PEM, there is none", c.CA)
		}
	}
	switch {
	case c.Cert == "" && c.Key == "":
		return out, nil
	case c.Key == "":
		return nil, errors.New("forwarder.key is empty: want the key of forwarder.cert")
	case c.Cert == "":
		return nil, errors.New("forwarder.cert is empty: want the certificate of forwarder.key")
	}
	cert, err := os.ReadFile(c.Cert)
	if err != nil {
		return nil, unreadable("cert", c.Cert, err)
	}
	key, err := os.ReadFile(c.Key)
	if err != nil {
		return nil, unreadable("key", c.Key, err)
	}
	pair, err := tls.X509KeyPair(cert, key)
	if err != nil {
		return nil, fmt.Errorf("forwarder.cert %s: no pair with forwarder.key %s: %w", c.Cert, c.Key, err)
	}
	// Whatever authorities the receiver names: it says why it refuses.
	out.GetClientCertificate = func(*tls.CertificateRequestInfo) (*tls.Certificate, error) { return &pair, nil }
	return out, nil
}

func unreadable(key, path string, err error) error {
	if path, ok := errors.AsType[*fs.PathError](err); ok {
		err = path.Err
	}
	return fmt.Errorf("forwarder.%s %s: %w", key, path, err)
}

// errClosed says that a receiver ended the connection.
var errClosed = errors.New("it closed the connection")

// explain says what an error of a connection, or none, means for whoever set it
// up. fresh says that it came soon after a handshake over TLS, when a receiver may
// refuse a client without saying so.
func (c Config) explain(err error, fresh bool) error {
	operation, isOperation := errors.AsType[*net.OpError](err)
	told := isOperation && operation.Op == "remote error" // as crypto/tls calls the peer's alerts
	ended := errors.Is(err, errClosed) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE)
	if isOperation && !told {
		err = operation.Err // whose addresses say nothing new
	}
	_, stranger := errors.AsType[x509.UnknownAuthorityError](err)
	meaning := ""
	switch {
	case stranger:
		meaning = "its certificate is of nobody we trust (forwarder.ca)"
	case !told && (!fresh || !ended):
		return err
	case c.Cert == "":
		meaning = "it may want a client certificate (forwarder.cert)"
	case told:
		meaning = "it refuses our client certificate (forwarder.cert)"
	default:
		meaning = "it ends the connection right after the handshake, and may refuse our client certificate (forwarder.cert)"
	}
	return fmt.Errorf("%s: %w", meaning, err)
}
