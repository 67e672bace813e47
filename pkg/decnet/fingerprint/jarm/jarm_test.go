package jarm_test

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/jarm"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tlsfp"
)

// other runs the second implementation and returns what it printed.
func other(t *testing.T, args ...string) []string {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), fingerprinttest.Tool(t, "python3"), append([]string{"testdata/jarm.py"}, args...)...)
	var errs bytes.Buffer
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, errs.String())
	}
	return strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
}

func TestProbesAreThoseOfTheOtherImplementation(t *testing.T) {
	for _, host := range []string{"www.example.com", "192.0.2.1", ""} {
		want := other(t, "probes", host)
		for i, probe := range jarm.ProbesOfZeros(host) {
			if got := hex.EncodeToString(probe); got != want[i] {
				t.Errorf("probe %d to %q:\nhave %s\nwant %s", i+1, host, got, want[i])
			}
		}
	}
}

func TestProbes(t *testing.T) {
	// Ciphers and extensions of each, without GREASE.
	ja4 := []string{"t12d6912hq", "t12d6912h9", "t12d3511h9", "t12d3411h9", "t12d6911hq", "t11d6911h9", "t13d6912hq", "t13d6912h9", "t13d6412h9", "t13d6912hq"}
	first, second := jarm.Probes("www.example.com"), jarm.Probes("www.example.com")
	for i, probe := range first {
		var s tlsfp.Stream
		msg, state := s.Add(probe)
		if state != tlsfp.Message {
			t.Fatalf("probe %d: state %d", i+1, state)
		}
		hello, err := tlsfp.ParseClientHello(msg)
		if err != nil {
			t.Fatalf("probe %d: %v", i+1, err)
		}
		if got := hello.JA4(tlsfp.TCP)[:10]; got != ja4[i] || hello.SNI != "www.example.com" || hello.SessionIDLength != 32 {
			t.Errorf("probe %d: have %s to %q, want %s", i+1, got, hello.SNI, ja4[i])
		}
		if grease := slices.ContainsFunc(hello.Ciphers, tlsfp.IsGREASE); grease != (i == 4 || i == 9) {
			t.Errorf("probe %d: GREASE is %v", i+1, grease)
		}
		if bytes.Equal(probe, second[i]) {
			t.Errorf("probe %d is the same twice", i+1)
		}
	}
	if got := len(jarm.Probes(strings.Repeat("a", 1<<20))[0]); got > 1000 {
		t.Errorf("a name without end makes a probe of %d bytes", got)
	}
}

// serverHello is a record with a ServerHello that has the extensions given as hex.
func serverHello(t *testing.T, id int, extensions string) []byte {
	t.Helper()
	rest, err := hex.DecodeString(extensions)
	if err != nil {
		t.Fatal(err)
	}
	body := slices.Concat([]byte{3, 3}, make([]byte, 32), []byte{byte(id)}, make([]byte, id), []byte{0xc0, 0x2f, 0}, rest)
	return append([]byte{22, 3, 3, 0, byte(len(body) + 4), 2, 0, 0, byte(len(body))}, body...)
}

func TestAnswer(t *testing.T) {
	hello := serverHello(t, 32, "0012"+"ff01000100"+"0010000500030268"+"32"+"00170000")
	tests := []struct {
		name   string
		answer []byte
		want   string
	}{
		{"a hello", hello, "c02f|0303|h2|ff01-0010-0017"},
		{"with more after it", append(slices.Clone(hello), bytes.Repeat([]byte{7}, 5000)...), "c02f|0303|h2|ff01-0010-0017"},
		{"no session id", serverHello(t, 0, "0004"+"00170000"), "c02f|0303||0017"},
		{"nothing", nil, "|||"},
		{"an alert", []byte{21, 3, 3, 0, 2, 2, 40}, "|||"},
		{"HTTP", []byte("HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nConnection: close\r\n\r\n"), "|||"},
		{"another message", []byte{22, 3, 3, 0, 4, 14, 0, 0, 0}, "|||"},
		{"a cut hello", hello[:43], "|||"},
		{"cut in its extensions", hello[:90], "|||"},
		{"no extensions", serverHello(t, 0, ""), "c02f|0303||||"},
		{"no extensions, a certificate after it", append(serverHello(t, 0, ""), 11, 0, 1, 0), "c02f|0303||||"},
		{"an empty protocol", serverHello(t, 0, "0004"+"00100000"), "|||"},
		{"a protocol that is no text", serverHello(t, 0, "0009"+"00100005000302"+"ff32"), "|||"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := jarm.Answer(test.answer); got != test.want {
				t.Errorf("have %s, want %s", got, test.want)
			}
		})
	}
}

func TestHash(t *testing.T) {
	repeat := func(answer string) (out [10]string) {
		for i := range out {
			out[i] = answer
		}
		return out
	}
	tests := []struct {
		name    string
		answers [10]string
		want    string // its beginning
	}{
		{"nobody", repeat("|||"), strings.Repeat("0", 62)},
		{"nobody, in fewer words", [10]string{}, strings.Repeat("0", 62)},
		{"all the same", repeat("c02f|0303|h2|ff01"), strings.Repeat("29d", 10)},
		{"TLS 1.3", repeat("1301|0303||"), strings.Repeat("41d", 10)},
		{"a cipher that was not offered", repeat("c0ff|0302||"), strings.Repeat("46c", 10)},
		{"a version that there is not", repeat("0004|03ff||"), strings.Repeat("010", 10)},
		{"one of ten", [10]string{3: "000a|0301||"}, "00000000004b000000000000000000"},
		{"nonsense", repeat("|||||||||"), strings.Repeat("0", 30)},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := jarm.Hash(test.answers); len(got) != 62 || !strings.HasPrefix(got, test.want) {
				t.Errorf("have %s, want %s…", got, test.want)
			}
		})
	}
}

// The example in BinaryEdge's documentation, https://docs.binaryedge.io/modules/jarm/.
func TestPublishedHash(t *testing.T) {
	const (
		raw = "c02b|0303|h2|0000-0017-ff01-000b-0023-0010,cc14|0303|h2|0000-0017-ff01-000b-0023-0010,cc14|0303|h2|0000-0017-ff01-000b-0023-0010,|||," +
			"cc14|0303||0000-0017-ff01-000b-0023,c009|0302|h2|0000-0017-ff01-000b-0023-0010,1302|0303||0033-002b,1303|0303||0033-002b,|||,1301|0303||0033-002b"
		want = "27d3ed3ed0003ed1dc42d43d00041d6183ff1bfae51ebd88d70384363d525c"
	)
	if got := jarm.Hash([10]string(strings.Split(raw, ","))); got != want {
		t.Errorf("have %s, want %s", got, want)
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte("\x16\x03\x03\x00\x04\x02\x00\x00\x00" + strings.Repeat("\x00", 60)))
	f.Add([]byte("\x15\x03\x03\x00\x02\x02\x28"))
	f.Fuzz(func(t *testing.T, answer []byte) {
		got := jarm.Answer(answer)
		if strings.Count(got, "|") < 3 {
			t.Errorf("have %q", got)
		}
		if hash := jarm.Hash([10]string{4: got}); len(hash) != 62 {
			t.Errorf("have %s of %s", hash, fmt.Sprintf("%q", got))
		}
	})
}
