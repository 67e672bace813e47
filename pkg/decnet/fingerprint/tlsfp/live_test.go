package tlsfp_test

import (
	"bytes"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"io"
	"math/big"
	"net"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

const serverName = "www.example.com"

// certificate is a new one for serverName.
func certificate(t testing.TB) tls.Certificate {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.CreateCertificate(rand.Reader, &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: serverName}, DNSNames: []string{serverName},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
	}, &x509.Certificate{SerialNumber: big.NewInt(1)}, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	return tls.Certificate{Certificate: [][]byte{der}, PrivateKey: key}
}

// tap notes what goes through the connection of a server.
type tap struct {
	net.Conn
	mu      sync.Mutex
	packets []fingerprinttest.Packet
}

func (c *tap) note(fromServer bool, b []byte) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.packets = append(c.packets, fingerprinttest.Packet{FromServer: fromServer, Data: bytes.Clone(b)})
}

func (c *tap) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	c.note(false, b[:n])
	return n, err
}

func (c *tap) Write(b []byte) (int, error) {
	c.note(true, b)
	return c.Conn.Write(b)
}

// converse has client connect to a server on loopback with the configuration given, and
// returns what went over the wire.
func converse(t *testing.T, config *tls.Config, client func(address string)) []fingerprinttest.Packet {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listener.Close() }()
	done := make(chan *tap, 1)
	go func() {
		defer close(done)
		conn, err := listener.Accept()
		if err != nil {
			return // the client did not come
		}
		defer func() { _ = conn.Close() }()
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		tapped := &tap{Conn: conn}
		server := tls.Server(tapped, config)
		if server.Handshake() == nil {
			_, _ = io.WriteString(server, "HTTP/1.0 200 OK\r\n\r\n")
			_ = server.CloseWrite()
			_, _ = io.Copy(io.Discard, server)
		}
		done <- tapped
	}()
	client(listener.Addr().String())
	_ = listener.Close()
	tapped := <-done
	if tapped == nil || len(tapped.packets) == 0 {
		t.Fatal("nothing came")
	}
	return tapped.packets
}

// goClient connects with crypto/tls and reads to the end.
func goClient(t *testing.T, config *tls.Config) func(string) {
	return func(address string) {
		t.Helper()
		conn, err := tls.Dial("tcp", address, config)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
	}
}

// messages are the handshake messages of one side, and the state after them.
func messages(packets []fingerprinttest.Packet, ofServer bool) (msgs [][]byte, last tlsfp.State) {
	var s tlsfp.Stream
	for _, p := range packets {
		if p.FromServer != ofServer {
			continue
		}
		var more [][]byte
		more, last = feed(&s, p.Data, max(1, len(p.Data)))
		msgs = append(msgs, more...)
	}
	return msgs, last
}

func TestCryptoTLS(t *testing.T) {
	cert := certificate(t)
	cache := tls.NewLRUClientSessionCache(4)
	base := tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1"}}
	tests := []struct {
		name       string
		version    uint16
		groups     []tls.CurveID // of the server
		cache      tls.ClientSessionCache
		types      []byte // of the server's messages
		resumption tlsfp.Resumption
	}{
		{"1.2", tls.VersionTLS12, nil, nil, []byte{2, 11, 12, 14}, tlsfp.ResumeNone},
		{"1.2 for later", tls.VersionTLS12, nil, cache, []byte{2, 11, 12, 14, 4}, tlsfp.ResumeNone},
		{"1.2 again", tls.VersionTLS12, nil, cache, []byte{2, 4}, tlsfp.ResumeTicket},
		{"1.3", tls.VersionTLS13, nil, nil, []byte{2}, tlsfp.ResumeNone},
		{"1.3 that asks again", tls.VersionTLS13, []tls.CurveID{tls.CurveP521}, nil, []byte{2, 2}, tlsfp.ResumeNone},
		{"1.3 for later", tls.VersionTLS13, nil, cache, []byte{2}, tlsfp.ResumeNone},
		{"1.3 again", tls.VersionTLS13, nil, cache, []byte{2}, tlsfp.ResumePSK},
	}
	config := base.Clone()
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			// Tickets are of one server, whose configuration stays the same value.
			config.CurvePreferences = test.groups
			packets := converse(t, config, goClient(t, &tls.Config{
				InsecureSkipVerify: true, ServerName: serverName, NextProtos: []string{"h2"}, MinVersion: test.version, MaxVersion: test.version,
				ClientSessionCache: test.cache,
			}))
			fromClient, state := messages(packets, false)
			if len(fromClient) == 0 || state != tlsfp.Ended {
				t.Fatalf("client: state %d, %d messages", state, len(fromClient))
			}
			hello, err := tlsfp.ParseClientHello(fromClient[0])
			if err != nil {
				t.Fatal(err)
			}
			if hello.SNI != serverName || hello.ALPN[0] != "h2" || hello.Resumption != test.resumption {
				t.Errorf("client: %+v", hello)
			}
			fromServer, state := messages(packets, true)
			var types []byte
			for _, msg := range fromServer {
				types = append(types, msg[0])
			}
			if !bytes.Equal(types, test.types) || state != tlsfp.Ended {
				t.Fatalf("server: state %d, messages %d, want %d", state, types, test.types)
			}
			answer, err := tlsfp.ParseServerHello(fromServer[len(fromServer)-1])
			if len(types) == 1 && (err != nil || answer.SelectedVersion != test.version || answer.PSK != (test.resumption == tlsfp.ResumePSK)) {
				t.Errorf("server: %+v, %v", answer, err)
			}
			if len(types) > 1 && types[1] == tlsfp.TypeCertificate {
				if leaf, err := tlsfp.Leaf(fromServer[1]); err != nil || !bytes.Equal(leaf, cert.Certificate[0]) {
					t.Errorf("have %x, %v\nwant %x", leaf, err, cert.Certificate[0])
				}
			}
		})
	}
}
