package cli

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"
)

// clean is a test in a folder of its own, without variables of ours.
func clean(t *testing.T) (dir string) {
	t.Helper()
	for _, kv := range os.Environ() {
		if name, value, _ := strings.Cut(kv, "="); strings.HasPrefix(name, "DECNET_") || strings.HasPrefix(name, "OTEL_") {
			t.Setenv(name, value) // so that it is put back
			_ = os.Unsetenv(name)
		}
	}
	dir = t.TempDir()
	t.Chdir(dir)
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	return dir
}

func put(t *testing.T, path, text string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}

// command runs a command line.
func command(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, err bytes.Buffer
	status = Main(args, &out, &err)
	return status, out.String(), err.String()
}

// show returns what "config show" says, by key.
func show(t *testing.T, args ...string) map[string]shownSetting {
	t.Helper()
	status, stdout, stderr := command(t, append([]string{"config", "show", "-o", "json"}, args...)...)
	if status != exitOK {
		t.Fatalf("status %d: %s", status, stderr)
	}
	var list []shownSetting
	if err := json.Unmarshal([]byte(stdout), &list); err != nil {
		t.Fatal(err)
	}
	byKey := map[string]shownSetting{}
	for _, s := range list {
		byKey[s.Key] = s
	}
	return byKey
}

func TestEveryPlaceOfASettingIsReadAndNamed(t *testing.T) {
	dir := clean(t)
	data := filepath.Join(dir, "data")
	put(t, ".env.local", "DECNET_DATA_DIR=data\nDECNET_WEB_PORT=8443\n")
	put(t, ".env", "DECNET_DATA_DIR=elsewhere\nDECNET_BATCH_SIZE=10\nDECNET_LOG_LEVEL=warn\n")
	put(t, filepath.Join(data, ".env"), "DECNET_JWT_EXP_MINUTES=240\nDECNET_BATCH_SIZE=20\n")
	put(t, filepath.Join(data, "decnet.yaml"), "demo: false\nadmin: {password: hunter2hunter2}\n")
	t.Setenv("DECNET_BATCH_MAX_WAIT_MS", "250")
	t.Setenv("DECNET_LOG_LEVEL", "debug")
	t.Setenv("DECNET_SYSTEM_LOGS", "sys.log")
	have := show(t, "--bus", "nats://token@10.0.0.1:4222")
	file := "file " + filepath.Join(data, "decnet.yaml")
	tests := []struct {
		key    string
		value  any
		origin string
	}{
		{"data_dir", data, "env DECNET_DATA_DIR (.env.local)"},
		{"config", filepath.Join(data, "decnet.yaml"), "default"},
		{"api.listen", "127.0.0.1:8443", "default (host), env DECNET_WEB_PORT (.env.local) (port)"},
		{"api.session", "4h0m0s", "env DECNET_JWT_EXP_MINUTES (" + data + "/.env)"},
		{"collector.batch", 10.0, "env DECNET_BATCH_SIZE (.env)"},
		{"ingester.batch", 10.0, "env DECNET_BATCH_SIZE (.env)"},
		{"collector.linger", "250ms", "env DECNET_BATCH_MAX_WAIT_MS"},
		{"ingester.linger", "250ms", "env DECNET_BATCH_MAX_WAIT_MS"},
		{"log.level", "debug", "env DECNET_LOG_LEVEL"},
		{"log.file", "sys.log", "env DECNET_SYSTEM_LOGS"},
		{"store.path", filepath.Join(data, "decnet.db"), "default"},
		{"demo", false, file},
		{"admin.password", "(set)", file},
		{"bus.url", "nats://10.0.0.1:4222", "flag --bus"},
	}
	for _, test := range tests {
		if s := have[test.key]; s.Value != test.value || s.Origin != test.origin || s.Doc == "" || len(s.Env) == 0 {
			t.Errorf("have %+v, want %v from %q", s, test.value, test.origin)
		}
	}
}

