package e2e_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// nativeDecky is what status says of a decky.
type nativeDecky struct {
	Name, Status, Reason, MAC, Address string
	Services                           []decnet.ServiceState
}

func (o *operator) native() map[string]nativeDecky {
	o.Helper()
	var items []struct {
		Kind string
		nativeDecky
	}
	if err := json.Unmarshal([]byte(o.does("status", "-o", "json")), &items); err != nil {
		o.Fatal(err)
	}
	out := map[string]nativeDecky{}
	for _, i := range items {
		if i.Kind == "decky" {
			out[i.Name] = i.nativeDecky
		}
	}
	return out
}

// leftovers is what is still there of a fleet that was taken down.
func (l *lan) leftovers(o *operator) string {
	l.Helper()
	var left []string
	pinned, _ := filepath.Glob(o.dir + "/netns/*")
	left = append(left, pinned...)
	mounts, err := os.ReadFile("/proc/self/mountinfo")
	if err != nil {
		l.Fatal(err)
	}
	for line := range strings.Lines(string(mounts)) {
		if strings.Contains(line, o.dir+"/netns") && strings.Contains(line, "nsfs") {
			left = append(left, strings.TrimSpace(line))
		}
	}
	for line := range strings.Lines(l.ip("-n " + l.host + " -o link")) {
		if !strings.Contains(line, ": lo:") && !strings.Contains(line, ": "+lanIface+"@") {
			left = append(left, strings.TrimSpace(line))
		}
	}
	for line := range strings.Lines(l.ip("-n " + l.host + " route")) {
		if !strings.Contains(line, "dev "+lanIface) {
			left = append(left, strings.TrimSpace(line))
		}
	}
	for pid := range strings.FieldsSeq(l.ip("netns pids " + l.host)) {
		n, err := strconv.Atoi(pid)
		if err == nil && !ended(n) {
			left = append(left, "process "+pid)
		}
	}
	return strings.Join(left, "\n")
}

