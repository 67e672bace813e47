package deployer_test

import (
	"bufio"
	"fmt"
	"log/slog"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/deployer"
)

// logged is a log that is read while it is written.
type logged struct{ decoytest.Output }

func (l *logged) has(words ...string) bool {
	for line := range strings.Lines(l.String()) {
		all := true
		for _, w := range words {
			all = all && strings.Contains(line, w)
		}
		if all {
			return true
		}
	}
	return false
}

// An attacker who runs code of his own in the decoy process is seen by the
// operator, and the process is replaced when he shows that it is he.
func TestATakenDecoyProcessIsSeenAndReplaced(t *testing.T) {
	binary := filepath.Join(t.TempDir(), "prisoner")
	build := exec.CommandContext(t.Context(), "go", "build", "-o", binary, "../../decoys/sandbox/testdata/prisoner")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := build.CombinedOutput(); err != nil {
		t.Fatalf("build: %v\n%s", err, out)
	}
	r := &rig{T: t, bus: bustest.New(t), cfg: deployer.Default(t.TempDir())}
	r.cfg.Binary = binary
	env, log := workertest.Env(t, "deployer", r.bus), &logged{}
	env.Log = slog.New(slog.NewTextHandler(log, nil))
	service := decoy.Service{Spec: decnet.ServiceSpec{Slug: "prisoner", Ports: []decnet.PortSpec{{Port: 10099, Transport: decnet.TCP}}}}
	d, err := deployer.New(r.cfg, env, registry.New(service))
	if err != nil {
		t.Fatal(err)
	}
	r.stop = workertest.Start(t, env, d.Run)
	r.want("web-09", 9, "prisoner")
	s := r.state("web-09", decnet.PhaseReady).Services[0]
	at := netip.AddrPortFrom(s.Address, s.Port).String()

	if have := try(t, at, "connect"); have != "EPERM" {
		t.Errorf("connect: have %s", have)
	}
	workertest.Eventually(t, "the attempt is in the log", func() bool { return log.has("level=WARN", "call=connect") })
	if have := try(t, at, "execve a shell"); have != "gone" {
		t.Errorf("execve: have %s", have)
	}
	workertest.Eventually(t, "the end is in the log", func() bool {
		return log.has("level=ERROR", "call=execve") && log.has("starting it again", "system call execve")
	})
	workertest.Eventually(t, "the next process serves", func() bool { return try(t, at, "time zone") == "done" })
}

// try has the prisoner try something and returns what came of it.
func try(t *testing.T, at, what string) string {
	t.Helper()
	c, err := net.DialTimeout("tcp", at, 5*time.Second)
	if err != nil {
		return "gone"
	}
	defer func() { _ = c.Close() }()
	_ = c.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = fmt.Fprintln(c, what)
	line, err := bufio.NewReader(c).ReadString('\n')
	if err != nil {
		return "gone"
	}
	return strings.TrimSpace(line)
}
