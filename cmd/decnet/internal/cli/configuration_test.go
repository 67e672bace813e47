package cli

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/worker"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var update = flag.Bool("update", false, "write docs/configuration.md anew")

// The page of settings is made from the configuration's tags; this keeps it true.
func TestConfigurationPageIsCurrent(t *testing.T) {
	const path = "../../../../docs/configuration.md"
	cfg := stack.Default("DATA")
	cfg.Host = "(this machine's name)"
	settings, err := worker.Load(&cfg, worker.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	b.WriteString("# Configuration\n\nMade from the code by `make tidy`; do not edit.\n\n" +
		"A setting comes from its default, then from `decnet.yaml` in the data folder (or the file of\n`--config`; YAML, TOML or JSON), " +
		"then from the first of its variables that is set, then from a flag.\nAn unknown key is an error, an unknown `DECNET_` variable a warning. " +
		"`DATA` stands for the data folder,\nwhich is `--data-dir`, else `DECNET_DATA_DIR`, else `decnet` in your state folder.\n\n" +
		"| key | variables | default | what |\n|---|---|---|---|\n")
	for _, s := range settings {
		if s.Doc == "" {
			t.Errorf("setting %s has no doc tag", s.Key)
		}
		value := fmt.Sprint(s.Value)
		if value == "" {
			value = "–"
		}
		fmt.Fprintf(&b, "| `%s` | `%s` | %s | %s |\n", s.Key, strings.Join(s.Env, "`, `"), value, s.Doc)
	}
	if *update {
		if err := os.WriteFile(path, []byte(b.String()), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != b.String() {
		t.Errorf("%s is out of date: run make tidy", path)
	}
}
