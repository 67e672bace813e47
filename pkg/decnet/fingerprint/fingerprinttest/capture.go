// Package fingerprinttest is what tests of fingerprints share: packets go in, a
// capture file and what tshark reads in it come out. So Wireshark is the judge of what
// these packages make of the same bytes.
package fingerprinttest

import (
	"encoding/binary"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// Tool returns the path of a program of Debian's that a test needs. Where it is not
// installed, the test fails in CI and is skipped elsewhere.
func Tool(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil {
		return path
	}
	if os.Getenv("CI") == "true" {
		t.Fatal(err)
	}
	t.Skipf("%s is not installed: run make deps as root, or install it", name)
	return ""
}

// Packet is what one side sent at once.
type Packet struct {
	FromServer bool
	Data       []byte
}

// Port is the server's port in captures.
const Port = 443

// Protocols of IP.
const (
	tcp = 6
	udp = 17
)

// TCP writes a capture of a connection in which packets were sent, in a file of the
// test, and returns its path.
func TCP(t testing.TB, packets ...Packet) string {
	t.Helper()
	const syn, ack = 0x02, 0x10
	var next [2]uint32 // sequence numbers of client and server
	segment := func(flags byte, p Packet) []byte {
		from := 0
		if p.FromServer {
			from = 1
		}
		b := ports(p.FromServer)
		b = binary.BigEndian.AppendUint32(b, next[from])
		b = binary.BigEndian.AppendUint32(b, next[1-from])
		b = append(b, 5<<4, flags, 0xff, 0xff, 0, 0, 0, 0) // header, window; no checksum
		next[from] += uint32(len(p.Data))                  //nolint:gosec // test packets are short
		if flags&syn != 0 {
			next[from]++
		}
		return ip(tcp, p.FromServer, append(b, p.Data...))
	}
	out := [][]byte{segment(syn, Packet{}), segment(syn|ack, Packet{FromServer: true}), segment(ack, Packet{})}
	for _, p := range packets {
		// What was read at once may be more than a packet takes.
		for data := p.Data; len(data) > 0; {
			n := min(len(data), 1400)
			out = append(out, segment(ack, Packet{p.FromServer, data[:n]}))
			data = data[n:]
		}
	}
	return write(t, out)
}

// UDP is TCP for datagrams.
func UDP(t testing.TB, packets ...Packet) string {
	t.Helper()
	out := make([][]byte, 0, len(packets))
	for _, p := range packets {
		b := binary.BigEndian.AppendUint16(ports(p.FromServer), uint16(8+len(p.Data))) //nolint:gosec // as above
		b = append(b, 0, 0)                                                            // no checksum
		out = append(out, ip(udp, p.FromServer, append(b, p.Data...)))
	}
	return write(t, out)
}

// ports are the two with which headers of TCP and UDP begin.
func ports(fromServer bool) []byte {
	from, to := uint16(40000), uint16(Port)
	if fromServer {
		from, to = to, from
	}
	return binary.BigEndian.AppendUint16(binary.BigEndian.AppendUint16(nil, from), to)
}

// ip puts an IPv4 header before content.
func ip(protocol byte, fromServer bool, content []byte) []byte {
	from, to := byte(1), byte(2)
	if fromServer {
		from, to = to, from
	}
	b := []byte{0x45, 0}
	b = binary.BigEndian.AppendUint16(b, uint16(20+len(content))) //nolint:gosec // as above
	b = append(b, 0, 0, 0, 0, 64, protocol, 0, 0, 192, 0, 2, from, 192, 0, 2, to)
	return append(b, content...)
}

// write makes a file in the format of libpcap of packets that begin with IP.
func write(t testing.TB, packets [][]byte) string {
	t.Helper()
	const magic, linkRaw = 0xa1b2c3d4, 101
	b := binary.BigEndian.AppendUint32(nil, magic)
	b = append(b, 0, 2, 0, 4, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, linkRaw)
	for _, p := range packets {
		size := uint32(len(p)) //nolint:gosec // as above
		for _, v := range []uint32{1e9, 0, size, size} {
			b = binary.BigEndian.AppendUint32(b, v)
		}
		b = append(b, p...)
	}
	path := filepath.Join(t.TempDir(), "capture.pcap")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// Fields returns what tshark finds of fields in each packet of a capture that filter
// lets through. A field that a packet has several times is joined by commas.
func Fields(t testing.TB, capture, filter string, fields ...string) []map[string]string {
	t.Helper()
	args := []string{"-n", "-r", capture, "-Y", filter, "-T", "fields", "-E", "separator=/t", "-E", "occurrence=a"}
	for _, f := range fields {
		args = append(args, "-e", f)
	}
	cmd := exec.CommandContext(t.Context(), Tool(t, "tshark"), args...) //nolint:gosec // of a test's own
	var errs strings.Builder
	cmd.Stderr = &errs
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("tshark: %v\n%s", err, errs.String())
	}
	var rows []map[string]string
	for line := range strings.Lines(string(out)) {
		row := map[string]string{}
		for i, value := range strings.Split(strings.TrimSuffix(line, "\n"), "\t") {
			row[fields[i]] = value
		}
		rows = append(rows, row)
	}
	return rows
}
