package prober_test

import (
	"maps"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
)

// insideVariable says that this process is the one in the namespace.
const insideVariable = "PROBER_TEST_INSIDE"

// Everything that a prober sends while all sorts of attackers are seen, captured: in a network
// namespace whose only cable takes whatever is sent, and nobody is at its other end.
func TestNoPacketOutsideTheRules(t *testing.T) {
	if os.Getenv(insideVariable) == "" {
		runInside(t)
		return
	}
	for _, line := range []string{
		"link set lo up", "link add wire0 type veth peer name wire1", "link set wire0 arp off", "link set wire1 up", "addr add 10.66.0.5/24 dev wire0", "-6 addr add fd66::5/64 dev wire0 nodad",
		"link set wire0 up", "route add default dev wire0", "-6 route add default dev wire0",
	} {
		if out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", line, err, out)
		}
	}
	seen := capture(t)
	r := newRig(t)
	label := decnet.SourceLabel{Prefix: netip.MustParsePrefix("10.66.0.88/32"), Name: "ours", Kind: decnet.LabelOwn, Mute: true}
	if err := bus.Labels.Set(t.Context(), r.bus, label, label.Key()); err != nil {
		t.Fatal(err)
	}
	decky := decnet.Decky{Name: "web-01", Host: "h1", Address: netip.MustParseAddr("10.66.0.77"), Address6: netip.MustParseAddr("fd66::77")}
	if err := bus.Fleet.Set(t.Context(), r.bus, decky, "h1", "web-01"); err != nil {
		t.Fatal(err)
	}
	cfg := config(443, 22)
	cfg.Allow, cfg.Deny = []string{"10.99.0.0/24"}, []string{"10.66.0.99", "10.99.0.0/25"}
	cfg.Ports.JARM, cfg.Ports.TLS, cfg.Ports.HASSH, cfg.Ports.HTTP, cfg.Ports.TCP = []string{"443"}, []string{"8443"}, []string{"22"}, []string{"80"}, []string{"445"}
	cfg.Timeout = 200 * time.Millisecond
	env, stop := r.start(cfg)
	permitted := addrs("10.66.0.9 10.77.1.1 192.168.7.7 172.20.0.1 fd66::9 fd12::1 10.99.0.200")
	refused := addrs("10.66.0.99 10.99.0.1 8.8.8.8 1.1.1.1 2a00::1 10.66.0.77 fd66::77 10.66.0.5 fd66::5 127.0.0.1 127.0.0.9 ::1 10.66.0.255 10.66.0.0 " +
		"224.0.0.1 ff02::1 255.255.255.255 0.0.0.0 :: 169.254.169.254 fe80::9 100.64.0.1 192.0.2.1 198.18.0.1 64:ff9b::a42:9 2002:a42:9::1 10.66.0.88")
	for i := range max(len(permitted), len(refused)) {
		r.see(refused[i%len(refused)], permitted[i%len(permitted)])
	}
	// However they are judged: whom the packets went to decides.
	r.until("all are through", func() bool {
		return counter(env, "attackers")+counter(env, "refused") >= int64(len(permitted)+len(refused))
	})
	stop()
	if probed, left := counter(env, "attackers"), counter(env, "refused"); probed != int64(len(permitted)) || left != int64(len(refused)) {
		t.Errorf("%d were probed and %d refused, want %d and %d", probed, left, len(permitted), len(refused))
	}
	// What ends the capture also shows that it sees what goes elsewhere.
	last := netip.MustParseAddr("9.9.9.9")
	r.until("the capture is through", func() bool {
		if c, err := net.Dial("udp4", last.String()+":9"); err == nil {
			_, _ = c.Write([]byte("x"))
			_ = c.Close()
		}
		return slices.Contains(seen(), last)
	})
	want := append(slices.Clone(permitted), last)
	have := seen()
	for _, a := range have {
		if !slices.Contains(want, a) {
			t.Errorf("a packet went to %s", a)
		}
	}
	for _, a := range want {
		if !slices.Contains(have, a) {
			t.Errorf("no packet went to %s", a)
		}
	}
}

func addrs(list string) (out []netip.Addr) {
	for s := range strings.FieldsSeq(list) {
		out = append(out, netip.MustParseAddr(s))
	}
	return out
}

// runInside runs this test again in a network namespace.
func runInside(t *testing.T) {
	t.Helper()
	give := t.Skipf
	if os.Getenv("CI") == "true" {
		give = t.Fatalf
	}
	if os.Geteuid() != 0 {
		give("network namespaces take root")
	}
	if _, err := exec.LookPath("ip"); err != nil {
		give("ip is not installed: run make deps as root, or install iproute2")
	}
	cmd := exec.CommandContext(t.Context(), "/proc/self/exe", "-test.run=^TestNoPacketOutsideTheRules$", "-test.timeout=2m", "-test.v")
	cmd.Env = append(os.Environ(), insideVariable+"=1")
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	out, err := cmd.CombinedOutput()
	if err != nil || !strings.Contains(string(out), "--- PASS: TestNoPacketOutsideTheRules") {
		t.Errorf("%v:\n%s", err, out)
	}
}

// capture notes where packets go that leave over any interface, until the test ends. What
// the kernel says about itself and its neighbours (ICMPv6) is left out.
func capture(t *testing.T) (seen func() []netip.Addr) {
	t.Helper()
	const all = 0x0300 // ETH_P_ALL in network order
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, all)
	if err != nil {
		t.Fatal(err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 8<<20); err != nil {
		t.Fatal(err)
	}
	if err := unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &unix.Timeval{Usec: 50_000}); err != nil {
		t.Fatal(err)
	}
	var (
		mu      sync.Mutex
		to      = map[netip.Addr]bool{}
		running sync.WaitGroup
		end     = make(chan struct{})
	)
	running.Go(func() {
		b := make([]byte, 64<<10)
		for {
			select {
			case <-end:
				return
			default:
			}
			n, from, err := unix.Recvfrom(fd, b, 0)
			if link, ok := from.(*unix.SockaddrLinklayer); err != nil || !ok || link.Pkttype != unix.PACKET_OUTGOING {
				continue
			}
			mu.Lock()
			switch p := b[:n]; {
			case n >= 20 && p[0]>>4 == 4:
				to[netip.AddrFrom4([4]byte(p[16:20]))] = true
			case n >= 40 && p[0]>>4 == 6 && p[6] != unix.IPPROTO_ICMPV6 && p[6] != 0:
				to[netip.AddrFrom16([16]byte(p[24:40]))] = true
			}
			mu.Unlock()
		}
	})
	t.Cleanup(func() {
		close(end)
		running.Wait()
		_ = unix.Close(fd)
	})
	return func() []netip.Addr {
		mu.Lock()
		defer mu.Unlock()
		return slices.Collect(maps.Keys(to))
	}
}
