package wire_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/md5"
	"crypto/rand"
	"crypto/sha256"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/binary"
	"encoding/hex"
	"io"
	"maps"
	"math/big"
	"net"
	"net/netip"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
	"github.com/decnet/decnet/services/sniffer/wire"
)

// said is what one side of a connection said.
type said struct {
	fromClient bool
	text       string
}

// record notes what is written on either end of a pipe, in order.
type record struct {
	net.Conn
	mu     *sync.Mutex
	all    *[]said
	client bool
}

func (r *record) Write(b []byte) (int, error) {
	r.mu.Lock()
	*r.all = append(*r.all, said{r.client, string(b)})
	r.mu.Unlock()
	return r.Conn.Write(b)
}

// handshake is what crypto/tls says on both sides, and the certificate.
func handshake(t *testing.T, version uint16) ([]said, []byte) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "c2.example"}, NotAfter: time.Date(2027, 1, 1, 0, 0, 0, 0, time.UTC)}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	var all []said
	var mu sync.Mutex
	a, b := net.Pipe()
	server := tls.Server(&record{b, &mu, &all, false}, &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}, MinVersion: tls.VersionTLS12, NextProtos: []string{"h2"}})
	done := make(chan error)
	go func() { done <- server.Handshake() }()
	client := tls.Client(&record{a, &mu, &all, true}, &tls.Config{ServerName: "decoy.example", InsecureSkipVerify: true, MaxVersion: version, NextProtos: []string{"h2", "http/1.1"}})
	if err := client.Handshake(); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	_, _ = a.Close(), b.Close()
	return all, der
}

// converse has a whole connection seen, in segments of at most size bytes.
func (r *rig) converse(client, server string, size int, all ...said) {
	c := dial(netip.MustParseAddrPort(client), netip.MustParseAddrPort(server))
	r.send(c.handshake()...)
	for _, s := range all {
		for text := s.text; text != ""; text = text[min(size, len(text)):] {
			r.send(c.says(s.fromClient, capture.PSH|capture.ACK, text[:min(size, len(text))]))
		}
	}
	r.send(c.closing()...)
}

// one is the only finding of a kind.
func (r *rig) one(kind string) *wire.Finding {
	r.Helper()
	all := r.of(kind)
	if len(all) != 1 {
		r.Fatalf("%d findings of %s in %+v", len(all), kind, r.found)
	}
	return all[0]
}

func (r *rig) fields(kind string, want map[string]string) {
	r.Helper()
	if f := r.one(kind); !maps.Equal(f.Fields, want) {
		r.Errorf("%s: have %v, want %v", kind, f.Fields, want)
	}
}

func TestTLS(t *testing.T) {
	for _, size := range []int{1400, 7} {
		all, der := handshake(t, tls.VersionTLS12)
		hello, err := tlsfp.ParseClientHello([]byte(all[0].text[5:]))
		if err != nil {
			t.Fatal(err)
		}
		ja3, _ := hello.JA3()
		r := newRig(t, nil)
		r.converse("10.0.0.66:40000", "10.0.0.1:443", size, all...)
		r.fields("tls_client_hello", map[string]string{"ja3": ja3, "ja4": hello.JA4(tlsfp.TCP), "sni": "decoy.example", "alpn": "h2,http/1.1"})
		if f := r.one("tls_session"); f.Fields["version"] != "0303" || f.Fields["alpn"] != "h2" || len(f.Fields["ja3s"]) != 32 || f.Source != at("10.0.0.66", 40000) || f.Destination != at("10.0.0.1", 443) {
			t.Errorf("have %+v", f)
		}
		sum := sha256.Sum256(der)
		r.fields("tls_certificate", map[string]string{"sha256": hex.EncodeToString(sum[:]), "subject": "CN=c2.example", "issuer": "CN=c2.example", "not_after": "2027-01-01T00:00:00Z"})
		if f := r.one("tls_certificate"); f.Source != at("10.0.0.1", 443) {
			t.Errorf("it is of %s, who did not show it", f.Source)
		}
		all, _ = handshake(t, tls.VersionTLS13)
		r = newRig(t, nil)
		r.converse("10.0.0.66:40000", "10.0.0.1:443", size, all...)
		if f := r.one("tls_session"); f.Fields["version"] != "0304" || len(r.of("tls_certificate")) != 0 {
			t.Errorf("have %+v", r.found)
		}
	}
}

