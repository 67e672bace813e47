package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// every calls visit for c and all commands below it.
func every(c *cobra.Command, visit func(*cobra.Command)) {
	visit(c)
	for _, sub := range c.Commands() {
		every(sub, visit)
	}
}

func TestEveryCommandHasAManualPage(t *testing.T) {
	clean(t)
	if status, stdout, stderr := command(t, "man", "a/man1"); status != exitOK || stdout != "" || stderr != "" {
		t.Fatalf("status %d: %s%s", status, stdout, stderr)
	}
	every(newRoot(io.Discard), func(c *cobra.Command) {
		if c.Short == "" || strings.HasSuffix(c.Short, ".") {
			t.Errorf("%s: Short is %q: want a phrase without a full stop", c.CommandPath(), c.Short)
		}
		name := strings.ReplaceAll(c.CommandPath(), " ", "-") + ".1"
		page, err := os.ReadFile(filepath.Join("a", "man1", name))
		if c.Hidden {
			if err == nil {
				t.Errorf("the hidden command %q has a page", c.CommandPath())
			}
			return
		}
		if err != nil || !strings.Contains(string(page), ".TH ") || strings.Contains(string(page), "cobra") {
			t.Errorf("%s: %v\n%s", name, err, page)
		}
	})
}

func TestManWantsAFolder(t *testing.T) {
	clean(t)
	put(t, "file", "")
	for want, args := range map[string][]string{
		"wants one folder to write to, but got 0": {"man"},
		"got 2 arguments":                         {"man", "a", "b"},
		"write manual pages: ":                    {"man", "file"},
	} {
		if status, _, stderr := command(t, args...); status == exitOK || strings.Count(stderr, "\n") != 1 || !strings.Contains(stderr, want) {
			t.Errorf("%v: status %d, %q", args, status, stderr)
		}
	}
}

func TestShellsAreHelped(t *testing.T) {
	clean(t)
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		if status, stdout, stderr := command(t, "completion", shell); status != exitOK || !strings.Contains(stdout, "decnet") || stderr != "" {
			t.Errorf("%s: status %d, %q", shell, status, stderr)
		}
	}
	for line, want := range map[string]string{
		"up --log-level ":  "debug\ninfo\nwarn\nerror\n:4\n",
		"config show -o ":  "table\njson\nyaml\n:4\n",
		"status --config ": "yaml\nyml\ntoml\njson\n:8\n",
		"up --data-dir ":   ":16\n",
		"man ":             ":16\n",
		"config show --":   "--origin\t",
	} {
		_, stdout, _ := command(t, append([]string{"__complete"}, strings.Split(line, " ")...)...)
		if !strings.Contains(stdout, want) {
			t.Errorf("%q: have %q", line, stdout)
		}
	}
}
