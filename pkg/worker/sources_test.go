package worker_test

import (
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/worker"
)

// variables has every form of a variable, and a secret.
type variables struct {
	Listen   string        `mapstructure:"listen" env_host:"DECNET_API_HOST,DECNET_WEB_HOST" env_port:"DECNET_API_PORT,DECNET_WEB_PORT"`
	Linger   time.Duration `mapstructure:"linger" env:"DECNET_WAIT_MS:ms"`
	Session  time.Duration `mapstructure:"session" env:"DECNET_EXP_MINUTES:min"`
	Password string        `mapstructure:"password" secret:"true"`
	BusURL   string        `mapstructure:"bus_url"`
}

func load(t *testing.T, file string, environ ...string) (map[string]worker.Setting, error) {
	t.Helper()
	src := worker.Sources{Environ: environ}
	if file != "" {
		src.File = writeFile(t, file)
	}
	settings, err := worker.Load(&variables{Listen: "127.0.0.1:8080"}, src)
	byKey := map[string]worker.Setting{}
	for _, s := range settings {
		byKey[s.Key] = s
	}
	return byKey, err
}

func TestAddressesAreMadeOfParts(t *testing.T) {
	tests := []struct {
		name    string
		environ []string
		want    string
		origin  string
	}{
		{"nothing", nil, "127.0.0.1:8080", "default"},
		{"a port", []string{"DECNET_API_PORT=80"}, "127.0.0.1:80", "default (host), env DECNET_API_PORT (port)"},
		{"a host", []string{"DECNET_WEB_HOST=0.0.0.0"}, "0.0.0.0:8080", "env DECNET_WEB_HOST (host), default (port)"},
		{"both", []string{"DECNET_API_HOST=::1", "DECNET_WEB_PORT=80"}, "[::1]:80", "env DECNET_API_HOST (host), env DECNET_WEB_PORT (port)"},
		{"in brackets", []string{"DECNET_API_HOST=[::1]"}, "[::1]:8080", "env DECNET_API_HOST (host), default (port)"},
		{"two that agree", []string{"DECNET_API_PORT=80", "DECNET_WEB_PORT=80"}, "127.0.0.1:80", "default (host), env DECNET_API_PORT (port)"},
		{"the whole wins", []string{"DECNET_API_PORT=80", "DECNET_WEB_PORT=81", "DECNET_LISTEN=:90"}, ":90", "env DECNET_LISTEN"},
	}
	for _, test := range tests {
		s, err := load(t, "", test.environ...)
		if got := s["listen"]; err != nil || got.Value != test.want || got.Origin != test.origin {
			t.Errorf("%s: have %v from %q, %v", test.name, got.Value, got.Origin, err)
		}
	}
}

func TestThePartOfAStrongerPlaceWinsOverAWholeAddress(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, ".env.local"), 0o600, "DECNET_WEB_HOST=::\n")
	put(t, filepath.Join(dir, ".env"), 0o600, "DECNET_LISTEN=10.0.0.1:90\n")
	src := worker.Sources{Environ: []string{"DECNET_API_PORT=80"}}
	if err := src.ReadDotEnv(dir); err != nil {
		t.Fatal(err)
	}
	cfg := variables{}
	settings, err := worker.Load(&cfg, src)
	if want := "env DECNET_WEB_HOST (" + dir + "/.env.local) (host), env DECNET_API_PORT (port)"; err != nil || cfg.Listen != "[::]:80" || settings[0].Origin != want {
		t.Errorf("have %q, %v from %q", cfg.Listen, err, settings[0].Origin)
	}
}

func TestNumbersHaveTheUnitOfTheirVariable(t *testing.T) {
	s, err := load(t, "linger: 1s\n", "DECNET_WAIT_MS=250", "DECNET_EXP_MINUTES=240")
	if err != nil || s["linger"].Value != 250*time.Millisecond || s["session"].Value != 4*time.Hour || s["linger"].Origin != "env DECNET_WAIT_MS" {
		t.Errorf("have %+v, %v", s, err)
	}
	if got := s["linger"].Env; len(got) != 2 || got[0].String() != "DECNET_WAIT_MS (ms)" || got[1].String() != "DECNET_LINGER" {
		t.Errorf("have variables %v", got)
	}
}

func TestBadVariablesAreOneClearLine(t *testing.T) {
	tests := []struct {
		environ []string
		file    string
		want    string
	}{
		{[]string{"DECNET_API_PORT=8000", "DECNET_WEB_PORT=8080"}, "", `env DECNET_API_PORT = "8000" and DECNET_WEB_PORT = "8080" both set the port of listen: set one of them only`},
		{[]string{"DECNET_API_HOST=a", "DECNET_WEB_HOST=b"}, "", "both set the host of listen"},
		{[]string{"DECNET_WEB_PORT=http"}, "", `env DECNET_WEB_PORT: the port of listen = "http": want 1 to 65535`},
		{[]string{"DECNET_WEB_PORT=0"}, "", "want 1 to 65535"},
		{[]string{"DECNET_WEB_PORT=65536"}, "", "want 1 to 65535"},
		{[]string{"DECNET_API_HOST=127.0.0.1:80"}, "", "env DECNET_API_HOST: the host of listen"},
		{[]string{"DECNET_API_PORT=80"}, "listen: localhost", `decnet.yaml: listen = "localhost": want host:port`},
		{[]string{"DECNET_WAIT_MS=5ms"}, "", `env DECNET_WAIT_MS: linger = "5ms": want a whole number of milliseconds`},
		{[]string{"DECNET_EXP_MINUTES=999999999999999"}, "", "want a whole number of minutes"},
	}
	for _, test := range tests {
		if _, err := load(t, test.file, test.environ...); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%v: have %v, want %q", test.environ, err, test.want)
		}
	}
}

