// Package e2e attacks a running DECNET from outside, with the tools attackers
// use, and looks at what its users would see. The programs under test are built
// from this tree and run as processes of their own.
package e2e_test

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
)

// decnetBinary is the program under test; the decoy process lies beside it.
var decnetBinary string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "decnet-e2e-")
	if err != nil {
		panic(err)
	}
	decnetBinary = filepath.Join(dir, "decnet")
	race := []string{"-race"} // decnet itself is watched for data races where there is a C compiler
	if _, err := exec.LookPath("gcc"); err != nil {
		race = nil
	}
	build(decnetBinary, "../../cmd/decnet", nil, race...)
	build(filepath.Join(dir, "decnet-decoy"), "../../decoys/cmd/decnet-decoy", []string{"CGO_ENABLED=0"}) // as the product has it
	goleak.VerifyTestMain(m, goleak.Cleanup(func(code int) {
		_ = os.RemoveAll(dir)
		os.Exit(code)
	}))
}

func build(target, pkg string, env []string, flags ...string) {
	cmd := exec.Command("go", append(append([]string{"build", "-o", target}, flags...), pkg)...)
	cmd.Env = append(os.Environ(), env...)
	if out, err := cmd.CombinedOutput(); err != nil {
		panic(fmt.Sprintf("build %s: %v\n%s", pkg, err, out))
	}
}

// fastBinary is the program without the race detector, which makes it ten times as slow,
// for a test of very many events.
func fastBinary(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	build(filepath.Join(dir, "decnet"), "../../cmd/decnet", nil)
	if err := os.Symlink(filepath.Join(filepath.Dir(decnetBinary), "decnet-decoy"), filepath.Join(dir, "decnet-decoy")); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(dir, "decnet")
}

// start runs decnet on dir until the test ends and logs in.
func start(t *testing.T, dir string, o instance.Options) *instance.Instance {
	t.Helper()
	o.Binary, o.DataDir = decnetBinary, dir
	ctx, cancel := context.WithTimeout(t.Context(), 60*time.Second)
	defer cancel()
	i, err := instance.Start(ctx, o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		i.Kill()
		if strings.Contains(i.Output(), "DATA RACE") {
			t.Errorf("decnet has a data race:\n%s", i.Output())
		}
	})
	password, err := i.Password()
	if err != nil {
		t.Fatal(err)
	}
	if err := i.Login(ctx, "admin", password); err != nil {
		t.Fatal(err)
	}
	return i
}

// need skips the test where a program is missing, visibly; in CI, where all can
// be had, it fails.
func need(t *testing.T, programs ...string) {
	t.Helper()
	for _, p := range programs {
		if _, err := exec.LookPath(p); err == nil {
			continue
		}
		if os.Getenv("CI") != "" {
			t.Fatalf("%s is not installed: run make deps", p)
		}
		t.Skipf("%s is not installed: run make deps as root, or install it", p)
	}
}

// run runs a program for at most a minute and returns what it printed.
func run(t *testing.T, stdin, name string, args ...string) (string, error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Stdin = strings.NewReader(stdin)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// reader is an API that can be asked: an instance, or a client of it.
type reader interface {
	Get(ctx context.Context, path string, out any) error
}

// service waits for the address of the first ready decky's service.
func service(t *testing.T, i reader, slug string) decnet.ServiceState {
	t.Helper()
	var list struct{ Items []decnet.DeckyState }
	if err := i.Get(t.Context(), "/deckies", &list); err != nil {
		t.Fatal(err)
	}
	for _, d := range list.Items {
		for _, s := range d.Services {
			if s.Slug == slug && s.Up && d.Phase == decnet.PhaseReady {
				return s
			}
		}
	}
	t.Fatalf("no decky serves %s: %+v", slug, list.Items)
	return decnet.ServiceState{}
}

// events returns all stored events in the order in which they were stored.
func events(t *testing.T, i reader, filter string) []decnet.Event {
	t.Helper()
	var all []decnet.Event
	for cursor := ""; ; {
		var page struct {
			Items []decnet.Event
			Next  string
		}
		if err := i.Get(t.Context(), "/events?order=asc&limit=1000"+filter+cursor, &page); err != nil {
			t.Fatal(err)
		}
		all = append(all, page.Items...)
		if page.Next == "" {
			return all
		}
		cursor = "&cursor=" + page.Next
	}
}

// eventually waits until what has become true, for at most the given time, and
// logs how long it took.
func eventually(t *testing.T, within time.Duration, what string, isTrue func() bool) {
	t.Helper()
	begin := time.Now()
	for !isTrue() {
		if time.Since(begin) > within {
			t.Fatalf("not within %v: %s", within, what)
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("after %d ms: %s", time.Since(begin).Milliseconds(), what)
}
