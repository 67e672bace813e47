package deployer_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/deployer"
)

var decoyBinary string

func TestMain(m *testing.M) {
	var remove func()
	decoyBinary, remove = decoytest.Program()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		remove()
		os.Exit(code)
	}))
}

type rig struct {
	*testing.T
	bus  *bus.Bus
	cfg  deployer.Config
	env  worker.Env
	stop func()
}

func newRig(t *testing.T, adjust ...func(*deployer.Config)) *rig {
	t.Helper()
	r := &rig{T: t, bus: bustest.New(t), cfg: deployer.Default(t.TempDir())}
	r.cfg.Binary = decoyBinary
	for _, a := range adjust {
		a(&r.cfg)
	}
	r.start()
	return r
}

func (r *rig) start() {
	r.env = workertest.Env(r.T, "deployer", r.bus)
	d, err := deployer.New(r.cfg, r.env, registry.All())
	if err != nil {
		r.Fatal(err)
	}
	r.stop = workertest.Start(r.T, r.env, d.Run)
}

// want puts a decky with an HTTP service into the fleet.
func (r *rig) want(name string, last byte, services ...string) {
	r.Helper()
	d := decnet.Decky{
		Name: name, Host: workertest.Host, Driver: "loopback", Address: netip.AddrFrom4([4]byte{127, 0, 78, last}),
		Fleet: "test", OS: "debian", Stack: decnet.FamilyLinux, Seed: strings.Repeat("ab", 32), Created: time.Now(),
	}
	for _, s := range services {
		d.Services = append(d.Services, decnet.ServiceRequest{Slug: s})
	}
	if err := bus.Fleet.Set(r.Context(), r.bus, d, d.Host, d.Name); err != nil {
		r.Fatal(err)
	}
}

// state waits until the decky is in one of the phases.
func (r *rig) state(name string, phase decnet.Phase) (found decnet.DeckyState) {
	r.Helper()
	workertest.Eventually(r.T, fmt.Sprintf("decky %s is %s", name, phase), func() bool {
		latest, err := bus.DeckiesState.Latest(r.Context(), r.bus)
		for _, m := range latest {
			if m.Body.Name == name {
				found = m.Body
			}
		}
		return err == nil && found.Phase == phase
	})
	return found
}

// What was removed while no deployer ran is reported by the next one.
func TestWhatWasRemovedMeanwhileIsReported(t *testing.T) {
	r := newRig(t)
	r.want("kept", 31, "http")
	r.want("gone", 32, "http")
	r.state("kept", decnet.PhaseReady)
	r.state("gone", decnet.PhaseReady)
	r.stop()
	entries, err := bus.Fleet.List(t.Context(), r.bus)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.Value.Name == "gone" {
			if err := bus.Fleet.Delete(t.Context(), r.bus, e.Revision, e.Keys...); err != nil {
				t.Fatal(err)
			}
		}
	}
	r.start()
	if s := r.state("gone", decnet.PhaseRemoved); len(s.Services) != 0 {
		t.Errorf("it is said to serve %+v", s.Services)
	}
	if s := r.state("kept", decnet.PhaseReady); s.OS != "debian" || s.MAC == "" || s.Fleet != "test" || s.Revision == 0 {
		t.Errorf("have %+v", s)
	}
}

func get(s decnet.ServiceState) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+netip.AddrPortFrom(s.Address, s.Port).String()+"/", http.NoBody)
	if err != nil {
		return err
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return err
	}
	_, err = io.Copy(io.Discard, res.Body)
	return errors.Join(err, res.Body.Close())
}

// lines are all lines in the spool.
func (r *rig) lines() string {
	r.Helper()
	list, err := spool.List(r.cfg.Spool)
	if err != nil {
		r.Fatal(err)
	}
	var all bytes.Buffer
	for _, s := range list {
		data, err := os.ReadFile(s.Path())
		if errors.Is(err, fs.ErrNotExist) { // it was sealed meanwhile
			s.Sealed = true
			data, err = os.ReadFile(s.Path())
		}
		if err != nil {
			r.Fatal(err)
		}
		all.Write(data)
	}
	return all.String()
}

func TestDeckiesComeAndGoWithTheFleet(t *testing.T) {
	r := newRig(t)
	r.want("web-01", 1, "http")
	s := r.state("web-01", decnet.PhaseReady)
	if len(s.Services) != 1 || s.Services[0].Slug != "http" || s.Hostname == "" {
		t.Fatalf("have %+v", s)
	}
	if err := get(s.Services[0]); err != nil {
		t.Fatal(err)
	}
	workertest.Eventually(t, "the request is in the spool", func() bool { return strings.Contains(r.lines(), " web-01 http - request ") })

	if err := bus.Fleet.Delete(t.Context(), r.bus, 1, workertest.Host, "web-01"); err != nil {
		t.Fatal(err)
	}
	r.state("web-01", decnet.PhaseRemoved)
	if err := get(s.Services[0]); err == nil {
		t.Error("a decky that was removed still answers")
	}
}

func TestWhatCannotBeHadIsShiftedAndSaid(t *testing.T) {
	addr := netip.AddrFrom4([4]byte{127, 0, 78, 2})
	l, err := net.Listen("tcp", netip.AddrPortFrom(addr, 80).String())
	if err == nil {
		defer func() { _ = l.Close() }()
	} // without privileges the port cannot be had anyway
	r := newRig(t)
	r.want("web-02", 2, "http")
	s := r.state("web-02", decnet.PhaseReady).Services[0]
	if s.Port != 10080 || s.WantedPort != 80 || s.Address != addr || !strings.Contains(s.Note, "serving "+addr.String()+":10080 instead") {
		t.Errorf("have %+v", s)
	}
	if err := get(s); err != nil {
		t.Error(err)
	}
}

