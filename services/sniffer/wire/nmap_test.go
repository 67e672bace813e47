package wire_test

import (
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/wire"
)

// field is an attacker and a host with three addresses, each in a network namespace
// of the test's own, with a cable between them. The attacker reaches another three
// by way of the first.
type field struct {
	*testing.T
	host, attacker string
}

const near = "eth0" // the host's interface

func newField(t *testing.T) *field {
	t.Helper()
	give := t.Skipf
	if os.Getenv("CI") != "" {
		give = t.Fatalf
	}
	if os.Geteuid() != 0 {
		give("network namespaces take root")
	}
	for _, tool := range []string{"ip", "nmap"} {
		if _, err := exec.LookPath(tool); err != nil {
			give("%s is not installed: run tools/deps.sh", tool)
		}
	}
	tag := fmt.Sprintf("sniff%d", os.Getpid())
	f := &field{T: t, host: tag + "h", attacker: tag + "a"}
	t.Cleanup(func() {
		for _, ns := range []string{f.host, f.attacker} {
			_ = exec.Command("ip", "netns", "del", ns).Run() // it may not have been made
		}
	})
	for _, line := range []string{
		"netns add " + f.host, "netns add " + f.attacker,
		"-n " + f.host + " link add " + near + " type veth peer name eth0 netns " + f.attacker,
		"-n " + f.host + " link set lo up", "-n " + f.attacker + " link set lo up",
		"-n " + f.host + " link set " + near + " up", "-n " + f.attacker + " link set eth0 up",
		"-n " + f.host + " addr add 10.97.0.10/24 dev " + near, "-n " + f.host + " addr add 10.97.0.20/24 dev " + near, "-n " + f.host + " addr add 10.97.0.30/24 dev " + near,
		"-n " + f.host + " addr add 10.98.0.10/32 dev lo", "-n " + f.host + " addr add 10.98.0.20/32 dev lo", "-n " + f.host + " addr add 10.98.0.30/32 dev lo",
		"-n " + f.attacker + " addr add 10.97.0.66/24 dev eth0", "-n " + f.attacker + " route add 10.98.0.0/24 via 10.97.0.10",
	} {
		f.ip(line)
	}
	// Refusals are not to be rationed, or a scan of ports of UDP takes minutes.
	f.inside(f.host, func() error {
		return os.WriteFile("/proc/sys/net/ipv4/icmp_ratelimit", []byte("0"), 0)
	})
	return f
}

func (f *field) ip(line string) {
	f.Helper()
	if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
		f.Fatalf("ip %s: %v: %s", line, err, out)
	}
}

// inside runs do on a thread that is in a namespace, and ends with it.
func (f *field) inside(ns string, do func() error) {
	f.Helper()
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked
		done <- func() error {
			file, err := os.Open("/run/netns/" + ns)
			if err != nil {
				return err
			}
			defer func() { _ = file.Close() }()
			if err := unix.Setns(int(file.Fd()), unix.CLONE_NEWNET); err != nil {
				return err
			}
			return do()
		}()
	}()
	if err := <-done; err != nil {
		f.Fatalf("in %s: %v", ns, err)
	}
}

// listen has ports of the host open.
func (f *field) listen(ports ...int) {
	f.Helper()
	f.inside(f.host, func() error {
		for _, port := range ports {
			l, err := net.Listen("tcp4", fmt.Sprintf(":%d", port))
			if err != nil {
				return err
			}
			f.Cleanup(func() { _ = l.Close() })
		}
		return nil
	})
}

// watch is what is found on the host's interface while do runs.
func (f *field) watch(do func()) []*wire.Finding {
	f.Helper()
	var found []*wire.Finding
	s, err := wire.New(wire.Default(), func(x *wire.Finding) { found = append(found, x) })
	if err != nil {
		f.Fatal(err)
	}
	var ring *capture.Ring
	f.inside(f.host, func() (err error) {
		ring, err = capture.Open(near, capture.Options{Promiscuous: true})
		return err
	})
	stop, done := make(chan struct{}), make(chan error)
	go func() {
		var p capture.Packet
		for {
			switch err := ring.Next(&p); {
			case err == nil:
				s.Packet(&p)
			case !errors.Is(err, capture.ErrTimeout):
				done <- err
				return
			default:
				select {
				case <-stop: // and nothing is left to read
					done <- nil
					return
				default:
				}
			}
		}
	}()
	do()
	close(stop)
	if err := <-done; err != nil {
		f.Fatal(err)
	}
	stats, err := ring.Stats()
	ring.Close()
	if err != nil || stats.Packets == 0 || stats.Dropped > 0 {
		f.Fatalf("have %+v, %v", stats, err)
	}
	s.Flush()
	return found
}

func TestScansOfNmap(t *testing.T) {
	f := newField(t)
	f.listen(22, 80, 111)
	const (
		local  = "10.97.0.0/24"
		routed = "10.98.0.0/24"
		sweep  = "arp horizontal: 10.97.0.0..10.97.0.255 (255) ports "
		three  = " block: 10.97.0.10..10.97.0.30 (3) ports 1-200"
	)
	tests := []struct {
		args string
		want []string
	}{
		{"-sS -p1-200 " + local, []string{sweep, "syn" + three}},
		{"-sT -p1-200 " + local, []string{sweep, "connect" + three}},
		{"-sF -p1-200 " + local, []string{sweep, "fin" + three}},
		{"-sN -p1-200 " + local, []string{sweep, "null" + three}},
		{"-sX -p1-200 " + local, []string{sweep, "xmas" + three}},
		{"-sA -p1-200 " + local, []string{"ack" + three, sweep}},
		{"-sM -p1-200 " + local, []string{sweep, "maimon" + three}},
		{"-sU -p1-200 " + local, []string{sweep, "udp" + three}},
		{"-sS -f -p1-200 " + local, []string{sweep, "syn" + three}},
		{"-sn " + local, []string{sweep}},
		{"-sn -PE " + routed, []string{"ping horizontal: 10.98.0.0..10.98.0.255 (256) ports "}},
		{"-sn -PP " + routed, []string{"ping_timestamp horizontal: 10.98.0.0..10.98.0.255 (256) ports "}},
		{"-Pn -sS -p22 " + routed, []string{"syn horizontal: 10.98.0.0..10.98.0.255 (256) ports 22"}},
	}
	for _, test := range tests {
		t.Run(strings.ReplaceAll(test.args, "/", "_"), func(t *testing.T) {
			found := f.watch(func() {
				args := append([]string{"netns", "exec", f.attacker, "nmap", "-n", "-T4", "--max-retries", "2", "--min-rate", "300"}, strings.Fields(test.args)...)
				if out, err := exec.Command("ip", args...).CombinedOutput(); err != nil {
					t.Fatalf("nmap: %v: %s", err, out)
				}
			})
			r := rig{TB: t, found: found}
			begun := map[string]int{}
			for _, x := range r.of("scan") {
				if x.Source.Addr().String() != "10.97.0.66" {
					t.Errorf("a scan by %s", x.Source)
				}
				begun[x.Fields["type"]]++
			}
			var have []string
			for _, line := range r.scans("scan_end") {
				_, line, _ = strings.Cut(line, " ")
				have = append(have, line)
			}
			slices.Sort(have)
			if !slices.Equal(have, test.want) {
				t.Errorf("have %q, want %q", have, test.want)
			}
			for _, line := range test.want {
				kind, _, _ := strings.Cut(line, " ")
				if begun[kind] != 1 || len(begun) != len(test.want) {
					t.Errorf("reports at the beginning: %v", begun)
				}
			}
		})
	}
}
