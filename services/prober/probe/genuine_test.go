package probe_test

import (
	"bufio"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/hex"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/services/prober/probe"
)

// sshd is OpenSSH's own, one process for each connection.
func sshd(t *testing.T) (port uint16) {
	t.Helper()
	program := fingerprinttest.Tool(t, "/usr/sbin/sshd")
	dir := t.TempDir()
	key := filepath.Join(dir, "key")
	if out, err := exec.Command(fingerprinttest.Tool(t, "ssh-keygen"), "-q", "-t", "ed25519", "-N", "", "-f", key).CombinedOutput(); err != nil {
		t.Fatalf("ssh-keygen: %v: %s", err, out)
	}
	if os.Geteuid() == 0 { // it wants this folder, which Debian makes when it starts sshd
		if err := os.MkdirAll("/run/sshd", 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return serve(t, func(c *net.TCPConn) {
		f, err := c.File()
		if err != nil {
			return
		}
		cmd := exec.Command(program, "-i", "-f", "/dev/null", "-h", key)
		cmd.Stdin, cmd.Stdout = f, f
		err = cmd.Start()
		_ = f.Close()
		_ = c.Close()
		if err == nil {
			_ = cmd.Wait() // it ends as the peer does
		}
	})
}

func TestSSHOfOpenSSH(t *testing.T) {
	port := sshd(t)
	f := one(t, probe.SSH, port)
	// OpenSSH's client says what it was offered.
	out, _ := exec.Command(fingerprinttest.Tool(t, "ssh"), "-vv", "-F", "/dev/null", "-o", "BatchMode=yes", "-o", "StrictHostKeyChecking=no",
		"-o", "UserKnownHostsFile=/dev/null", "-o", "PreferredAuthentications=none", "-p", strconv.Itoa(int(port)), "x@127.0.0.1").CombinedOutput()
	_, proposal, ok := strings.Cut(string(out), "peer server KEXINIT proposal")
	if !ok {
		t.Fatalf("ssh says nothing of a proposal: %s", out)
	}
	var lists []string
	for _, name := range []string{"KEX algorithms", "ciphers stoc", "MACs stoc", "compression stoc"} {
		m := regexp.MustCompile(name + `: (\S+)`).FindStringSubmatch(proposal)
		if m == nil {
			t.Fatalf("ssh does not say %s: %s", name, proposal)
		}
		lists = append(lists, m[1])
	}
	sum := md5.Sum([]byte(strings.Join(lists, ";")))
	if want := hex.EncodeToString(sum[:]); f.Outcome != probe.Found || f.Value != want || f.Fields["hassh_server"] != want {
		t.Errorf("have %+v, want %s", f, want)
	}
	remote := regexp.MustCompile(`remote software version (.+)`).FindStringSubmatch(string(out))
	if remote == nil || f.Fields["version"] != "SSH-2.0-"+strings.TrimSpace(remote[1]) {
		t.Errorf("version is %q, ssh has %q", f.Fields["version"], remote)
	}
}

// identity writes a new certificate and its key.
func identity(t *testing.T) (cert, key string) {
	t.Helper()
	private, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "c2.example\x1b[31m"}, DNSNames: []string{"a.example", "b.example"},
		IPAddresses: []net.IP{net.IPv4(192, 0, 2, 1)}, NotBefore: time.Unix(1_700_000_000, 0), NotAfter: time.Unix(2_000_000_000, 0),
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, &private.PublicKey, private)
	if err != nil {
		t.Fatal(err)
	}
	pkcs8, err := x509.MarshalPKCS8PrivateKey(private)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	cert, key = filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")
	for path, block := range map[string]*pem.Block{cert: {Type: "CERTIFICATE", Bytes: der}, key: {Type: "PRIVATE KEY", Bytes: pkcs8}} {
		if err := os.WriteFile(path, pem.EncodeToMemory(block), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cert, key
}

// opensslServer is openssl s_server, which says where it listens.
func opensslServer(t *testing.T, cert, key string, args ...string) (port uint16) {
	t.Helper()
	cmd := exec.Command(fingerprinttest.Tool(t, "openssl"), append([]string{"s_server", "-accept", "127.0.0.1:0", "-cert", cert, "-key", key, "-www"}, args...)...)
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
	})
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if at, ok := strings.CutPrefix(lines.Text(), "ACCEPT 127.0.0.1:"); ok {
			n, err := strconv.ParseUint(at, 10, 16)
			if err != nil {
				t.Fatal(err)
			}
			return uint16(n)
		}
	}
	t.Fatal("openssl does not say where it listens")
	return 0
}

func goServer(t *testing.T, cert, key string, config *tls.Config) (port uint16) {
	t.Helper()
	pair, err := tls.LoadX509KeyPair(cert, key)
	if err != nil {
		t.Fatal(err)
	}
	config.Certificates = []tls.Certificate{pair}
	return serve(t, func(c *net.TCPConn) { _ = tls.Server(c, config).HandshakeContext(t.Context()) })
}