func TestImpossibleDeckiesSayWhy(t *testing.T) {
	r := newRig(t)
	tests := []struct {
		name   string
		change func(*decnet.Decky)
		reason string
	}{
		{"a service there is not", func(d *decnet.Decky) { d.Services = []decnet.ServiceRequest{{Slug: "htpp"}} }, `unknown service "htpp"`},
		{"a setting there is not", func(d *decnet.Decky) { d.Services[0].Settings = map[string]string{"colour": "red"} }, `unknown setting "colour"`},
		{"a driver there is not", func(d *decnet.Decky) { d.Driver = "carrier-pigeon" }, "carrier-pigeon"},
		{"an address that is not loopback", func(d *decnet.Decky) { d.Address = netip.MustParseAddr("192.0.2.1") }, "192.0.2.1"},
		{"a distro there is not", func(d *decnet.Decky) { d.OS = "beos" }, `unknown operating system "beos"`},
	}
	for i, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := decnet.Decky{
				Name: fmt.Sprint("bad-", i), Host: workertest.Host, Driver: "loopback", Address: netip.AddrFrom4([4]byte{127, 0, 78, byte(100 + i)}),
				Fleet: "test", OS: "debian", Stack: decnet.FamilyLinux, Seed: strings.Repeat("ab", 32), Services: []decnet.ServiceRequest{{Slug: "http"}},
			}
			test.change(&d)
			if err := bus.Fleet.Set(t.Context(), r.bus, d, d.Host, d.Name); err != nil {
				t.Fatal(err)
			}
			if s := r.state(d.Name, decnet.PhaseFailed); !strings.Contains(s.Reason, test.reason) || strings.Contains(s.Reason, "\n") {
				t.Errorf("reason is %q, want one line with %q", s.Reason, test.reason)
			}
		})
	}
}

// decoyPID finds the decoy process of this test among our children.
func (r *rig) decoyPID() int {
	r.Helper()
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		r.Fatal(err)
	}
	for _, path := range stats {
		data, err := os.ReadFile(path)
		if err != nil {
			continue // it ended meanwhile
		}
		name, rest, _ := strings.Cut(string(data), ") ")
		if fields := strings.Fields(rest); strings.HasSuffix(name, "(decnet-decoy") && fields[1] == strconv.Itoa(os.Getpid()) {
			pid, _ := strconv.Atoi(strings.Fields(string(data))[0])
			return pid
		}
	}
	r.Fatal("there is no decoy process")
	return 0
}

func TestAKilledDecoyProcessLosesNothing(t *testing.T) {
	r := newRig(t)
	r.want("web-03", 3, "http")
	s := r.state("web-03", decnet.PhaseReady).Services[0]
	const rounds, each = 3, 20
	for range rounds {
		for range each {
			if err := get(s); err != nil {
				t.Fatal(err)
			}
		}
		pid := r.decoyPID()
		if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		// The sockets are still open in the deployer, so that this one waits in
		// the backlog instead of being refused.
		if err := get(s); err != nil {
			t.Errorf("right after the process was killed: %v", err)
		}
	}
	workertest.Eventually(t, "every answered request is in the spool", func() bool {
		return strings.Count(r.lines(), " http - request ") == rounds*(each+1)
	})
}

func TestSegmentsChangeUnderWay(t *testing.T) {
	r := newRig(t, func(c *deployer.Config) { c.SegmentBytes = 4 << 10 })
	r.want("web-04", 4, "http")
	s := r.state("web-04", decnet.PhaseReady).Services[0]
	n := 0
	workertest.Eventually(t, "there are three segments", func() bool {
		if err := get(s); err != nil {
			t.Fatal(err)
		}
		n++
		list, err := spool.List(r.cfg.Spool)
		return err == nil && len(list) >= 3 && list[0].Sealed && list[1].Sealed
	})
	workertest.Eventually(t, "no request is missing", func() bool { return strings.Count(r.lines(), " http - request ") == n })
}

func TestTheDecoyProcessHasNothing(t *testing.T) {
	r := newRig(t)
	pid := r.decoyPID()
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		t.Fatal(err)
	}
	want := []string{"NoNewPrivs:\t1", "Seccomp:\t2"}
	if os.Geteuid() == 0 {
		want = append(want, "Uid:\t65534\t65534\t65534\t65534", "CapEff:\t0000000000000000", "CapBnd:\t0000000000000000")
		root, err := os.Readlink(fmt.Sprintf("/proc/%d/root", pid))
		if err != nil || root != r.cfg.Root {
			t.Errorf("its root directory is %q, %v; want %q", root, err, r.cfg.Root)
		}
	}
	for _, line := range want {
		if !strings.Contains(string(status), line+"\n") {
			t.Errorf("its status lacks %q", line)
		}
	}
	if os.Geteuid() != 0 {
		t.Skip("not root: that it becomes another user in an empty directory is not tested")
	}
}

func TestStopTakesDeckiesOffTheWire(t *testing.T) {
	r := newRig(t)
	r.want("web-05", 5, "http")
	s := r.state("web-05", decnet.PhaseReady)
	pid := r.decoyPID()
	r.stop()
	if err := get(s.Services[0]); err == nil {
		t.Error("a decky answers although its deployer is stopped")
	}
	if err := syscall.Kill(pid, 0); err == nil {
		t.Error("the decoy process is still there")
	}
	r.state("web-05", decnet.PhasePending)
	r.start()
	if err := get(r.state("web-05", decnet.PhaseReady).Services[0]); err != nil {
		t.Error(err)
	}
}
