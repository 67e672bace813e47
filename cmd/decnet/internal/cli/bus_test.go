package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/pkg/bus/bustest"
)

// A bus elsewhere needs its URL and, if that is not in it, its token, and no stack here.
func TestCommandsFindABusElsewhere(t *testing.T) {
	s := bustest.Start(t)
	if err := s.Connect("test").EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	token, address, _ := strings.Cut(strings.TrimPrefix(s.URL(), "nats://"), "@")
	for _, test := range []struct {
		name, url, token string
		args             []string
		want             string // of the error, "" for none
	}{
		{"URL", s.URL(), "", nil, ""},
		{"URL and token", "nats://" + address, token, nil, ""},
		{"flag and token", "", token, []string{"--bus", "nats://" + address}, ""},
		{"flag over variable", "nats://nowhere.invalid:1", "", []string{"--bus", s.URL()}, ""},
		{"no token", "nats://" + address, "", nil, "bus.token"},
		{"a token that everybody tries", "nats://" + address, "changeme", nil, "env DECNET_BUS_TOKEN: bus.token is one that everybody tries"},
		{"nothing", "", "", nil, "no decnet runs"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Setenv("DECNET_DATA_DIR", t.TempDir())
			t.Setenv("DECNET_BUS_URL", test.url)
			t.Setenv("DECNET_BUS_TOKEN", test.token)
			status, stdout, stderr := command(t, append([]string{"status", "--output", "json"}, test.args...)...)
			if test.want == "" && (status != exitOK || strings.TrimSpace(stdout) != "[]") {
				t.Errorf("status %d: %s%s", status, stdout, stderr)
			}
			if test.want != "" && (status == exitOK || !strings.Contains(stderr, test.want)) {
				t.Errorf("status %d: %s", status, stderr)
			}
		})
	}
}

// What the environment names is meant, whatever runs on the data folder.
func TestTheEnvironmentsBusIsNotTheDataFolders(t *testing.T) {
	dir := t.TempDir()
	lock, err := os.Create(filepath.Join(dir, "lock"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = lock.Close() }()
	if err := unix.FcntlFlock(lock.Fd(), unix.F_OFD_SETLK, &unix.Flock_t{Type: unix.F_WRLCK}); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "run.json"), []byte(`{"pid":1,"host":"h1","bus_url":"nats://t@127.0.0.1:1"}`), 0o600); err != nil {
		t.Fatal(err)
	}
	a := &app{dataDir: dir}
	if cfg, err := a.findBus(); err != nil || cfg.URL != "nats://t@127.0.0.1:1" || a.ownStack() == nil {
		t.Fatalf("without it: have %+v, %v, %v", cfg, err, a.ownStack())
	}
	t.Setenv("DECNET_BUS_URL", "nats://10.0.0.1:4222")
	t.Setenv("DECNET_BUS_TOKEN", "a-good-one")
	if cfg, err := a.findBus(); err != nil || cfg.URL != "nats://10.0.0.1:4222" || cfg.Token != "a-good-one" || a.ownStack() != nil {
		t.Errorf("have %+v, %v, %v", cfg, err, a.ownStack())
	}
	t.Setenv("DECNET_BUS_URL", "nats://t@127.0.0.1:1")
	if host, err := a.host(""); err != nil || host != "h1" {
		t.Errorf("of the same bus: have host %q, %v", host, err)
	}
}
