package e2e_test

import (
	"archive/tar"
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/docker/ownengine"
)

// dockerEngine is a Docker engine of the test's own on the lan's host. It sees no
// container, network or image of the machine's.
type dockerEngine struct {
	*testing.T
	lan     *lan
	dir     string
	process *ownengine.Process // nil while it is stopped
}

// newDockerEngine starts one that ends with the test, as do its containers.
func newDockerEngine(l *lan, before ...func(*dockerEngine)) *dockerEngine {
	l.Helper()
	need(l.T, "dockerd", "unshare", "nsenter")
	e := &dockerEngine{T: l.T, lan: l, dir: l.TempDir()}
	l.Cleanup(e.remove)
	for _, f := range before {
		f(e)
	}
	e.start()
	return e
}

func (e *dockerEngine) host() string { return ownengine.Host(e.dir) }

func (e *dockerEngine) start() {
	e.Helper()
	out, err := os.OpenFile(filepath.Join(e.dir, "log"), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		e.Fatal(err)
	}
	defer func() { _ = out.Close() }() // the engine has its own
	if e.process, err = ownengine.Start(e.lan.host, e.dir, "decnet-e2e", out); err != nil {
		e.Fatal(err)
	}
	for range 600 {
		if c, err := docker.Connect(context.Background(), e.host()); err == nil {
			_ = c.Close() // it was only to see
			return
		}
		time.Sleep(50 * time.Millisecond)
	}
	data, _ := os.ReadFile(out.Name())
	e.Fatalf("dockerd does not answer:\n%s", data[max(0, len(data)-2000):])
}

// stop ends the engine, which ends its containers.
func (e *dockerEngine) stop() {
	if e.process != nil {
		e.process.Stop()
		e.process = nil
	}
}

func (e *dockerEngine) remove() {
	if e.process == nil {
		return
	}
	if c, err := docker.Connect(context.Background(), e.host()); err == nil {
		_, _ = c.Reap(context.Background(), map[string]string{docker.LabelInstallation: ""}, func(string) bool { return false })
		_ = c.Close()
	}
	e.stop()
	for _, pattern := range []string{"/sys/fs/cgroup/decnet-e2e", "/sys/fs/cgroup/*/decnet-e2e"} {
		groups, _ := filepath.Glob(pattern)
		for _, g := range groups {
			_ = os.Remove(g) // it is empty or another test's
		}
	}
}

// client connects to the engine until the test ends.
func (e *dockerEngine) client() *docker.Engine {
	e.Helper()
	c, err := docker.Connect(e.Context(), e.host())
	if err != nil {
		e.Fatal(err)
	}
	e.Cleanup(func() { _ = c.Close() })
	return c
}

// image makes one of a few files, by their names. No registry can be reached.
func (e *dockerEngine) image(ref string, files map[string][]byte, changes ...string) {
	e.Helper()
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	for name, data := range files {
		if err := w.WriteHeader(&tar.Header{Name: name, Mode: 0o755, Size: int64(len(data))}); err != nil {
			e.Fatal(err)
		}
		if _, err := w.Write(data); err != nil {
			e.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		e.Fatal(err)
	}
	if err := e.client().ImportRootfs(e.Context(), &b, ref, changes...); err != nil {
		e.Fatal(err)
	}
}

// bases makes stand-ins for the images that deckies are built on.
func (e *dockerEngine) bases(refs ...string) {
	for _, ref := range refs {
		e.image(ref, map[string][]byte{"etc/distro": []byte(ref)})
	}
}

// program builds a program of testdata that needs nothing of its image.
func program(t *testing.T, name string) []byte {
	t.Helper()
	path := filepath.Join(t.TempDir(), name)
	cmd := exec.Command("go", "build", "-ldflags", "-s -w", "-o", path, "./testdata/"+name)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOFLAGS=-buildvcs=false")
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("build %s: %v\n%s", name, err, out)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// docker runs the docker command against the engine.
func (e *dockerEngine) docker(args ...string) string {
	e.Helper()
	out, err := run(e.T, "", "docker", append([]string{"-H", e.host()}, args...)...)
	if err != nil {
		e.Fatalf("docker %s: %v\n%s", strings.Join(args, " "), err, out)
	}
	return out
}

// leftovers are what is on the engine of any fleet.
func (e *dockerEngine) leftovers() string {
	return strings.TrimSpace(e.docker("ps", "-a", "--format", "container {{.Names}}") + e.docker("network", "ls", "--filter", "driver=macvlan", "--format", "network {{.Name}}"))
}

// inspect is what the engine says of its containers, by name, without what is another
// for every container.
func (e *dockerEngine) inspect() map[string]string {
	e.Helper()
	const format = `{{.Name}}|{{json .Config.Hostname}} {{json .Config.Labels}} {{json .Config.Env}} {{json .Config.Entrypoint}} {{json .Config.Cmd}} {{json .Config.User}} ` +
		`{{json .HostConfig.Sysctls}} {{json .HostConfig.CapAdd}} {{json .HostConfig.CapDrop}} {{json .HostConfig.SecurityOpt}} {{json .HostConfig.ReadonlyRootfs}} {{json .HostConfig.Tmpfs}} ` +
		`{{json .HostConfig.PidsLimit}} {{json .HostConfig.Memory}} {{json .HostConfig.MemorySwap}} {{json .HostConfig.RestartPolicy}} {{json .HostConfig.LogConfig}} ` +
		`{{range $n, $v := .NetworkSettings.Networks}}{{$n}} {{$v.IPAddress}} {{$v.MacAddress}} {{$v.GlobalIPv6Address}}{{end}} {{.State.Running}}`
	out := map[string]string{}
	ids := strings.Fields(e.docker("ps", "-aq"))
	if len(ids) == 0 {
		return out
	}
	for line := range strings.Lines(e.docker(append([]string{"inspect", "--format", format}, ids...)...)) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), "|")
		out[strings.TrimPrefix(name, "/")] = rest
	}
	return out
}

// dockerOperator is the lan's operator with the engine.
func (e *dockerEngine) operator() *operator {
	o := e.lan.operator()
	o.env = append(o.env, "DOCKER_HOST="+e.host())
	return o
}

func (e *dockerEngine) pid(container string) string {
	return strings.TrimSpace(e.docker("inspect", "--format", "{{.State.Pid}}", container))
}