// nothingLeft checks that, within a moment, nothing is.
func (l *lan) nothingLeft(o *operator) {
	l.Helper()
	left := ""
	for range 100 {
		if left = l.leftovers(o); left == "" {
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	l.Errorf("left behind:\n%s", left)
}

var (
	reportFor = regexp.MustCompile(`Nmap scan report for (\S+)`)
	macOf     = regexp.MustCompile(`MAC Address: (\S+) \((.*)\)`)
)

// hosts are what nmap's ping scan printed: MAC address and vendor by address.
func hosts(scan string) map[string][2]string {
	out := map[string][2]string{}
	last := ""
	for line := range strings.Lines(scan) {
		if m := reportFor.FindStringSubmatch(line); m != nil {
			last = m[1]
			out[last] = [2]string{}
		} else if m := macOf.FindStringSubmatch(line); m != nil {
			out[last] = [2]string{strings.ToLower(m[1]), m[2]}
		}
	}
	return out
}

// A thousand deckies on a small machine, seen from outside.
func TestNativeThousand(t *testing.T) {
	l := newLAN(t)
	need(t, "nmap")
	o := l.operator()
	const n = 1000
	begin := time.Now()
	o.does("deploy", "-n", fmt.Sprint(n), "--driver", "native", "--services", "ssh,http", "--interface", lanIface, "--ip-start", "10.66.1.1", "--timeout", "5m")
	t.Logf("%d deckies deployed within %v, decnet started and built with -race", n, time.Since(begin).Round(time.Millisecond))
	deckies := o.native()
	if len(deckies) != n {
		t.Fatalf("status has %d deckies", len(deckies))
	}
	scan, err := l.attack("nmap", "-sn", "-n", "-T4", "10.66.1-5.0-255")
	if err != nil {
		t.Fatalf("nmap: %v\n%s", err, scan)
	}
	seen := hosts(scan)
	for name, d := range deckies {
		got, ok := seen[d.Address]
		if d.Status != "ready" || !ok || got[0] != d.MAC || got[1] == "Unknown" {
			t.Errorf("%s at %s (%s, %s) is seen as %v", name, d.Address, d.MAC, d.Status, got)
		}
		delete(seen, d.Address)
	}
	if len(seen) > 0 {
		t.Errorf("nmap sees what nobody deployed: %v", seen)
	}
	l.within(l.attacker, func() {
		for range 500 {
			d := deckies[fmt.Sprintf("decky-%02d", 1+rand.IntN(n))]
			s := d.Services[rand.IntN(len(d.Services))]
			at := netip.AddrPortFrom(s.Address, s.Port).String()
			c, err := net.DialTimeout("tcp", at, 10*time.Second)
			if err != nil {
				t.Errorf("%s %s: %v", d.Name, s.Slug, err)
				continue
			}
			if s.Slug == "ssh" {
				_ = c.SetReadDeadline(time.Now().Add(10 * time.Second))
				if banner := make([]byte, 7); read(c, banner) != nil || string(banner) != "SSH-2.0" {
					t.Errorf("%s greets with %q", d.Name, banner)
				}
			}
			_ = c.Close()
		}
		if _, err := net.DialTimeout("tcp", deckies["decky-01"].Address+":81", 10*time.Second); err == nil || !strings.Contains(err.Error(), "refused") {
			t.Errorf("a closed port: %v", err)
		}
	})
	if out := o.does("teardown", "--all", "--timeout", "3m"); !strings.Contains(out, fmt.Sprint(n, " removed")) {
		t.Errorf("teardown says %s", out)
	}
	l.nothingLeft(o)
}

// fetch gets a page over a connection of its own, made by the calling thread: an
// http.Client would connect from another, and so from another namespace.
func fetch(at string) error {
	c, err := net.DialTimeout("tcp", at, 5*time.Second)
	if err != nil {
		return err
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	if _, err := io.WriteString(c, "GET / HTTP/1.0\r\nHost: a\r\n\r\n"); err != nil {
		return err
	}
	page, err := io.ReadAll(c)
	if err == nil && !bytes.HasPrefix(page, []byte("HTTP/1.1 ")) {
		err = fmt.Errorf("%q is no answer", page)
	}
	return err
}

func read(c net.Conn, b []byte) error {
	_, err := io.ReadFull(c, b)
	return err
}

// Killed half-way, decnet finishes the fleet when it is started again, and clears
// away what nobody wants.
func TestNativeKilledHalfWay(t *testing.T) {
	l := newLAN(t)
	o := l.operator()
	o.does("deploy", "-n", "300", "--driver", "native", "--services", "http", "--interface", lanIface, "--daemon")
	eventually(t, 60*time.Second, "it is half-way", func() bool {
		pinned, _ := filepath.Glob(o.dir + "/netns/*")
		return len(pinned) > 100 && o.stack() != 0
	})
	if err := syscall.Kill(o.stack(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	o.does("redeploy", "--timeout", "2m")
	for name, d := range o.native() {
		if d.Status != "ready" {
			t.Errorf("%s is %s: %s", name, d.Status, d.Reason)
		}
	}
	if n := len(o.native()); n != 300 {
		t.Errorf("there are %d deckies", n)
	}
	if err := syscall.Kill(o.stack(), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	time.Sleep(200 * time.Millisecond)
	o.does("deploy", "-n", "10", "--driver", "native", "--services", "http", "--interface", lanIface)
	if pinned, _ := filepath.Glob(o.dir + "/netns/*"); len(pinned) != 10 {
		t.Errorf("%d namespaces are left of 10 deckies", len(pinned))
	}
	o.does("teardown", "--all")
	l.nothingLeft(o)
}

// A decoy process that dies under load is replaced within a second, and what it
// had written is stored.
func TestNativeDecoyDiesUnderLoad(t *testing.T) {
	l := newLAN(t)
	o := l.operator()
	o.does("deploy", "-n", "20", "--driver", "native", "--services", "http", "--interface", lanIface)
	deckies := o.native()
	stop, silences := make(chan struct{}), make(chan []time.Duration)
	var answered int
	entered := make(chan error, 1)
	go func() {
		entered <- inNamespace("/run/netns/"+l.attacker, func() {
			var gaps []time.Duration
			last := time.Now()
			for i := 0; ; i++ {
				select {
				case <-stop:
					silences <- gaps
					return
				default:
				}
				if fetch(deckies[fmt.Sprintf("decky-%02d", 1+i%20)].Address+":80") != nil {
					continue
				}
				answered++
				gaps, last = append(gaps, time.Since(last)), time.Now()
			}
		})
	}()
	for range 3 {
		time.Sleep(700 * time.Millisecond)
		o.killDecoys()
	}
	time.Sleep(700 * time.Millisecond)
	close(stop)
	gaps := <-silences
	if err := <-entered; err != nil {
		t.Fatal(err)
	}
	slices.Sort(gaps)
	longest := gaps[max(0, len(gaps)-3):] // one for each kill
	t.Logf("%d requests were answered, the longest silences were %v", answered, longest)
	if len(longest) < 3 || longest[1] > time.Second { // the middle one: a busy machine may hold up one
		t.Error("the deckies were silent for too long")
	}
	o.does("teardown", "--all")
}

// From inside a decky nobody is reached, whatever is tried, and each attempt is an
// event.
func TestNativeNothingLeaves(t *testing.T) {
	l := newLAN(t)
	o := l.operator()
	o.does("deploy", "-n", "2", "--driver", "native", "--services", "http", "--interface", lanIface)
	other := o.native()["decky-02"].Address
	heard, err := listenEverywhere(l)
	if err != nil {
		t.Fatal(err)
	}
	defer heard.close()
	err = inNamespace(o.dir+"/netns/decky-01", func() {
		for _, target := range []string{attackerIP, hostIP, other, attackerIP6} {
			at := net.JoinHostPort(target, "4444")
			if c, err := net.DialTimeout("tcp", at, 300*time.Millisecond); err == nil {
				_ = c.Close()
				t.Errorf("TCP reaches %s", at)
			}
			if c, err := net.Dial("udp", at); err == nil {
				_, _ = c.Write([]byte("hello")) // whether it arrives is looked at from the other side
				_ = c.Close()
			}
		}
		if c, err := net.Dial("ip4:icmp", attackerIP); err == nil {
			_, _ = c.Write([]byte{8, 0, 0xf7, 0xff, 0, 0, 0, 0}) // an echo request
			_ = c.Close()
		}
	})
	if err != nil {
		t.Fatal(err)
	}
	if got := heard.all(); got != "" {
		t.Errorf("outside was heard: %s", got)
	}
	eventually(t, 20*time.Second, "the attempts are events", func() bool {
		log, err := os.ReadFile(filepath.Join(o.dir, "log", "events.log"))
		return err == nil && strings.Contains(string(log), `decky-01 network - egress_blocked`) &&
			strings.Contains(string(log), `transport="tcp"`) && strings.Contains(string(log), `transport="udp"`) && strings.Contains(string(log), `transport="icmp"`)
	})
	o.does("teardown", "--all")
	l.nothingLeft(o)
}

// What can go wrong on a real network is told in one line, and mends itself when
// its cause is gone.
func TestNativeTroubles(t *testing.T) {
	l := newLAN(t)
	o := l.operator()
	deploy := func(args ...string) (string, error) {
		return o.types(append([]string{"deploy", "--driver", "native", "--services", "http"}, args...)...)
	}
	if out, err := deploy("-n", "1", "--interface", "lan1"); err == nil || !strings.Contains(out, `"lan1"`) || !strings.Contains(out, lanIface) {
		t.Errorf("an interface there is not: %v %s", err, out)
	}
	if out, err := deploy("-n", "20", "--interface", lanIface, "--subnet", "10.66.0.0/28"); err == nil || !strings.Contains(out, "no address left") {
		t.Errorf("a small subnet: %v %s", err, out)
	}
	conflict := o.write("conflict.ini", "[general]\nnet = "+lanSubnet+"\n[web]\nip = "+takenIP+"\nservices = http\n")
	if out, err := o.types("deploy", "--driver", "native", "--interface", lanIface, "--config", conflict); err == nil || !strings.Contains(out, "is in use by the machine with MAC address") {
		t.Errorf("an address in use: %v %s", err, out)
	}
	l.nothingLeft(o)

	if out, err := deploy("-n", "5", "--interface", lanIface); err != nil {
		t.Fatalf("%v %s", err, out)
	}
	phases := func(want string) func() bool {
		return func() bool {
			for _, d := range o.native() {
				if d.Status != want {
					return false
				}
			}
			return true
		}
	}
	l.ip("-n " + l.host + " link set " + lanIface + " down")
	eventually(t, 20*time.Second, "the deckies are said to be down", phases("degraded"))
	l.ip("-n " + l.host + " link set " + lanIface + " up")
	l.ip("-n " + l.host + " route replace default via " + attackerIP)
	eventually(t, 30*time.Second, "they are back", phases("ready"))
	l.within(l.attacker, func() {
		for name, d := range o.native() {
			c, err := net.DialTimeout("tcp", d.Address+":80", 10*time.Second)
			if err != nil {
				t.Errorf("%s: %v", name, err)
				continue
			}
			_ = c.Close()
		}
	})
	o.does("teardown", "--all")
	l.nothingLeft(o)
}