func TestRDPInTLS(t *testing.T) {
	all, _ := handshake(t, tls.VersionTLS13)
	request := said{true, "\x03\x00\x00\x13\x0e\xe0\x00\x00\x00\x00\x00\x01\x00\x08\x00\x03\x00\x00\x00"}
	confirm := said{false, "\x03\x00\x00\x13\x0e\xd0\x00\x00\x12\x34\x00\x02\x00\x08\x00\x02\x00\x00\x00"}
	for _, size := range []int{1400, 3} {
		r := newRig(t, nil)
		r.converse("10.0.0.66:40000", "10.0.0.1:3389", size, append([]said{request, confirm}, all...)...)
		if f := r.one("tls_client_hello"); f.Fields["sni"] != "decoy.example" || len(r.of("rdp_client")) != 1 {
			t.Errorf("have %+v", r.found)
		}
	}
}

// What a decky shows is no finding, nor what goes past it.
func TestOnlyTargetsMatter(t *testing.T) {
	all, _ := handshake(t, tls.VersionTLS12)
	visitors := 0
	r := newRig(t, func(c *wire.Config) {
		c.Target = func(a netip.Addr) bool { return a == netip.MustParseAddr("10.0.0.1") }
		c.Visitor = func(a netip.Addr, _ time.Time) {
			if visitors++; a != netip.MustParseAddr("10.0.0.66") {
				t.Errorf("%s is no visitor", a)
			}
		}
	})
	r.converse("10.0.0.66:40000", "10.0.0.1:443", 1400, all...)
	r.converse("10.0.0.66:40001", "10.0.0.2:443", 1400, all...)
	r.Flush()
	if visitors != 1 {
		t.Errorf("%d visits", visitors)
	}
	kinds := map[string]int{}
	for _, f := range r.found {
		kinds[f.Kind]++
	}
	if want := map[string]int{"tls_client_hello": 1, "tls_session": 1, "tcp_syn_fingerprint": 1, "flow": 1}; !maps.Equal(kinds, want) {
		t.Errorf("have %v, want %v", kinds, want)
	}
}

// kexInit is a packet of SSH that offers lists.
func kexInit(lists ...string) string {
	payload := append([]byte{20}, make([]byte, 16)...)
	for _, l := range lists {
		payload = append(binary.BigEndian.AppendUint32(payload, uint32(len(l))), l...)
	}
	payload = append(payload, 0, 0, 0, 0, 0)
	const padding = 8
	b := append(binary.BigEndian.AppendUint32(nil, uint32(len(payload)+1+padding)), padding)
	return string(append(append(b, payload...), make([]byte, padding)...))
}

func TestClientsOfOtherProtocols(t *testing.T) {
	sum := md5.Sum([]byte("k;c;m;none"))
	lists := []string{"k", "h", "c", "C", "m", "M", "none", "none", "", ""}
	tests := map[string]struct {
		all  []said
		kind string
		want map[string]string // some of the fields
	}{
		"ssh":             {[]said{{false, "SSH-2.0-OpenSSH_9.2\r\n"}, {true, "SSH-2.0-Go\r\n"}, {true, kexInit(lists...)}}, "ssh_client_banner", map[string]string{"version": "SSH-2.0-Go", "program": "Go", "hassh": hex.EncodeToString(sum[:])}},
		"ssh banner only": {[]said{{true, "SSH-2.0-libssh_0.9\r\n"}}, "ssh_client_banner", map[string]string{"version": "SSH-2.0-libssh_0.9", "hassh": ""}},
		"http":            {[]said{{true, "GET / HTTP/1.1\r\nHost: x\r\nUser-Agent: curl/8\r\n\r\n"}, {false, "HTTP/1.1 200 OK\r\n\r\n"}}, "http_client", map[string]string{"user_agent": "curl/8", "method": "GET", "version": "1.1"}},
		"http/2":          {[]said{{true, "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\x00\x00\x06\x04\x00\x00\x00\x00\x00\x00\x03\x00\x00\x00\x64\x00\x00\x01\x01\x05\x00\x00\x00\x01\x82"}}, "http_client", map[string]string{"version": "2", "http2_settings": "3:100|00|0|m"}},
		"rdp":             {[]said{{true, "\x03\x00\x00\x2b\x26\xe0\x00\x00\x00\x00\x00Cookie: mstshash=hello\r\n\x01\x00\x08\x00\x03\x00\x00\x00"}}, "rdp_client", map[string]string{"cookie": "hello"}},
		"smb":             {[]said{{true, "\x00\x00\x00\x2f\xffSMB\x72\x00\x00\x00\x00\x18\x01\x28" + strings.Repeat("\x00", 20) + "\x00\x0c\x00\x02NT LM 0.12\x00"}}, "smb_client", map[string]string{"dialects": "NT LM 0.12"}},
	}
	for name, test := range tests {
		for _, size := range []int{1400, 1} {
			t.Run(name, func(t *testing.T) {
				r := newRig(t, nil)
				r.converse("10.0.0.66:40000", "10.0.0.1:99", size, test.all...)
				f := r.one(test.kind)
				for field, want := range test.want {
					if f.Fields[field] != want {
						t.Errorf("%s is %q, want %q, in %v", field, f.Fields[field], want, f.Fields)
					}
				}
				if f.Source != at("10.0.0.66", 40000) || f.Destination != at("10.0.0.1", 99) {
					t.Errorf("from %s to %s", f.Source, f.Destination)
				}
			})
		}
	}
}

