package quicfp_test

import (
	"crypto/tls"
	"os"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/quicfp"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// captured are the datagrams in a file, which has an empty line between two.
func captured(t testing.TB, name string) (out [][]byte) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name + ".hex")
	if err != nil {
		t.Fatal(err)
	}
	for datagram := range strings.SplitSeq(string(text), "\n\n") {
		out = append(out, unhex(t, datagram))
	}
	return out
}

// sample is the packet of an appendix.
func sample(t testing.TB, name string) []byte { return captured(t, name)[0] }

// packets are datagrams of a client.
func packets(datagrams [][]byte) (out []fingerprinttest.Packet) {
	for _, d := range datagrams {
		out = append(out, fingerprinttest.Packet{Data: d})
	}
	return out
}

// read returns the ClientHello in datagrams, which must need them all.
func read(t *testing.T, datagrams [][]byte) *tlsfp.ClientHello {
	t.Helper()
	var i quicfp.Initials
	for n, d := range datagrams {
		msg, state := i.Add(d)
		if last := n == len(datagrams)-1; (state == quicfp.Message) != last {
			t.Fatalf("datagram %d of %d: state %d", n+1, len(datagrams), state)
		}
		if state == quicfp.Message {
			hello, err := tlsfp.ParseClientHello(msg)
			if err != nil {
				t.Fatal(err)
			}
			return hello
		}
	}
	return nil
}

// compare holds a hello to what tshark finds in the same datagrams.
func compare(t *testing.T, hello *tlsfp.ClientHello, datagrams [][]byte) {
	t.Helper()
	rows := fingerprinttest.Fields(t, fingerprinttest.UDP(t, packets(datagrams)...), "tls.handshake.type == 1",
		"tls.handshake.ja3", "tls.handshake.ja3_full", "tls.handshake.extensions_server_name", "tls.handshake.extensions_alpn_str")
	if len(rows) == 0 {
		t.Fatal("tshark has found no ClientHello")
	}
	row := rows[len(rows)-1]
	if hash, text := hello.JA3(); hash != row["tls.handshake.ja3"] || text != row["tls.handshake.ja3_full"] {
		t.Errorf("have %s of %s\nwant %s of %s", hash, text, row["tls.handshake.ja3"], row["tls.handshake.ja3_full"])
	}
	if alpn := strings.Join(hello.ALPN, ","); hello.SNI != row["tls.handshake.extensions_server_name"] || alpn != row["tls.handshake.extensions_alpn_str"] {
		t.Errorf("have %s to %s, want %v", alpn, hello.SNI, row)
	}
}

// What clients sent: aioquic, golang.org/x/net/quic, and Chromium 156, which
// shuffles what is in its packets.
func TestCaptured(t *testing.T) {
	tests := []struct{ name, ja4 string }{
		{"aioquic-v1", "q13d0307h3_55b375c5d22e_1cecd519fee8"},
		{"aioquic-v2", "q13d0307h3_55b375c5d22e_1cecd519fee8"},
		{"aioquic-long", "q13d0307h3_55b375c5d22e_1cecd519fee8"},
		{"chromium", "q13d0312h3_55b375c5d22e_178839b6cec1"},
		{"go", "q13d0313h3_55b375c5d22e_f902b76752af"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			datagrams := captured(t, test.name)
			hello := read(t, datagrams)
			if got := hello.JA4(tlsfp.QUIC); got != test.ja4 {
				t.Errorf("have %s, want %s", got, test.ja4)
			}
			compare(t, hello, datagrams)
		})
	}
}

// The hello of crypto/tls as it is here, in packets of 600 bytes.
func TestCryptoTLS(t *testing.T) {
	client := tls.QUICClient(&tls.QUICConfig{TLSConfig: &tls.Config{ServerName: "www.example.com", NextProtos: []string{"h3"}, MinVersion: tls.VersionTLS13}})
	client.SetTransportParameters([]byte{4, 1, 9})
	if err := client.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	defer func() { _ = client.Close() }()
	var hello []byte
	for event := client.NextEvent(); event.Kind != tls.QUICNoEvent; event = client.NextEvent() {
		if event.Kind == tls.QUICWriteData {
			hello = append(hello, event.Data...)
		}
	}
	for _, name := range []string{"version 1", "version 2", "draft 29"} {
		t.Run(name, func(t *testing.T) {
			var datagrams [][]byte
			for offset := 0; offset < len(hello); offset += 600 {
				piece := hello[offset:min(len(hello), offset+600)]
				datagrams = append(datagrams, protocols[name].initial(t, "12345678", "12345678", uint32(len(datagrams)), append(frame(offset, piece), make([]byte, 500)...)))
			}
			compare(t, read(t, datagrams), datagrams)
		})
	}
}
