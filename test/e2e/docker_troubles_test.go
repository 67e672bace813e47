package e2e_test

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/network"
)

// What keeps the docker driver from working is told in one line, before anything is
// started.
func TestDockerNeedsAnEngine(t *testing.T) {
	l := newLAN(t)
	o := l.operator()
	o.env = append(o.env, "DOCKER_HOST=unix://"+o.dir+"/nobody.sock")
	deploy := []string{"deploy", "-n", "1", "--driver", "docker", "--services", "http", "--interface", lanIface}
	if out, err := o.types(deploy...); err == nil || !strings.Contains(out, "no docker engine answers") || !strings.Contains(out, "apt-get install docker.io") {
		t.Errorf("without an engine: %v\n%s", err, out)
	}
	if o.stack() != 0 {
		t.Error("a stack was started for nothing")
	}
	if out, err := o.types("doctor", "--driver", "docker"); err == nil || !strings.Contains(out, "no docker engine answers") {
		t.Errorf("the doctor says: %v\n%s", err, out)
	}

	need(t, "dockerd", "setpriv")
	e := newDockerEngine(l)
	e.bases("debian:bookworm-slim")
	// Somebody who is neither root nor in the group docker.
	other := e.operator()
	other.prefix = append(other.prefix, "setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups", "--no-new-privs")
	for _, dir := range []string{filepath.Dir(decnetBinary), e.dir, filepath.Dir(e.dir), other.dir, filepath.Dir(other.dir)} {
		if err := os.Chmod(dir, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.Chown(other.dir, 65534, 65534); err != nil {
		t.Fatal(err)
	}
	if out, err := other.types(deploy...); err == nil || !strings.Contains(out, "no permission to use the docker engine") || !strings.Contains(out, "group docker") {
		t.Errorf("without permission: %v\n%s", err, out)
	}
	// With the permission no root is needed.
	if err := os.Chmod(filepath.Join(e.dir, "docker.sock"), 0o666); err != nil {
		t.Fatal(err)
	}
	other.does(deploy...)
	if out, err := l.attack("curl", "-sS", "http://"+other.native()["decky-01"].Address+"/"); err != nil || !strings.Contains(out, "<html") {
		t.Errorf("as an ordinary user: %v %s", err, out)
	}
	other.does("teardown", "--all")
	if left := e.leftovers(); left != "" {
		t.Errorf("left on the engine:\n%s", left)
	}
}

const troubledFleet = `[general]
interface = lan0
[good-01]
distro = debian
services = ssh, http
[half-01]
distro = debian
services = ssh, missing, quits, clash
[full-01]
distro = ubuntu22
services = ssh
[custom-missing]
image = 10.66.0.1:5000/nothing:1
ports = 1001
[custom-quits]
image = registry.local/billing:1
command = exit
ports = 1002
[custom-clash]
image = registry.local/billing:1
command = 22
ports = 1003
`

// What goes wrong with a decky or a service of it is told of that, and the others
// come up; what is killed comes back.
func TestDockerTroubles(t *testing.T) {
	l := newLAN(t)
	need(t, "curl")
	e := newDockerEngine(l, (*dockerEngine).smallDisk)
	e.bases("debian:bookworm-slim", "ubuntu:22.04")
	e.image("registry.local/billing:1", map[string][]byte{"billing": program(t, "billing")}, `ENTRYPOINT ["/billing"]`)
	o := e.operator()
	ini := o.write("troubled.ini", troubledFleet)
	deploy := func() (string, error) {
		return o.types("deploy", "--driver", "docker", "--config", ini, "--timeout", "3m")
	}
	// The disk has no room for a second image.
	o.does("images", "build", "--distro", "debian")
	undo := e.fillDisk()
	out, err := deploy()
	undo()
	if err == nil || !strings.Contains(out, "2 of 3 deckies are not as wanted") {
		t.Errorf("deploy says: %v\n%s", err, out)
	}
	deckies := o.native()
	for name, want := range map[string]struct {
		status string
		words  []string
	}{
		"good-01": {"ready", nil},
		"half-01": {"degraded", []string{
			"missing: pull image 10.66.0.1:5000/nothing:1: the image is not there", "quits: ", "exited at once with code 3: the licence has expired",
			"address already in use", // ssh or what clashes with it, whichever came second
		}},
		"full-01": {"failed", []string{"build image decnet/decoy-ubuntu-22-04", "disk of the docker engine is full"}},
	} {
		d := deckies[name]
		if d.Status != want.status {
			t.Errorf("%s is %s: %s", name, d.Status, d.Reason)
		}
		for _, w := range want.words {
			if !strings.Contains(d.Reason, w) {
				t.Errorf("%s: the reason has no %q: %s", name, w, d.Reason)
			}
		}
	}
	status := o.does("status")
	if !strings.Contains(status, "the licence has expired") {
		t.Errorf("status says\n%s", status)
	}
	// With room again it comes up by itself.
	eventually(t, 60*time.Second, "what could not be built is up", func() bool { return o.native()["full-01"].Status == "ready" })

	good := deckies["good-01"].Address
	serves := func() bool {
		code, err := l.attack("curl", "-sS", "-m", "2", "-o", "/dev/null", "-w", "%{http_code}", "http://"+good+"/")
		return err == nil && code != "000"
	}
	for _, victim := range []string{"good-01-http", "good-01"} {
		if err := exec.CommandContext(t.Context(), "kill", "-9", e.pid(victim)).Run(); err != nil {
			t.Fatal(err)
		}
		eventually(t, 60*time.Second, victim+" was killed and serves again", serves)
		eventually(t, 60*time.Second, "it is ready", func() bool { return o.native()["good-01"].Status == "ready" && e.pid("good-01") != "0" })
		eventually(t, 60*time.Second, "it serves", serves)
		e.walledIn("good-01")
	}
	e.docker("rm", "-f", "good-01", "good-01-ssh")
	eventually(t, 60*time.Second, "what somebody removed serves again", serves)
	e.stop()
	eventually(t, 30*time.Second, "status says that the engine is away", func() bool {
		d := o.native()["good-01"]
		return d.Status == "failed" && strings.Contains(d.Reason, "no docker engine answers")
	})
	e.start()
	eventually(t, 60*time.Second, "after a restart of the engine it serves", func() bool { return serves() && o.native()["good-01"].Status == "ready" })
	e.walledIn("good-01")

	// What was wanted by nobody while the deployer was away goes with its return.
	pid := o.stack()
	_ = syscall.Kill(pid, syscall.SIGKILL)
	eventually(t, 10*time.Second, "the stack is gone", func() bool { return ended(pid) })
	e.docker("run", "-d", "--name", "stranded", "--network", "none", "--label", "decnet.installation="+decnet.InstallationOf(o.dir), "--label", "decnet.fleet.decky=stranded", "registry.local/billing:1")
	o.does("deploy", "-n", "1", "--fleet", "other", "--services", "http") // starts a stack
	eventually(t, 60*time.Second, "what nobody wants is gone", func() bool { return !strings.Contains(e.docker("ps", "-a"), "stranded") })
	o.does("teardown", "--all")
	if left := e.leftovers(); left != "" {
		t.Errorf("left on the engine:\n%s", left)
	}
}

// walledIn checks that a decky's namespace has its wall.
func (e *dockerEngine) walledIn(base string) {
	e.Helper()
	err := network.Enter("/proc/"+e.pid(base)+"/ns/net", func() error {
		_, err := network.Blocked()
		return err
	})
	if err != nil {
		e.Errorf("%s: %v", base, err)
	}
}

// smallDisk gives the engine one of its own, in memory.
func (e *dockerEngine) smallDisk() {
	e.Helper()
	data := filepath.Join(e.dir, "data")
	if err := os.MkdirAll(data, 0o711); err != nil {
		e.Fatal(err)
	}
	if err := unix.Mount("tmpfs", data, "tmpfs", 0, "size=100m"); err != nil {
		e.Fatal(err)
	}
	e.Cleanup(func() {
		e.remove()
		if err := unix.Unmount(data, unix.MNT_DETACH); err != nil {
			e.Error(err)
		}
	})
}

// fillDisk leaves a few megabytes until it is undone.
func (e *dockerEngine) fillDisk() (undo func()) {
	e.Helper()
	path := filepath.Join(e.dir, "data", "fill")
	f, err := os.Create(path)
	if err != nil {
		e.Fatal(err)
	}
	piece := make([]byte, 1<<20)
	size := int64(0)
	for {
		n, err := f.Write(piece)
		if size += int64(n); err != nil {
			break
		}
	}
	if err := errors.Join(f.Truncate(size-5<<20), f.Close()); err != nil {
		e.Fatal(err)
	}
	return func() { _ = os.Remove(path) } // or the test fails
}

// A host without a registry gets its images from another one.
func TestImagesAreSavedAndLoaded(t *testing.T) {
	l := newLAN(t)
	need(t, "docker")
	e := newDockerEngine(l)
	e.bases("debian:bookworm-slim")
	e.image("registry.local/billing:1", map[string][]byte{"billing": program(t, "billing")}, `ENTRYPOINT ["/billing"]`)
	o := e.operator()
	file := filepath.Join(o.dir, "decoys.tar")
	if out := o.does("images", "save", file, "--distro", "debian", "--image", "registry.local/billing:1"); !strings.Contains(out, "3 images in "+file) {
		t.Errorf("save says %s", out)
	}
	e.docker(append([]string{"rmi", "-f"}, strings.Fields(e.docker("images", "-q"))...)...)
	if out, err := o.types("images", "load", "/proc/self/status"); err == nil || strings.Count(out, "\n") != 1 {
		t.Errorf("of no archive: %v %s", err, out)
	}
	if out := o.does("images", "load", file); !strings.Contains(out, "debian:bookworm-slim") || !strings.Contains(out, "decnet/decoy-debian-bookworm-slim:") || !strings.Contains(out, "registry.local/billing:1") {
		t.Errorf("load says %s", out)
	}
	ini := o.write("one.ini", "[general]\ninterface = lan0\n[web-01]\ndistro = debian\nservices = http, billing\n[custom-billing]\nimage = registry.local/billing:1\nports = 9443\n")
	o.does("deploy", "--driver", "docker", "--config", ini)
	o.does("teardown", "--all")

	// Who changes their mind at once is not left waiting, and nothing stays.
	o.does("deploy", "--driver", "docker", "--config", ini, "--daemon")
	o.does("teardown", "--all", "--timeout", "30s")
	if left := e.leftovers(); left != "" {
		t.Errorf("left on the engine:\n%s", left)
	}
}
