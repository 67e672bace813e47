package container_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/decoys/container"
	"github.com/decnet/decnet/decoys/decoytest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/network"
)

// decoy is the program under test, built as the product has it.
var decoy string

func TestMain(m *testing.M) {
	var remove func()
	decoy, remove = decoytest.Program()
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		remove()
		os.Exit(code)
	}))
}

func needRoot(t *testing.T) {
	t.Helper()
	if os.Geteuid() == 0 {
		return
	}
	if os.Getenv("CI") != "" {
		t.Fatal("not root, and CI must be")
	}
	t.Skip("not root: namespaces and other users cannot be had")
}

func TestWhatIsWrongIsOneLine(t *testing.T) {
	tests := []struct {
		name, env string
		args      []string
		status    int
		says      string
	}{
		{"no decky", "", []string{"serve"}, 1, "DECNET_DECKY is not set"},
		{"no JSON", "{", []string{"serve"}, 1, "DECNET_DECKY: unexpected end of JSON"},
		{"no decky in it", "{}", []string{"serve"}, 1, "DECNET_DECKY: "},
		{"arguments", "", []string{"serve", "x"}, 2, "serve takes no arguments"},
		{"no port", "", []string{"hold", "70000"}, 2, `"70000" is no UDP port`},
		{"on a host", "", []string{"hold"}, 1, "not the first of a container"},
	}
	for _, test := range tests {
		cmd := exec.CommandContext(t.Context(), decoy, test.args...)
		cmd.Env = []string{container.DeckyVariable + "=" + test.env}
		out, err := cmd.CombinedOutput()
		var exit *exec.ExitError
		if !errors.As(err, &exit) || exit.ExitCode() != test.status || !strings.Contains(string(out), test.says) || strings.Count(string(out), "\n") != 1 {
			t.Errorf("%s: have %v\n%s", test.name, err, out)
		}
	}
}

// serve starts the task as an ordinary user who may bind low ports.
func serve(t *testing.T, d *decnet.Decky) (out *decoytest.Output, stop func() error) {
	t.Helper()
	needRoot(t)
	data, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), decoy, container.TaskServe)
	out = new(decoytest.Output)
	cmd.Env, cmd.Stdout, cmd.Stderr = []string{container.DeckyVariable + "=" + string(data)}, out, out
	cmd.SysProcAttr = &syscall.SysProcAttr{
		Credential: &syscall.Credential{Uid: 65534, Gid: 65534, NoSetGroups: true}, AmbientCaps: []uintptr{unix.CAP_NET_BIND_SERVICE},
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return out, func() error {
		_ = cmd.Process.Signal(syscall.SIGTERM) // it may have ended
		return cmd.Wait()
	}
}

func TestServe(t *testing.T) {
	d := decoytest.NewDecky(decoytest.Options{}, "http")
	d.Address = netip.MustParseAddr("127.91.3.7")
	out, stop := serve(t, d)
	var err error
	for range 200 {
		var res *http.Response
		client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
		if res, err = client.Get("http://127.91.3.7/"); err == nil {
			_ = res.Body.Close()
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if serr := stop(); err != nil || serr != nil {
		t.Fatalf("%v, %v\n%s", err, serr, out)
	}
	if got := out.String(); !strings.Contains(got, " decky-01 http - request [decnet@32473") || !strings.Contains(got, "disconnect") {
		t.Errorf("it wrote\n%s", got)
	}
}

func TestAPortThatIsTakenEndsIt(t *testing.T) {
	d := decoytest.NewDecky(decoytest.Options{}, "http")
	d.Address = netip.MustParseAddr("127.91.3.8")
	first, stop := serve(t, d)
	defer func() {
		if err := stop(); err != nil {
			t.Errorf("%v\n%s", err, first)
		}
	}()
	for range 200 {
		if strings.Contains(dial("127.91.3.8:80"), "ok") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	second, stopSecond := serve(t, d)
	for range 200 {
		if second.String() != "" {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	if err := stopSecond(); err == nil || !strings.Contains(second.String(), "service http: listen tcp 127.91.3.8:80: bind: address already in use") {
		t.Errorf("%v\n%s", err, second)
	}
}

func TestHoldWallsItsNamespaceInAndHasNoRights(t *testing.T) {
	needRoot(t)
	cmd := exec.CommandContext(t.Context(), decoy, container.TaskHold, "161")
	var out bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &out
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWPID | syscall.CLONE_NEWNET}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	proc := fmt.Sprintf("/proc/%d", cmd.Process.Pid)
	var wall error
	var status []byte
	for range 200 {
		wall = network.Enter(proc+"/ns/net", func() error {
			_, err := network.Blocked()
			return err
		})
		if status, _ = os.ReadFile(proc + "/status"); wall == nil && strings.Contains(string(status), "CapEff:\t0000000000000000") {
			break
		}
		time.Sleep(20 * time.Millisecond)
	}
	_ = cmd.Process.Signal(syscall.SIGTERM) // how it ends is looked at
	if err := cmd.Wait(); err != nil || wall != nil || !strings.Contains(string(status), "CapPrm:\t0000000000000000") {
		t.Errorf("%v, %v\n%s\n%s", err, wall, out.String(), status)
	}
}

func dial(at string) string {
	c, err := net.Dial("tcp", at)
	if err != nil {
		return err.Error()
	}
	_ = c.Close()
	return "ok"
}
