package tcpfp_test

import (
	"encoding/binary"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
)

const (
	linkEthernet = 1
	linkRaw      = 101
)

// writePcap writes packets to a file that tcpdump and p0f read.
func writePcap(t *testing.T, packets [][]byte) string {
	t.Helper()
	le := binary.LittleEndian
	b := le.AppendUint32(nil, 0xa1b2c3d4)
	b = append(b, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0)
	b = le.AppendUint32(le.AppendUint32(b, 65535), linkRaw)
	for i, p := range packets {
		b = le.AppendUint32(le.AppendUint32(b, 1700000000+uint32(i)), 0)
		b = le.AppendUint32(le.AppendUint32(b, uint32(len(p))), uint32(len(p)))
		b = append(b, p...)
	}
	path := filepath.Join(t.TempDir(), "made.pcap")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// readPcap returns the packets of a file of tcpdump's from the IP header on.
func readPcap(t *testing.T, path string) (packets [][]byte) {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil || len(b) < 24 {
		t.Fatalf("%d bytes of a capture: %v", len(b), err)
	}
	skip := 0
	if link := binary.LittleEndian.Uint32(b[20:]); link == linkEthernet {
		skip = 14
	} else if link != linkRaw {
		t.Fatalf("the capture is of link type %d", link)
	}
	for b = b[24:]; len(b) >= 16; {
		n := int(binary.LittleEndian.Uint32(b[8:]))
		if len(b) < 16+n {
			break
		}
		packets = append(packets, b[16+skip:16+n])
		b = b[16+n:]
	}
	return packets
}

// rawSignatures is what p0f makes of the SYNs and SYN-ACKs of a capture: by "from/port to/port".
func rawSignatures(t *testing.T, path string) map[string]string {
	t.Helper()
	log := filepath.Join(t.TempDir(), "p0f.log")
	cmd := exec.CommandContext(t.Context(), fingerprinttest.Tool(t, "p0f"), "-f", "/etc/p0f/p0f.fp", "-r", path, "-o", log)
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("p0f: %v: %s", err, out)
	}
	b, err := os.ReadFile(log)
	if err != nil {
		t.Fatal(err)
	}
	signatures := map[string]string{}
	for line := range strings.Lines(string(b)) {
		fields := map[string]string{}
		_, line, _ = strings.Cut(strings.TrimSpace(line), "] ")
		for field := range strings.SplitSeq(line, "|") {
			name, value, _ := strings.Cut(field, "=")
			fields[name] = value
		}
		switch fields["mod"] {
		case "syn":
			signatures[short(t, fields["cli"])+" "+short(t, fields["srv"])] = fields["raw_sig"]
		case "syn+ack":
			signatures[short(t, fields["srv"])+" "+short(t, fields["cli"])] = fields["raw_sig"]
		}
	}
	return signatures
}

// short is an address and port with the zeros of IPv6 left out, which p0f writes.
func short(t *testing.T, end string) string {
	t.Helper()
	address, port, _ := strings.Cut(end, "/")
	a, err := netip.ParseAddr(address)
	if err != nil {
		t.Fatal(err)
	}
	return a.String() + "/" + port
}

// waitFor waits until something is so.
func waitFor(t *testing.T, what string, is func() bool) {
	t.Helper()
	for end := time.Now().Add(20 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("waited for %s in vain", what)
		}
	}
}
