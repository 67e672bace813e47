package cli

import (
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/cmd/decnet/internal/stack"
	"github.com/decnet/decnet/pkg/worker"
)

func TestVariablesThatSetNothingAreToldWhy(t *testing.T) {
	clean(t)
	t.Setenv("DECNET_API_LISTN", "1")
	t.Setenv("DECNET_JWT_SECRET", "hunter2")
	put(t, ".env", "DECNET_SWARM_SYSLOG_PORT=6514\nOTHER=1\n")
	_, _, stderr := command(t, "config", "show")
	want := []string{
		"warning: environment variable DECNET_API_LISTN sets nothing; did you mean DECNET_API_LISTEN?",
		"warning: environment variable DECNET_JWT_SECRET means nothing here: a session is a random token that the store knows; nothing is signed with a key",
		"warning: .env: variable DECNET_SWARM_SYSLOG_PORT means nothing here: not built yet: a fleet on several hosts", "",
	}
	if have := strings.Split(stderr, "\n"); !slices.Equal(have, want) {
		t.Errorf("have %q", have)
	}
}

// What is obeyed is not in the table of what is not.
func TestNoSettingIsForeign(t *testing.T) {
	cfg := stack.Default(t.TempDir())
	settings, err := worker.Load(&cfg, worker.Sources{})
	if err != nil {
		t.Fatal(err)
	}
	for _, s := range settings {
		for _, v := range s.Env {
			if why := meansNothing(v.Name); why != "" {
				t.Errorf("%s sets %s, but the table says: %s", v.Name, s.Key, why)
			}
		}
	}
	seen := map[string]bool{dataDirVariable: true, configVariable: true}
	for _, f := range foreigners {
		for _, name := range f.names {
			if seen[name] || !strings.HasPrefix(name, "DECNET_") || f.why == "" {
				t.Errorf("the table has %q: twice, not ours or without a reason", name)
			}
			seen[name] = true
		}
	}
}
