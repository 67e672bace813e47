package worker_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/pflag"

	"github.com/decnet/decnet/pkg/worker"
)

type inner struct {
	Listen string        `mapstructure:"listen" env:"SEED_LISTEN" doc:"where"`
	Wait   time.Duration `mapstructure:"wait"`
}

type sample struct {
	worker.LogConfig `mapstructure:",squash"`
	API              inner    `mapstructure:"api"`
	On               bool     `mapstructure:"on"`
	Many             int      `mapstructure:"many"`
	Names            []string `mapstructure:"names"`
	Hidden           string   `mapstructure:"-"`
}

func writeFile(t *testing.T, content string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "decnet.yaml")
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestLaterSourcesWinAndAreNamed(t *testing.T) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.Int("many", 0, "")
	flags.Bool("on", false, "")
	if err := flags.Parse([]string{"--many=4"}); err != nil {
		t.Fatal(err)
	}
	file := writeFile(t, "level: debug\napi:\n  listen: from-file\n  wait: 3s\nmany: 2\nnames: [a, b]\n")
	cfg := sample{API: inner{Listen: "default"}, On: true}
	settings, err := worker.Load(&cfg, worker.Sources{
		File: file, Environ: []string{"SEED_LISTEN=from-env", "DECNET_MANY=3", "DECNET_ON="},
		Flags: map[string]*pflag.Flag{"many": flags.Lookup("many"), "on": flags.Lookup("on")},
	})
	if err != nil {
		t.Fatal(err)
	}
	if cfg.Level != "debug" || cfg.API.Listen != "from-env" || cfg.API.Wait != 3*time.Second || !cfg.On || cfg.Many != 4 || len(cfg.Names) != 2 {
		t.Errorf("have %+v", cfg)
	}
	origins := map[string]string{}
	for _, s := range settings {
		origins[s.Key] = s.Origin
	}
	want := map[string]string{"level": "file " + file, "api.listen": "env SEED_LISTEN", "api.wait": "file " + file, "on": "default", "many": "flag --many"}
	for key, origin := range want {
		if origins[key] != origin {
			t.Errorf("%s comes from %q, want %q", key, origins[key], origin)
		}
	}
}

func TestBadConfigurationIsOneClearLine(t *testing.T) {
	tests := []struct {
		name, file string
		environ    []string
		want       []string
	}{
		{"unknown key", "api:\n  lisen: x\n", nil, []string{"unknown key", `"api.lisen"`, `"api.listen"?`}},
		{"wrong type in a file", "api:\n  wait: soon\n", nil, []string{"decnet.yaml", "api.wait", `"soon"`, "a duration"}},
		{"wrong type in the environment", "", []string{"DECNET_MANY=few"}, []string{"env DECNET_MANY", "many", "a whole number"}},
		{"not YAML", "api: [\n", nil, []string{"decnet.yaml", "yaml"}},
		{"a list of nothing we know", "- a\n- b\n", nil, []string{"decnet.yaml"}},
		{"bytes", "\xff\xfe\x00\x01", nil, []string{"decnet.yaml"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			var cfg sample
			_, err := worker.Load(&cfg, worker.Sources{File: writeFile(t, test.file), Environ: test.environ})
			if err == nil || strings.Contains(err.Error(), "\n") {
				t.Fatalf("have %v, want one line", err)
			}
			for _, part := range test.want {
				if !strings.Contains(err.Error(), part) {
					t.Errorf("%q does not say %q", err, part)
				}
			}
		})
	}
	if _, err := worker.Load(&sample{}, worker.Sources{File: "/nowhere/decnet.yaml"}); err == nil || !strings.Contains(err.Error(), "no such file") {
		t.Errorf("a file that is not there: have %v", err)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add("api:\n  listen: x\n")
	f.Add("many: 99999999999999999999")
	f.Add("api: {listen: {a: b}}")
	f.Fuzz(func(t *testing.T, content string) {
		cfg := sample{}
		if _, err := worker.Load(&cfg, worker.Sources{File: writeFile(t, content)}); err != nil && strings.Contains(err.Error(), "\n") {
			t.Errorf("%q is more than one line", err)
		}
	})
}
