package tcpfp_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"github.com/decnet/decnet/pkg/decnet/fingerprint/fingerprinttest"
	"github.com/decnet/decnet/pkg/decnet/fingerprint/tcpfp"
)

// wire is two network namespaces with a cable between them: attackers are at the one end, a
// capture and a listener at the other.
type wire struct{ near, far string }

const (
	nearAddress = "10.9.0.1"
	farAddress  = "10.9.0.2"
	open        = "1010" // the port of the listener
)

func newWire(t *testing.T) wire {
	t.Helper()
	ip := fingerprinttest.Tool(t, "ip")
	if os.Geteuid() != 0 {
		if os.Getenv("CI") == "true" {
			t.Fatal("network namespaces need root")
		}
		t.Skip("network namespaces need root")
	}
	run := func(args ...string) {
		if out, err := exec.Command(ip, args...).CombinedOutput(); err != nil {
			t.Fatalf("ip %v: %v: %s", args, err, out)
		}
	}
	w := wire{near: fmt.Sprintf("tcpfp-%d-a", os.Getpid()), far: fmt.Sprintf("tcpfp-%d-b", os.Getpid())}
	for _, name := range []string{w.near, w.far} {
		run("netns", "add", name)
		t.Cleanup(func() {
			if out, err := exec.Command(ip, "netns", "del", name).CombinedOutput(); err != nil {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
	run("-n", w.near, "link", "add", "wire", "type", "veth", "peer", "name", "wire", "netns", w.far)
	for name, last := range map[string]string{w.near: "1", w.far: "2"} {
		run("-n", name, "address", "add", "10.9.0."+last+"/24", "dev", "wire")
		run("-n", name, "address", "add", "fd00::"+last+"/64", "dev", "wire", "nodad")
		run("-n", name, "link", "set", "lo", "up")
		run("-n", name, "link", "set", "wire", "up")
		run("-n", name, "route", "add", "default", "dev", "wire") // which scanners ask for
	}
	return w
}

// start runs a program at one end until the test ends or stop is called, and waits for what it
// says on standard error.
func (w wire) start(t *testing.T, where, says, name string, args ...string) (stop func()) {
	t.Helper()
	cmd := exec.Command(fingerprinttest.Tool(t, "ip"), append([]string{"netns", "exec", where, fingerprinttest.Tool(t, name)}, args...)...)
	var out output
	cmd.Stderr = &out
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	stop = sync.OnceFunc(func() {
		_ = cmd.Process.Signal(syscall.SIGINT) // ip has become the program
		_ = cmd.Wait()
	})
	t.Cleanup(stop)
	waitFor(t, name+" to say "+says, func() bool { return strings.Contains(out.String(), says) })
	return stop
}

// run runs a program at the near end.
func (w wire) run(t *testing.T, name string, args ...string) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), "ip", append([]string{"netns", "exec", w.near, fingerprinttest.Tool(t, name)}, args...)...)
	if out, err := cmd.CombinedOutput(); err != nil && name != "hping3" { // which misses a SYN-ACK
		t.Errorf("%s %v: %v: %s", name, args, err, out)
	}
}

// capture writes down the SYNs that come to the far end. stop waits until all that were sent until
// then are in the file, and returns its path.
func (w wire) capture(t *testing.T) (stop func() string) {
	t.Helper()
	file := filepath.Join(t.TempDir(), "wire.pcap")
	end := w.start(t, w.far, "listening on", "tcpdump", "-i", "wire", "--immediate-mode", "-U", "-Z", "root", "-w", file, "tcp[tcpflags] & tcp-syn != 0 or ip6 proto 6")
	return func() string {
		// Packets stay in order: when a last one is there, so are the others.
		const last = 1999
		w.run(t, "nmap", "-n", "-Pn", "-sT", "--max-retries", "0", "-p", fmt.Sprint(last), farAddress)
		waitFor(t, "the last packet", func() bool {
			b, err := os.ReadFile(file)
			return err == nil && len(b) > 24 && slices.ContainsFunc(readPcap(t, file), func(p []byte) bool { return strings.HasSuffix(ends(p), fmt.Sprint("/", last)) })
		})
		end()
		return file
	}
}

// output may be read while it is written.
type output struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (o *output) Write(p []byte) (int, error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.Write(p)
}

func (o *output) String() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	return o.b.String()
}

