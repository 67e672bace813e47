package e2e_test

import (
	"bytes"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/network"
)

// lan is a network of the test's own: a host on which decnet runs and an attacker,
// each a network namespace, with a cable between them.
type lan struct {
	*testing.T
	host, attacker string // namespaces, as "ip netns" calls them
}

// Addresses of the test's network.
const (
	lanSubnet   = "10.66.0.0/16"
	attackerIP  = "10.66.0.1"
	hostIP      = "10.66.0.2"
	lanPrefix6  = "fd66::"
	attackerIP6 = "fd66::1"
	takenIP     = "10.66.0.9" // the attacker has that too
	lanIface    = "lan0"
)

// newLAN makes the network. It takes root and iproute2.
func newLAN(t *testing.T) *lan {
	t.Helper()
	need(t, "ip", "nsenter")
	if os.Geteuid() != 0 {
		if os.Getenv("CI") != "" {
			t.Fatal("network namespaces take root, and CI must have it")
		}
		t.Skip("network namespaces take root")
	}
	tag := fmt.Sprintf("dn%d", os.Getpid()%100000)
	l := &lan{T: t, host: tag + "-host", attacker: tag + "-att"}
	t.Cleanup(l.remove)
	l.raiseNeighbours()
	for _, line := range []string{
		"netns add " + l.host,
		"netns add " + l.attacker,
		"-n " + l.host + " link add " + lanIface + " type veth peer name eth0 netns " + l.attacker,
		"-n " + l.host + " addr add " + hostIP + "/16 dev " + lanIface,
		"-n " + l.host + " -6 addr add " + lanPrefix6 + "2/64 dev " + lanIface + " nodad",
		"-n " + l.host + " link set lo up",
		"-n " + l.host + " link set " + lanIface + " up",
		"-n " + l.attacker + " addr add " + attackerIP + "/16 dev eth0",
		"-n " + l.attacker + " addr add " + takenIP + "/16 dev eth0",
		"-n " + l.attacker + " -6 addr add " + attackerIP6 + "/64 dev eth0 nodad",
		"-n " + l.attacker + " link set lo up",
		"-n " + l.attacker + " link set eth0 up",
		"-n " + l.host + " route add default via " + attackerIP,
	} {
		l.ip(line)
	}
	return l
}

// raiseNeighbours makes room in the machine's neighbour tables for both ends of the
// cable; decnet cannot from inside a namespace.
func (l *lan) raiseNeighbours() {
	l.Helper()
	for _, n := range []string{"3", "2", "1"} { // the highest first, so that they are in order at any time
		for _, family := range []string{"ipv4", "ipv6"} {
			path := "/proc/sys/net/" + family + "/neigh/default/gc_thresh" + n
			before, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, []byte("65536"), 0)
			}
			if err != nil {
				l.Fatal(err)
			}
			l.Cleanup(func() { _ = os.WriteFile(path, bytes.TrimSpace(before), 0) })
		}
	}
}

func (l *lan) ip(line string) string {
	l.Helper()
	out, err := exec.Command("ip", strings.Fields(line)...).CombinedOutput()
	if err != nil {
		l.Fatalf("ip %s: %v: %s", line, err, out)
	}
	return string(out)
}

func (l *lan) remove() {
	for _, ns := range []string{l.host, l.attacker} {
		pids, _ := exec.Command("ip", "netns", "pids", ns).Output()
		for pid := range strings.FieldsSeq(string(pids)) {
			_ = exec.Command("kill", "-9", pid).Run() // what the test started there
		}
		_ = exec.Command("ip", "netns", "del", ns).Run() // it may not have been made
	}
}

// within runs f on a thread that is in the namespace.
func (l *lan) within(ns string, f func()) {
	l.Helper()
	if err := inNamespace("/run/netns/"+ns, f); err != nil {
		l.Fatalf("enter %s: %v", ns, err)
	}
}

// inNamespace is within for goroutines of a test.
func inNamespace(path string, f func()) error {
	return network.Enter(path, func() error {
		f()
		return nil
	})
}

// attack runs a program from the attacker's place.
func (l *lan) attack(name string, args ...string) (string, error) {
	l.Helper()
	return run(l.T, "", "ip", append([]string{"netns", "exec", l.attacker, name}, args...)...)
}

// operator is one on the lan's host, with decnet started in its namespace.
func (l *lan) operator() *operator {
	l.Helper()
	o := newOperator(l.T)
	// Not "ip netns exec", which has mounts of its own: what is pinned there would
	// be gone with the process.
	o.prefix = []string{"nsenter", "--net=/run/netns/" + l.host}
	l.Cleanup(func() { // after a failure deckies may still be pinned there
		_ = exec.Command("umount", "--recursive", "--lazy", o.dir+"/netns").Run()
		_ = exec.Command("umount", "--lazy", o.dir+"/stacks").Run()
	})
	o.env = append(o.env, "DECNET_DEPLOYER_NATIVE_DIR="+o.dir+"/netns")
	return o
}

// ears hear what arrives at the attacker's and the host's ends of the cable.
type ears struct {
	tcp []net.Listener
	udp []net.PacketConn
}

// listenEverywhere opens port 4444 on both ends.
func listenEverywhere(l *lan) (*ears, error) {
	e := &ears{}
	var errs []error
	for _, ns := range []string{l.attacker, l.host} {
		errs = append(errs, inNamespace("/run/netns/"+ns, func() {
			t, terr := net.Listen("tcp", "[::]:4444")
			u, uerr := net.ListenPacket("udp", "[::]:4444")
			if errs = append(errs, terr, uerr); terr == nil && uerr == nil {
				e.tcp, e.udp = append(e.tcp, t), append(e.udp, u)
			}
		}))
	}
	return e, errors.Join(errs...)
}

// all is what was heard until now and a moment longer.
func (e *ears) all() string {
	var heard []string
	deadline := time.Now().Add(500 * time.Millisecond)
	for _, t := range e.tcp {
		_ = t.(*net.TCPListener).SetDeadline(deadline)
		if c, err := t.Accept(); err == nil {
			heard = append(heard, "TCP from "+c.RemoteAddr().String())
			_ = c.Close()
		}
	}
	for _, u := range e.udp {
		_ = u.SetReadDeadline(deadline)
		if _, from, err := u.ReadFrom(make([]byte, 64)); err == nil {
			heard = append(heard, "UDP from "+from.String())
		}
	}
	return strings.Join(heard, ", ")
}

func (e *ears) close() {
	for i := range e.tcp {
		_ = e.tcp[i].Close()
		_ = e.udp[i].Close()
	}
}
