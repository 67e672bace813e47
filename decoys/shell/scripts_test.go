package shell_test

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/decoys/shell"
)

// transcript is one file of testdata/scripts: a script and, in its first comments,
// the distributions it runs on, what it must print, what it must not, and names that
// may be missing.
type transcript struct {
	name, script     string
	on, want, reject []string
	allow            string
}

func transcripts(t testing.TB) []transcript {
	t.Helper()
	files, err := filepath.Glob("testdata/scripts/*.sh")
	if err != nil || len(files) < 60 {
		t.Fatalf("have %d scripts and %v, want 60", len(files), err)
	}
	var out []transcript
	for _, f := range files {
		data, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		x := transcript{name: strings.TrimSuffix(filepath.Base(f), ".sh"), on: shell.OSes()}
		for line := range strings.Lines(string(data)) {
			key, value, ok := strings.Cut(strings.TrimSpace(strings.TrimPrefix(line, "# ")), ": ")
			switch {
			case !strings.HasPrefix(line, "# ") || !ok:
				x.script += line
			case key == "on" && value != "all":
				x.on = strings.Fields(value)
			case key == "want":
				x.want = append(x.want, value)
			case key == "reject":
				x.reject = append(x.reject, value)
			case key == "allow":
				x.allow = value
			}
		}
		out = append(out, x)
	}
	return out
}

var notFound = regexp.MustCompile(`(?m)^.*(command not found|: not found|applet not found|syntax error|Syntax error|unbound variable|not defined).*$`)

func TestScriptsRunToTheirEndOnEveryDistribution(t *testing.T) {
	scripts := transcripts(t)
	for i, distro := range shell.OSes() {
		system, _ := machine(t, distro, 70+i)
		for _, x := range scripts {
			if !slices.Contains(x.on, distro) {
				continue
			}
			t.Run(distro+"/"+x.name, func(t *testing.T) {
				t.Parallel()
				out := runScript(t, system, x.script+"\necho the end is reached\n")
				for _, want := range append(x.want, "the end is reached") {
					if !strings.Contains(out, want) {
						t.Errorf("%q is missing in\n%s", want, out)
					}
				}
				for _, reject := range x.reject {
					if strings.Contains(out, reject) {
						t.Errorf("%q is in\n%s", reject, out)
					}
				}
				for _, line := range notFound.FindAllString(out, -1) {
					if x.allow == "" || !strings.Contains(line, x.allow) {
						t.Errorf("it says %q", line)
					}
				}
			})
		}
	}
}

func runScript(t *testing.T, system *shell.System, script string) string {
	t.Helper()
	var out bytes.Buffer
	s := newSession(t, func(c *shell.Config) { c.System, c.FS = system, system.NewFS() })
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	s.Script(ctx, shell.Streams{In: strings.NewReader(script), Out: &out, Err: &out})
	if ctx.Err() != nil {
		t.Error("it does not come to its end")
	}
	return out.String()
}
