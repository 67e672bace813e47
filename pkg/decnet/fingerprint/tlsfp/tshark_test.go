package tlsfp_test

import (
	"bytes"
	"cmp"
	"crypto/tls"
	"encoding/hex"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// fields are what tshark is asked for, after the name of the protocol.
var fields = []string{
	"handshake.type", "handshake.version", "handshake.ciphersuite", "handshake.extension.type", "handshake.extensions.supported_version",
	"handshake.extensions_alpn_str", "handshake.extensions_server_name", "handshake.sig_hash_alg", "handshake.sig_hash_alg_len",
	"handshake.ja3", "handshake.ja3_full", "handshake.ja3s", "handshake.ja3s_full", "handshake.certificate",
}

// rows are what tshark says of packets with handshake messages.
type rows []map[string]string

func dissect(t *testing.T, protocol, capture string) rows {
	t.Helper()
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = protocol + "." + f
	}
	found := fingerprinttest.Fields(t, capture, protocol+".handshake.type", names...)
	for _, row := range found {
		for name, value := range row {
			row[strings.TrimPrefix(name, protocol+".handshake.")] = value
		}
	}
	return found
}

// of are those with a message of a type.
func (r rows) of(kind int) rows {
	return slices.DeleteFunc(slices.Clone(r), func(row map[string]string) bool {
		return !slices.Contains(strings.Split(row["type"], ","), strconv.Itoa(kind))
	})
}

var grease = regexp.MustCompile(`^(.)a(.)a$`)

// codes are the four hex digits of each number in a list of tshark's, without GREASE.
func codes(list string) []string {
	var out []string
	for text := range strings.SplitSeq(list, ",") {
		n, err := strconv.ParseUint(text, 0, 16)
		code := fmt.Sprintf("%04x", n)
		if m := grease.FindStringSubmatch(code); err == nil && (m == nil || m[1] != m[2]) {
			out = append(out, code)
		}
	}
	return out
}

// ja4Raw makes JA4_r out of what tshark has dissected, in its own way: Debian's does
// not do so itself.
func ja4Raw(over tlsfp.Transport, row map[string]string) string {
	ciphers, extensions := codes(row["ciphersuite"]), codes(row["extension.type"])
	version := slices.Max(append(codes(row["extensions.supported_version"]), ""))
	version = cmp.Or(version, codes(row["version"])[0])
	names := map[string]string{"0304": "13", "0303": "12", "0302": "11", "0301": "10", "feff": "d1", "fefd": "d2"}
	destination := "i"
	if slices.Contains(extensions, "0000") {
		destination = "d"
	}
	protocol, _, _ := strings.Cut(row["extensions_alpn_str"], ",")
	protocol = cmp.Or(protocol, "00")
	start := fmt.Sprintf("%c%s%s%02d%02d%c%c", over, names[version], destination, len(ciphers), len(extensions), protocol[0], protocol[len(protocol)-1])
	// Several extensions have signature algorithms; tshark has them all in one list.
	algorithms := strings.Split(row["sig_hash_alg"], ",")
	lengths := strings.Split(row["sig_hash_alg_len"], ",")
	var signature string
	for _, e := range extensions {
		if e != "000d" && e != "0022" && e != "0032" {
			continue
		}
		n, _ := strconv.Atoi(lengths[0])
		if e == "000d" {
			signature = "_" + strings.Join(codes(strings.Join(algorithms[:n/2], ",")), ",")
		}
		algorithms, lengths = algorithms[n/2:], lengths[1:]
	}
	slices.Sort(ciphers)
	slices.Sort(extensions)
	extensions = slices.DeleteFunc(extensions, func(e string) bool { return e == "0000" || e == "0010" })
	return start + "_" + strings.Join(ciphers, ",") + "_" + strings.Join(extensions, ",") + signature
}