func TestTLSOfGenuineServers(t *testing.T) {
	cert, key := identity(t)
	out, err := exec.Command(fingerprinttest.Tool(t, "openssl"), "x509", "-in", cert, "-noout", "-fingerprint", "-sha256").Output()
	if err != nil {
		t.Fatal(err)
	}
	_, sum, _ := strings.Cut(strings.TrimSpace(string(out)), "=")
	sum = strings.ToLower(strings.ReplaceAll(sum, ":", ""))
	want := map[string]string{
		"sha256": sum, "cn": "c2.example.[31m", "names": "a.example,b.example,192.0.2.1", "issuer": "CN=c2.example.[31m", "self_signed": "true",
		"not_before": "2023-11-14T22:13:20Z", "not_after": "2033-05-18T03:33:20Z",
	}
	for _, test := range []struct {
		name        string
		port        uint16
		certificate bool
	}{
		{"OpenSSL", opensslServer(t, cert, key), true},
		{"OpenSSL, TLS 1.3 only", opensslServer(t, cert, key, "-tls1_3"), false},
		{"Go", goServer(t, cert, key, &tls.Config{}), true},
		{"Go, TLS 1.2 only", goServer(t, cert, key, &tls.Config{MaxVersion: tls.VersionTLS12}), true},
	} {
		t.Run(test.name, func(t *testing.T) {
			got := probe.Run(t.Context(), newDialer(), here, plan(test.port, probe.Certificate, probe.JARM, probe.SSH))
			if f := got[0]; (f.Outcome == probe.Found) != test.certificate {
				t.Errorf("have %+v", f)
			} else if test.certificate {
				for k, v := range want {
					if f.Fields[k] != v {
						t.Errorf("%s is %q, want %q", k, f.Fields[k], v)
					}
				}
			}
			scan, err := exec.Command(fingerprinttest.Tool(t, "python3"), "../../../pkg/decnet/fingerprint/jarm/testdata/jarm.py", "scan", "127.0.0.1", strconv.Itoa(int(test.port))).Output()
			if err != nil {
				t.Fatal(err)
			}
			lines := strings.Split(strings.TrimSpace(string(scan)), "\n")
			if f := got[1]; f.Outcome != probe.Found || f.Value != lines[len(lines)-1] || f.Fields["jarm"] != f.Value {
				t.Errorf("have %+v, want %s", f, lines[len(lines)-1])
			}
			if got[2].Outcome != probe.Nothing {
				t.Errorf("SSH of a TLS server: %+v", got[2])
			}
		})
	}
}

func TestHTTPIsAskedAsCurlDoes(t *testing.T) {
	asked := make(chan string, 2)
	port := serve(t, func(c *net.TCPConn) {
		var head strings.Builder
		r := bufio.NewReader(c)
		for !strings.HasSuffix(head.String(), "\r\n\r\n") {
			line, err := r.ReadString('\n')
			if err != nil {
				break
			}
			head.WriteString(line)
		}
		asked <- head.String()
		_, _ = c.Write([]byte("HTTP/1.1 302 Found\r\nserver:  Apache/2.4 (x)\r\nDate: now\r\nX-A: 1\r\nContent-Length: 4\r\n\r\nbody"))
	})
	f := one(t, probe.HTTP, port)
	want := map[string]string{"status": "302", "status_line": "HTTP/1.1 302 Found", "server": "Apache/2.4 (x)", "header_order": "server,Date,X-A,Content-Length"}
	for k, v := range want {
		if f.Fields[k] != v {
			t.Errorf("%s is %q, want %q", k, f.Fields[k], v)
		}
	}
	if f.Value != "Apache/2.4 (x); server,Date,X-A,Content-Length" {
		t.Errorf("value is %q", f.Value)
	}
	if err := exec.Command(fingerprinttest.Tool(t, "curl"), "-s", "--noproxy", "*", "http://127.0.0.1:"+strconv.Itoa(int(port))+"/").Run(); err != nil {
		t.Fatal(err)
	}
	version := regexp.MustCompile(`curl/\S+`)
	if ours, curls := version.ReplaceAllString(<-asked, "curl"), version.ReplaceAllString(<-asked, "curl"); ours != curls {
		t.Errorf("we ask %q, curl %q", ours, curls)
	}
}

func TestBanner(t *testing.T) {
	for _, test := range []struct{ sent, want, value string }{
		{"220 ftp.example ready\r\nmore", "220 ftp.example ready", "220 ftp.example ready"},
		{"\x4a\x00\x00\x00\x0a8.0.36\x00", "J....8.0.36.", ""},
		{"\x1b[31mred", ".[31mred", ".[31mred"}, // and the end of the connection
		{"", "", ""},
	} {
		port := serve(t, func(c *net.TCPConn) { _, _ = c.Write([]byte(test.sent)) })
		f := one(t, probe.Banner, port)
		if f.Fields["banner"] != test.want || f.Value != test.value || (f.Outcome == probe.Found) != (test.want != "") {
			t.Errorf("%q: have %+v, want %q", test.sent, f, test.want)
		}
	}
}

func TestTCPOfLinux(t *testing.T) {
	if !probe.CanTCP() {
		if os.Getenv("CI") == "true" {
			t.Fatal("raw sockets take root, and CI must have it")
		}
		t.Skip("raw sockets take root")
	}
	port := serve(t, func(*net.TCPConn) {})
	f := one(t, probe.TCP, port)
	if f.Outcome != probe.Found || !strings.HasPrefix(f.Value, "4:64:0:") || !strings.Contains(f.Fields["os"], "Linux") || f.Fields["distance"] != "0" {
		t.Errorf("have %+v", f)
	}
}