func TestWhatIsOfNoProtocolIsLeftAlone(t *testing.T) {
	for _, text := range []string{"\x16\x03\x01garbage that is no hello", "SSH-what", "hello world, I am no request at all and I go on for long enough without end", "\x03\x00\x00", "\x00\x00\x00\x04abcd", "\xff\xfb\x01", "\x00", "EHLO me\r\nMAIL FROM:<a@b>\r\n", "USER root\nPASS x\n"} {
		r := newRig(t, nil)
		r.converse("10.0.0.66:40000", "10.0.0.1:99", 1400, said{true, text}, said{true, strings.Repeat("x", 40000)})
		r.Flush()
		for _, f := range r.found {
			if f.Kind != "flow" && f.Kind != "tcp_syn_fingerprint" {
				t.Errorf("%q is taken for %s: %v", text, f.Kind, f.Fields)
			}
		}
		if r.Load().Waiting != 0 {
			t.Errorf("%q: %d bytes wait", text, r.Load().Waiting)
		}
	}
}

// Clients that begin and never end cannot have more than there is, and those who are
// brief are read all the same.
func TestUnendedClientsAreBounded(t *testing.T) {
	const memory = 1 << 20
	r := newRig(t, func(c *wire.Config) { c.Memory = memory })
	hello := "\x16\x03\x01\x40\x00\x01\x00\xff\x00" + strings.Repeat("x", 1000)
	for n := range 200 {
		c := dial(at("10.0.0.66", uint16(1000+n)), at("10.0.0.1", 443))
		r.send(c.handshake()...)
		for range 15 {
			r.send(c.says(true, capture.ACK, hello))
			hello = strings.Repeat("x", 1000)
		}
		hello = "\x16\x03\x01\x40\x00\x01\x00\xff\x00" + strings.Repeat("x", 1000)
		if load := r.Load(); load.Held > memory {
			t.Fatalf("%d bytes are held", load.Held)
		}
	}
	r.converse("10.0.0.67:40000", "10.0.0.1:22", 1400, said{true, "SSH-2.0-Go\r\n"})
	r.one("ssh_client_banner")
	r.Flush()
	if load := r.Load(); load.Held != 0 {
		t.Errorf("%d bytes are held at the end", load.Held)
	}
}

func TestQUIC(t *testing.T) {
	text, err := os.ReadFile("../../../pkg/decnet/fingerprint/quicfp/testdata/rfc9001-a2.hex")
	if err != nil {
		t.Fatal(err)
	}
	datagram, err := io.ReadAll(hex.NewDecoder(strings.NewReader(strings.Join(strings.Fields(string(text)), ""))))
	if err != nil {
		t.Fatal(err)
	}
	r := newRig(t, nil)
	for range 3 { // the client does not give up soon
		r.send(capturetest.UDP(at(attacker, 50000), at("10.0.0.1", 443), datagram))
	}
	if f := r.one("quic_client_hello"); f.Fields["sni"] != "example.com" || !strings.HasPrefix(f.Fields["ja4"], "q13d") {
		t.Errorf("have %+v", f)
	}
}

func TestSYNAndNumbersOfASource(t *testing.T) {
	r := newRig(t, nil)
	for port := range uint16(10) {
		r.converse(at(attacker, 40000+port).String(), "10.0.0.1:99", 1400, said{true, "x"})
	}
	if f := r.one("tcp_syn_fingerprint"); !strings.HasPrefix(f.Fields["fingerprint"], "4:64:0:*:") || !strings.Contains(f.Fields["os"], "Linux") || f.Fields["distance"] != "0" {
		t.Errorf("have %+v", f)
	}
	r.fields("tcp_sequence", map[string]string{"isn": "constant", "ip_id": "constant"})
	if flows := r.of("flow"); len(flows) != 10 || flows[0].Fields["client_bytes"] != "1" || flows[0].Fields["end"] != "fin" || flows[0].Fields["client_rtt_us"] != "100" {
		t.Errorf("have %+v", flows[0])
	}
}