// What programs send is theirs according to the table, and is written down as p0f does it.
func TestProgramsAreRecognised(t *testing.T) {
	w := newWire(t)
	stop := w.capture(t)
	w.start(t, w.far, "listening on", "socat", "-d", "-d", "TCP-LISTEN:"+open+",fork,reuseaddr", "OPEN:/dev/null")

	mac, err := exec.Command("ip", "netns", "exec", w.far, "cat", "/sys/class/net/wire/address").Output()
	if err != nil {
		t.Fatal(err)
	}
	router := strings.TrimSpace(string(mac))
	// Each has a port of its own, by which its packets are told apart.
	tests := []struct {
		port, want string
		command    []string
	}{
		{"1001", "Linux 4.20 to 6.x", []string{"nmap", "-n", "-Pn", "-sT", "--max-retries", "0", "-p", "1001", farAddress}},
		{"1002", "nmap SYN scan", []string{"nmap", "-n", "-Pn", "-sS", "-p", "1002", farAddress}},
		{"1003", "masscan SYN scan", []string{"masscan", "--interface", "wire", "--adapter-ip", nearAddress, "--router-mac", router, "--rate", "100", "--wait", "0", "-p1003", farAddress}},
		{"1004", "ZMap SYN scan", []string{"zmap", "-q", "-C", "/dev/null", "-b", "/dev/null", "-i", "wire", "-S", nearAddress, "-G", router, "-c", "0", "-n", "1", "-p", "1004", farAddress}},
		{"1005", "hping3 with its defaults", []string{"hping3", "-q", "-S", "-c", "1", "-p", "1005", farAddress}},
		{"1006", "nmap SYN scan", []string{"nmap", "-n", "-6", "-Pn", "-sS", "-p", "1006", "fd00::2"}},
		{"1007", "Linux 4.20 to 6.x", []string{"nmap", "-n", "-6", "-Pn", "-sT", "--max-retries", "0", "-p", "1007", "fd00::2"}},
		{open, "nmap OS detection", []string{"nmap", "-n", "-Pn", "-O", "--max-os-tries", "1", "-p", open + ",1011", farAddress}},
	}
	for _, test := range tests {
		w.run(t, test.command[0], test.command[1:]...)
	}
	file := stop()

	found, replies := map[string]map[string]int{}, map[string]int{}
	raw := rawSignatures(t, file)
	same := 0
	for _, packet := range readPcap(t, file) {
		s, err := tcpfp.Parse(packet)
		if err != nil {
			continue // the third packets of nmap's connections, and what has nothing to do with them
		}
		r, ok := tcpfp.Match(s)
		if !ok {
			t.Errorf("nobody sends %s", s)
		}
		who := ends(packet)
		to := who[strings.LastIndexByte(who, '/')+1:]
		if s.SYNACK {
			replies[r.String()]++
		} else {
			if found[to] == nil {
				found[to] = map[string]int{}
			}
			found[to][r.String()]++
			t.Logf("port %s: %s is %s, %d hops away", to, s, r.System, r.Distance)
		}
		want, ok := raw[who]
		if !ok {
			continue
		}
		delete(raw, who) // what is sent again p0f does not write down
		// p0f looks at one bit of a number that should not be there.
		ours := *s
		ours.Quirks &^= tcpfp.NonzeroAck
		if same++; s.String() != want && ours.String() != want {
			t.Errorf("have %s\nwant %s", s, want)
		}
	}
	for _, test := range tests {
		if found[test.port][test.want] == 0 {
			t.Errorf("%v to port %s is taken for %v, not for %s", test.command, test.port, found[test.port], test.want)
		}
	}
	if replies["Linux 4.20 to 6.x"] == 0 {
		t.Errorf("the SYN-ACKs are taken for %v", replies)
	}
	if same < len(tests) {
		t.Errorf("p0f had something to say about %d packets only", same)
	}
}

// ends are the addresses and ports of a packet as p0f writes them, "from/port to/port".
func ends(packet []byte) string {
	at, size, tcp := 12, 4, packet[4*(packet[0]&0x0f):]
	if packet[0]>>4 == 6 {
		at, size, tcp = 8, 16, packet[40:]
	}
	from, _ := netip.AddrFromSlice(packet[at : at+size])
	to, _ := netip.AddrFromSlice(packet[at+size : at+2*size])
	return fmt.Sprintf("%s/%d %s/%d", from, binary.BigEndian.Uint16(tcp), to, binary.BigEndian.Uint16(tcp[2:]))
}