// compareClient holds a ClientHello to what tshark says of it.
func compareClient(t *testing.T, msg []byte, over tlsfp.Transport, row map[string]string) {
	t.Helper()
	hello, err := tlsfp.ParseClientHello(msg)
	if err != nil {
		t.Fatal(err)
	}
	if hash, text := hello.JA3(); hash != row["ja3"] || text != row["ja3_full"] {
		t.Errorf("JA3 %s of %s\nwant %s of %s", hash, text, row["ja3"], row["ja3_full"])
	}
	if got, want := hello.JA4Raw(over), ja4Raw(over, row); got != want {
		t.Errorf("JA4 %s\nwant %s", got, want)
	}
	if hello.SNI != row["extensions_server_name"] {
		t.Errorf("server name %q, want %q", hello.SNI, row["extensions_server_name"])
	}
	t.Log(hello.JA4(over))
}

// compare holds everything that is not encrypted of a connection to tshark.
func compare(t *testing.T, packets []fingerprinttest.Packet) {
	t.Helper()
	all := dissect(t, "tls", fingerprinttest.TCP(t, packets...))
	client, _ := messages(packets, false)
	rows := all.of(tlsfp.TypeClientHello)
	if len(client) == 0 || len(rows) == 0 {
		t.Fatalf("%d messages, tshark has %d", len(client), len(rows))
	}
	compareClient(t, client[0], tlsfp.TCP, rows[0])
	server, _ := messages(packets, true)
	ofType := func(kind byte) [][]byte {
		return slices.DeleteFunc(slices.Clone(server), func(msg []byte) bool { return msg[0] != kind })
	}
	rows = all.of(tlsfp.TypeServerHello)
	hellos := ofType(tlsfp.TypeServerHello)
	if len(hellos) != len(rows) {
		t.Fatalf("%d ServerHellos, tshark has %d", len(hellos), len(rows))
	}
	for i, msg := range hellos {
		answer, err := tlsfp.ParseServerHello(msg)
		if err != nil {
			t.Fatal(err)
		}
		if hash, text := answer.JA3S(); hash != rows[i]["ja3s"] || text != rows[i]["ja3s_full"] {
			t.Errorf("JA3S %s of %s\nwant %s of %s", hash, text, rows[i]["ja3s"], rows[i]["ja3s_full"])
		}
	}
	rows = all.of(tlsfp.TypeCertificate)
	for i, msg := range ofType(tlsfp.TypeCertificate) {
		if leaf, err := tlsfp.Leaf(msg); err != nil || hex.EncodeToString(leaf) != strings.ReplaceAll(rows[i]["certificate"], ":", "") {
			t.Errorf("certificate %x, %v\nwant %s", leaf, err, rows[i]["certificate"])
		}
	}
}

// program runs a client; ADDRESS and PORT in its arguments are the server's.
func program(t *testing.T, name string, args ...string) func(string) {
	path := fingerprinttest.Tool(t, name)
	return func(address string) {
		_, port, _ := net.SplitHostPort(address)
		words := strings.NewReplacer("ADDRESS", address, "PORT", port)
		for i := range args {
			args[i] = words.Replace(args[i])
		}
		out, err := exec.CommandContext(t.Context(), path, args...).CombinedOutput()
		if t.Failed() || err != nil {
			t.Logf("%s: %v\n%s", name, err, out) // the server may have refused
		}
	}
}

// written sends a hello and reads the answer.
func written(t *testing.T, h hello) func(string) {
	return func(address string) {
		t.Helper()
		conn, err := net.Dial("tcp", address)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = conn.Write(records(1<<14, h.message()))
		_, _ = io.Copy(io.Discard, conn)
		_ = conn.Close()
	}
}

