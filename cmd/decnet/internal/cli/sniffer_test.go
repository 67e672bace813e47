package cli

import (
	"bytes"
	"encoding/json"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
)

// scanCapture is a capture file in which 10.0.0.66, which sends a name that is
// hostile to terminals, scans two hosts.
func scanCapture(t *testing.T) []byte {
	t.Helper()
	var b bytes.Buffer
	w, err := capture.NewWriter(&b, capture.LinkEthernet, capture.MaxSnap, 1<<20)
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	attacker := netip.MustParseAddr("10.0.0.66")
	send := func(frame []byte) {
		at = at.Add(10 * time.Millisecond)
		if err := w.Write(capturetest.Decode(at, frame)); err != nil {
			t.Fatal(err)
		}
	}
	send(capturetest.ARP(capture.ARPRequest, attacker, netip.MustParseAddr("10.0.0.1")))
	name := append([]byte{0, 0, 0x84, 0, 0, 0, 0, 1, 0, 0, 0, 0, 14}, "a\x1b]0;owned\x07bcd\x05local\x00\x00\x01\x00\x01\x00\x00\x00\x78\x00\x04\x0a\x00\x00\x42"...)
	send(capturetest.UDP(netip.AddrPortFrom(attacker, 5353), netip.MustParseAddrPort("224.0.0.251:5353"), name))
	for port := range uint16(100) {
		for _, host := range []string{"10.0.0.1", "10.0.0.2"} {
			s := capturetest.Segment{Src: netip.AddrPortFrom(attacker, 40000), Dst: netip.AddrPortFrom(netip.MustParseAddr(host), port+1), Flags: capture.SYN, Options: capturetest.RawOptions}
			send(s.Frame())
		}
	}
	return b.Bytes()
}

func TestSnifferReadsACapture(t *testing.T) {
	clean(t)
	whole := scanCapture(t)
	write := func(name string, data []byte) string {
		path := filepath.Join(t.TempDir(), name)
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	file := write("a.pcap", whole)
	code, stdout, stderr := command(t, "sniffer", "--pcap", file)
	if code != exitOK || stderr != "" {
		t.Fatalf("status %d: %s", code, stderr)
	}
	for _, want := range []string{"  scan  ", "  scan_end  ", "10.0.0.66  addresses=2 ", "ports=1-100", "type=syn", "tcp_syn_fingerprint", "lan_name"} {
		if !strings.Contains(stdout, want) {
			t.Errorf("%q is not in\n%s", want, stdout)
		}
	}
	if strings.ContainsAny(stdout, "\x1b\x07") {
		t.Errorf("a terminal would obey:\n%q", stdout)
	}
	_, lines, _ := command(t, "sniffer", "--pcap", file, "-o", "json")
	kinds := map[string]int{}
	for line := range strings.Lines(lines) {
		var f findingJSON
		if err := json.Unmarshal([]byte(line), &f); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if f.Source != "10.0.0.66" || f.Time.Year() != 2026 {
			t.Errorf("have %+v", f)
		}
		kinds[f.Kind]++
	}
	if kinds["scan"] != 1 || kinds["scan_end"] != 1 || kinds["lan_host"] != 1 {
		t.Errorf("have %v", kinds)
	}
	// A capture that is cut short is worth what is there.
	code, stdout, stderr = command(t, "sniffer", "--pcap", write("cut.pcap", whole[:len(whole)-10]))
	if code != exitFailed || !strings.Contains(stdout, "ports=1-100") || !strings.HasSuffix(stderr, "cut.pcap: the capture file is cut short after 201 packets\n") {
		t.Errorf("status %d, %s%s", code, stdout, stderr)
	}
	// Nobody visits what is a target, but scans are told.
	_, stdout, _ = command(t, "sniffer", "--pcap", file, "--target", "10.9.0.0/16")
	if !strings.Contains(stdout, "scan_end") {
		t.Errorf("have %s", stdout)
	}
}

func TestSnifferSaysWhatIsWrong(t *testing.T) {
	clean(t)
	dir := t.TempDir()
	text := filepath.Join(dir, "text")
	if err := os.WriteFile(text, []byte("hello, world"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, test := range []struct {
		code int
		want string
		args []string
	}{
		{exitUsage, "--pcap is missing", nil},
		{exitUsage, `--output "xml": want text or json`, []string{"--pcap", text, "-o", "xml"}},
		{exitUsage, `--target "10.0.0": want an address such as 192.0.2.7 or a network such as 192.0.2.0/24`, []string{"--pcap", text, "--target", "10.0.0"}},
		{exitUsage, "takes no argument", []string{text}},
		{exitFailed, "not a capture file: want pcap or pcapng, and it begins with 68 65 6c 6c", []string{"--pcap", text}},
		{exitFailed, "is a folder", []string{"--pcap", dir}},
		{exitFailed, "no such file", []string{"--pcap", dir + "/gone"}},
	} {
		code, stdout, stderr := command(t, append([]string{"sniffer"}, test.args...)...)
		if code != test.code || !strings.Contains(stderr, test.want) || strings.Count(stderr, "\n") != 1 || stdout != "" {
			t.Errorf("%v: status %d, want %d and %q in %q", test.args, code, test.code, test.want, stdout+stderr)
		}
	}
}