func TestSecretsAreNotShown(t *testing.T) {
	s, err := load(t, "password: hunter2hunter2\nbus_url: nats://hunter2@one:1,tls://u:hunter2@two:2,hunter2@three\n")
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]any{}
	for key, one := range s {
		shown[key] = one.Shown()
	}
	have, err := json.Marshal(shown)
	if want := `{"bus_url":"nats://one:1,tls://two:2,three","linger":"0s","listen":"127.0.0.1:8080","password":"(set)","session":"0s"}`; err != nil || string(have) != want {
		t.Errorf("have %s, %v\nwant %s", have, err, want)
	}
	if s, err := load(t, ""); err != nil || s["password"].Value != "" {
		t.Errorf("a secret that is not set: have %v, %v", s["password"].Value, err)
	}
}

func TestErrorsDoNotShowSecrets(t *testing.T) {
	for _, file := range []string{
		"password: [hunter2]\n", "password: *hunter2\n", "password: !!int hunter2\n", "password=hunter2\n", "password: hunter2: x\n", "password: !!binary hunter2\n",
	} {
		if _, err := load(t, file); err == nil || strings.Contains(err.Error(), "hunter2") || !strings.Contains(err.Error(), "decnet.yaml") {
			t.Errorf("%q: have %v", file, err)
		}
	}
}

func TestSecretsThatEverybodyTriesAreRefused(t *testing.T) {
	const want = `env DECNET_PASSWORD: password is one that everybody tries: make a good one with "head -c 18 /dev/urandom | base64"`
	for _, bad := range []string{"admin", "secret", "password", "changeme", "ChangeMe1234", "FALLBACK-secret-key-change-me", " Password "} {
		if _, err := load(t, "", "DECNET_PASSWORD="+bad); err == nil || err.Error() != want {
			t.Errorf("%q: have %v", bad, err)
		}
	}
	if _, err := load(t, "password: changeme"); err == nil || !strings.Contains(err.Error(), "decnet.yaml: password is one") {
		t.Errorf("in a file: have %v", err)
	}
}

func TestStraysAndOpenSecretsAreFound(t *testing.T) {
	dir := t.TempDir()
	put(t, filepath.Join(dir, ".env"), 0o640, "DECNET_PASSWRD=x\nDECNET_PASSWORD=hunter2hunter2\nDECNET_BUS_URL=nats://one:1\nOTEL_EXPORTER_OTLP_HEADERS=a=b\n")
	src := worker.Sources{File: writeFile(t, "bus_url: nats://token@one:1"), Environ: []string{"DECNET_LISTEM=1", "HOME=/root"}}
	if err := os.Chmod(src.File, 0o644); err != nil {
		t.Fatal(err)
	}
	settings, err := worker.Load(&variables{}, src)
	if err != nil {
		t.Fatal(err)
	}
	if w := src.Warnings(settings); len(w) != 1 || !strings.Contains(w[0], "decnet.yaml sets the secret bus_url and others may read it: run chmod 600 ") {
		t.Errorf("have warnings %q", w)
	}
	if err := src.ReadDotEnv(dir); err != nil {
		t.Fatal(err)
	}
	if settings, err = worker.Load(&variables{}, src); err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(dir, ".env")
	if got, want := src.Unknown(settings), []worker.Stray{{Name: "DECNET_LISTEM"}, {Name: "DECNET_PASSWRD", File: file}}; !slices.Equal(got, want) {
		t.Errorf("have strays %v, want %v", got, want)
	}
	w := src.Warnings(settings)
	want := []string{
		file + " sets the secret DECNET_PASSWORD and others may read it: run chmod 600 " + file,
		file + " sets the secret OTEL_EXPORTER_OTLP_HEADERS and others may read it: run chmod 600 " + file,
	}
	if !slices.Equal(w, want) { // bus_url has no token any more
		t.Errorf("have warnings %q", w)
	}
	t.Setenv("OTEL_EXPORTER_OTLP_HEADERS", "")
	src.Export()
	if os.Getenv("OTEL_EXPORTER_OTLP_HEADERS") != "a=b" || os.Getenv("DECNET_PASSWRD") != "" {
		t.Error("the OTEL_ variables of files, and only these, are to be exported")
	}
}

// A password that everybody tries is no better inside a URL.
func TestSecretsInURLsAreCheckedToo(t *testing.T) {
	for _, url := range []string{"nats://changeme@h:4222", "nats://h:4222,tls://u:password@h:4222", "postgres://decnet:decnet@h/db"} {
		if _, err := load(t, "", "DECNET_BUS_URL="+url); err == nil || !strings.Contains(err.Error(), "env DECNET_BUS_URL: bus_url is one that everybody tries") {
			t.Errorf("%s: have %v", url, err)
		}
	}
	for _, url := range []string{"nats://h:4222", "nats://u:v9Xk2@h:4222", "postgres://decnet@h/db", "http://admin@h"} {
		if _, err := load(t, "", "DECNET_BUS_URL="+url); err != nil {
			t.Errorf("%s: have %v", url, err)
		}
	}
}
