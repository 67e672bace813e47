package jarm_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"encoding/pem"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/jarm"
)

// scan asks a server all ten.
func scan(t *testing.T, host, address string) (answers [10]string) {
	t.Helper()
	for i, probe := range jarm.Probes(host) {
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_ = conn.SetDeadline(time.Now().Add(20 * time.Second))
		if _, err := conn.Write(probe); err != nil {
			t.Fatal(err)
		}
		b := make([]byte, jarm.MaxAnswer)
		n, _ := conn.Read(b) // a connection that is closed is an answer too
		_ = conn.Close()
		answers[i] = jarm.Answer(b[:n])
	}
	return answers
}

// server is a folder with a key, and an address for who serves with it.
type server struct {
	t                 *testing.T
	dir, address      string
	host, port        string
	certFile, keyFile string
}

func newServer(t *testing.T) *server {
	t.Helper()
	dir := t.TempDir()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	cert, err := x509.CreateCertificate(rand.Reader, template, template, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	der, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		t.Fatal(err)
	}
	free, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	s := &server{t: t, dir: dir, address: free.Addr().String(), certFile: filepath.Join(dir, "cert.pem"), keyFile: filepath.Join(dir, "key.pem")}
	_ = free.Close()
	s.host, s.port, _ = net.SplitHostPort(s.address)
	s.write("cert.pem", string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: cert})))
	s.write("key.pem", string(pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: der})))
	return s
}

func (s *server) write(name, text string) {
	s.t.Helper()
	text = strings.NewReplacer("DIR", s.dir, "PORT", s.port).Replace(text)
	if err := os.WriteFile(filepath.Join(s.dir, name), []byte(text), 0o600); err != nil {
		s.t.Fatal(err)
	}
}

// daemon runs a program until the test ends, and returns when it listens.
func (s *server) daemon(name string, args ...string) {
	s.t.Helper()
	cmd := exec.Command(fingerprinttest.Tool(s.t, name), args...)
	var out strings.Builder
	cmd.Stdout, cmd.Stderr = &out, &out
	if err := cmd.Start(); err != nil {
		s.t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		_ = cmd.Wait()
	}()
	s.t.Cleanup(func() {
		_ = cmd.Process.Signal(os.Interrupt)
		<-ended
	})
	late := time.After(30 * time.Second)
	for {
		conn, err := net.Dial("tcp", s.address)
		if err == nil {
			_ = conn.Close()
			return
		}
		select {
		case <-ended:
			logged, _ := os.ReadFile(filepath.Join(s.dir, "error.log"))
			s.t.Fatalf("%s has ended: %s%s", name, out.String(), logged)
		case <-late:
			s.t.Fatalf("%s does not listen: %v", name, err)
		case <-time.After(10 * time.Millisecond):
		}
	}
}

func nginx(s *server) {
	s.write("nginx.conf", `
daemon off; master_process off; pid DIR/pid; error_log DIR/error.log;
events {}
http {
  access_log off; client_body_temp_path DIR/body; proxy_temp_path DIR/proxy;
  fastcgi_temp_path DIR/fastcgi; uwsgi_temp_path DIR/uwsgi; scgi_temp_path DIR/scgi;
  server {
    listen 127.0.0.1:PORT ssl http2;
    ssl_protocols TLSv1.2 TLSv1.3;
    ssl_certificate DIR/cert.pem; ssl_certificate_key DIR/key.pem;
  }
}`)
	s.daemon("nginx", "-p", s.dir, "-c", filepath.Join(s.dir, "nginx.conf"), "-e", filepath.Join(s.dir, "error.log"))
}

func apache(s *server) {
	s.write("apache.conf", `
ServerRoot DIR
DefaultRuntimeDir DIR
PidFile DIR/pid
ErrorLog DIR/error.log
ServerName localhost
User www-data
Group www-data
LoadModule mpm_event_module /usr/lib/apache2/modules/mod_mpm_event.so
LoadModule ssl_module /usr/lib/apache2/modules/mod_ssl.so
LoadModule http2_module /usr/lib/apache2/modules/mod_http2.so
Listen 127.0.0.1:PORT https
Protocols h2 http/1.1
SSLEngine on
SSLCertificateFile DIR/cert.pem
SSLCertificateKeyFile DIR/key.pem
`)
	s.daemon("apache2", "-f", filepath.Join(s.dir, "apache.conf"), "-DFOREGROUND")
}

// golang serves with net/http and the configuration given.
func golang(config *tls.Config) func(*server) {
	return func(s *server) {
		listener, err := net.Listen("tcp", s.address)
		if err != nil {
			s.t.Fatal(err)
		}
		server := &http.Server{TLSConfig: config, ErrorLog: log.New(io.Discard, "", 0)}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = server.ServeTLS(listener, s.certFile, s.keyFile) // until it is closed
		}()
		s.t.Cleanup(func() {
			_ = server.Close()
			<-done
		})
	}
}

func TestServersAsTheOtherImplementationHasThem(t *testing.T) {
	python := func(s *server) {
		s.write("server.py", `
import socket, ssl
context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
context.load_cert_chain("DIR/cert.pem", "DIR/key.pem")
with socket.create_server(("127.0.0.1", PORT)) as listener:
    while True:
        try:
            conn = listener.accept()[0]
            conn.settimeout(5)
            context.wrap_socket(conn, server_side=True).close()
        except OSError:
            conn.close()
`)
		s.daemon("python3", filepath.Join(s.dir, "server.py"))
	}
	plain := func(s *server) {
		listener, err := net.Listen("tcp", s.address)
		if err != nil {
			s.t.Fatal(err)
		}
		server := &http.Server{ErrorLog: log.New(io.Discard, "", 0)}
		done := make(chan struct{})
		go func() {
			defer close(done)
			_ = server.Serve(listener) // until it is closed
		}()
		s.t.Cleanup(func() {
			_ = server.Close()
			<-done
		})
	}
	tests := []struct {
		name  string
		start func(*server)
		tls   bool
	}{
		{"nginx", nginx, true},
		{"Apache", apache, true},
		{"Go", golang(nil), true},
		{"Go, TLS 1.2", golang(&tls.Config{MaxVersion: tls.VersionTLS12}), true},
		{"Go, every version", golang(&tls.Config{MinVersion: tls.VersionTLS10}), true},
		{"Python", python, true},
		{"HTTP", plain, false},
	}
	seen := map[string]string{}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			s := newServer(t)
			test.start(s)
			answers := scan(t, s.host, s.address)
			lines := other(t, "scan", s.host, s.port)
			got, want := jarm.Hash(answers), lines[len(lines)-1]
			if got != want {
				t.Errorf("have %s, want %s", got, want)
			}
			// A hello without extensions, or none, is written in more than one way.
			for i := range answers {
				if strings.TrimRight(answers[i], "|") != strings.TrimRight(lines[i], "|") {
					t.Errorf("answer %d: have %s, want %s", i+1, answers[i], lines[i])
				}
			}
			if (got != strings.Repeat("0", 62)) != test.tls {
				t.Errorf("have %s", got)
			}
			if same := seen[got]; same != "" && test.tls {
				t.Errorf("%s has the fingerprint of %s", test.name, same)
			}
			seen[got] = test.name
			t.Log(got, slices.Compact(answers[:]))
		})
	}
}