func TestClientsAsTsharkHasThem(t *testing.T) {
	session := filepath.Join(t.TempDir(), "session")
	profile, err := os.MkdirTemp("", "profile") //nolint:usetesting // see below
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(profile) }() // Chromium may still be writing there
	const python = `import socket, ssl, sys
context = ssl.create_default_context()
context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
with socket.create_connection(("127.0.0.1", int(sys.argv[1]))) as s, context.wrap_socket(s, server_hostname="www.example.com") as c:
    c.recv(1000)`
	skip := &tls.Config{InsecureSkipVerify: true, ServerName: serverName}
	openssl := func(args ...string) func(string) {
		return program(t, "openssl", append([]string{"s_client", "-connect", "ADDRESS", "-ign_eof"}, args...)...)
	}
	old := func(c *tls.Config) { c.MinVersion, c.MaxVersion = tls.VersionTLS10, tls.VersionTLS12 }
	tests := []struct {
		name   string
		client func(string)
		server func(*tls.Config) // may be nil
	}{
		{"Go", goClient(t, skip), nil},
		{"Go, asked again", goClient(t, skip), func(c *tls.Config) { c.CurvePreferences = []tls.CurveID{tls.CurveP521} }},
		{"Go to an old server", goClient(t, skip), old},
		{"openssl", openssl(), nil},
		{"openssl 1.2", openssl("-tls1_2", "-alpn", "http/1.1,h2", "-servername", serverName, "-sess_out", session), old},
		{"openssl 1.2 again", openssl("-tls1_2", "-servername", serverName, "-sess_in", session), old},
		{"openssl 1.1", openssl("-tls1_1", "-cipher", "ALL:@SECLEVEL=0", "-noservername"), old},
		{"openssl 1.3", openssl("-tls1_3", "-alpn", "x", "-groups", "P-521:X25519"), nil},
		{"curl", program(t, "curl", "-ksS", "--resolve", serverName+":PORT:127.0.0.1", "https://"+serverName+":PORT/"), nil},
		{"curl to an address", program(t, "curl", "-ksS", "--http1.1", "https://ADDRESS/"), old},
		{"Chromium", program(t, "chromium", "--headless", "--no-sandbox", "--disable-gpu", "--ignore-certificate-errors", "--user-data-dir="+profile,
			"--host-resolver-rules=MAP "+serverName+" 127.0.0.1", "--dump-dom", "https://"+serverName+":PORT/"), nil},
		{"Python", program(t, "python3", "-c", python, "PORT"), nil},
		{"Chrome's hello", written(t, chrome), nil},
		{"Firefox's hello", written(t, firefox), nil},
		{"no extensions", written(t, hello{kind: 1, version: 0x0303, bare: true, ciphers: []uint16{0xc02b, 0xc009}}), old},
	}
	cert := certificate(t)
	tickets := [][32]byte{{1}}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			config := &tls.Config{Certificates: []tls.Certificate{cert}, NextProtos: []string{"h2", "http/1.1", "x"}}
			config.SetSessionTicketKeys(tickets)
			if test.server != nil {
				test.server(config)
			}
			compare(t, converse(t, config, test.client))
		})
	}
}

// OpenSSL's client of DTLS, which no server answers.
func TestDTLSAsTsharkHasIt(t *testing.T) {
	tests := []struct {
		name string
		args []string
		need int // datagrams
	}{
		{"1.2", []string{"-dtls1_2"}, 1},
		{"1.0", []string{"-dtls1", "-cipher", "ALL:@SECLEVEL=0", "-servername", serverName}, 1},
		{"in fragments", []string{"-dtls1_2", "-mtu", "256", "-alpn", "webrtc,c-webrtc", "-servername", strings.Repeat("long.", 40) + "example.com"}, 2},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			server, err := net.ListenPacket("udp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			defer func() { _ = server.Close() }()
			client := exec.CommandContext(t.Context(), fingerprinttest.Tool(t, "openssl"), append([]string{"s_client", "-connect", server.LocalAddr().String()}, test.args...)...)
			var out bytes.Buffer
			client.Stdout, client.Stderr = &out, &out
			if err := client.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() {
				_ = client.Process.Kill()
				_ = client.Wait()
			}()
			var d tlsfp.Datagram
			var packets []fingerprinttest.Packet
			var msg []byte
			for state := tlsfp.More; state == tlsfp.More; {
				b := make([]byte, 1<<16)
				_ = server.SetReadDeadline(time.Now().Add(20 * time.Second))
				n, _, err := server.ReadFrom(b)
				if err != nil {
					t.Fatalf("%v\n%s", err, out.String())
				}
				packets = append(packets, fingerprinttest.Packet{Data: b[:n]})
				msg, state = d.Add(b[:n])
			}
			rows := dissect(t, "dtls", fingerprinttest.UDP(t, packets...)).of(tlsfp.TypeClientHello)
			if msg == nil || len(rows) == 0 || len(packets) < test.need {
				t.Fatalf("%d datagrams, message %x, tshark has %d", len(packets), msg, len(rows))
			}
			compareClient(t, msg, tlsfp.DTLS, rows[len(rows)-1])
		})
	}
}