func TestConfigShowHasThreeForms(t *testing.T) {
	dir := clean(t)
	t.Setenv("DECNET_ADMIN_PASSWORD", "hunter2hunter2")
	for _, args := range [][]string{nil, {"--origin"}, {"-o", "json"}, {"-o", "yaml"}} {
		status, stdout, stderr := command(t, append([]string{"config", "show"}, args...)...)
		if status != exitOK || stderr != "" || !strings.Contains(stdout, "(set)") || strings.Contains(stdout, "hunter2") {
			t.Errorf("%v: status %d, %s\n%s", args, status, stderr, stdout)
		}
		if want := !slices.Equal(args, nil); strings.Contains(stdout, "env DECNET_ADMIN_PASSWORD") != want {
			t.Errorf("%v: origins are shown: want %v\n%s", args, want, stdout)
		}
		if len(args) == 2 && args[1] == "yaml" {
			var list []map[string]any
			if err := yaml.Unmarshal([]byte(stdout), &list); err != nil || len(list) < 30 || list[0]["value"] != filepath.Join(dir, "state", "decnet") {
				t.Errorf("have %v, %v", list, err)
			}
		}
	}
}

func TestTheConfigurationFileOfAVariable(t *testing.T) {
	dir := clean(t)
	t.Setenv("DECNET_CONFIG", "my.toml")
	status, _, stderr := command(t, "config", "show")
	if want := "decnet: env DECNET_CONFIG: config my.toml: there is no such file\n"; status != exitFailed || stderr != want {
		t.Errorf("have %d, %q", status, stderr)
	}
	put(t, "my.toml", "host = \"here\"\n")
	put(t, filepath.Join(dir, "other.json"), `{"host": "there"}`)
	if s := show(t); s["host"].Value != "here" || s["host"].Origin != "file my.toml" || s["config"].Origin != "env DECNET_CONFIG" {
		t.Errorf("have %+v", s["host"])
	}
	if s := show(t, "--config", "other.json"); s["host"].Value != "there" || s["config"].Origin != "flag --config" {
		t.Errorf("have %+v", s["host"])
	}
	t.Setenv("DECNET_CONFIG", "/etc/decnet/decnet.ini")
	if _, _, stderr := command(t, "config", "show"); !strings.Contains(stderr, "decnet.ini: want a file in YAML, TOML or JSON") {
		t.Errorf("have %q", stderr)
	}
}

func TestBadConfigurationIsOneLineOnEveryWayIn(t *testing.T) {
	tests := []struct {
		name, env, want string
		environ         map[string]string
	}{
		{"two ports", "", "both set the port of api.listen", map[string]string{"DECNET_API_PORT": "8000", "DECNET_WEB_PORT": "8080"}},
		{"too long a wait", "", "env DECNET_BATCH_MAX_WAIT_MS: collector.linger 5s: want at most 1s", map[string]string{"DECNET_BATCH_MAX_WAIT_MS": "5000"}},
		{"a secret that everybody knows", "DECNET_ADMIN_PASSWORD=Admin\n", "env DECNET_ADMIN_PASSWORD (.env): admin.password is one that everybody tries", nil},
		{"a short secret", "DECNET_ADMIN_PASSWORD=hunter2\n", "admin.password is too short", nil},
		{"not a variable", "DECNET_ADMIN_PASSWORD='hunter2\n", ".env:1: DECNET_ADMIN_PASSWORD: the closing quote is missing", nil},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			clean(t)
			put(t, ".env", test.env)
			for name, value := range test.environ {
				t.Setenv(name, value)
			}
			for _, args := range [][]string{{"config", "show"}, {"up"}} {
				status, _, stderr := command(t, args...)
				if status != exitFailed || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, test.want) || strings.Contains(stderr, "hunter2") {
					t.Errorf("%v: status %d, %q, want %q", args, status, stderr, test.want)
				}
			}
		})
	}
}

func TestTheConfigurationOfUp(t *testing.T) {
	clean(t)
	put(t, ".env", "OTEL_EXPORTER_OTLP_TIMEOUT=1234\nDECNET_JWT_EXP_MINUTES=90\n")
	t.Setenv("OTEL_EXPORTER_OTLP_TIMEOUT", "")
	cfg, warnings, err := new(app).loadConfig(nil)
	if err != nil || len(warnings) != 0 || cfg.API.Session != 90*time.Minute || os.Getenv("OTEL_EXPORTER_OTLP_TIMEOUT") != "1234" {
		t.Errorf("have %v, %v, %v", cfg.API.Session, warnings, err)
	}
}
