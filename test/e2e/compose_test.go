package e2e_test

import (
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"
)

// devCompose is the file that describes the distributed shape.
const devCompose = "docker-compose.dev.yml"

// composeFile is what is looked at of it, with its variables put in.
type composeFile struct {
	Services map[string]composeService
	Volumes  map[string]any
	// secrets are the variables that tools/devenv.sh made for it.
	secrets map[string]string
}

type composeService struct {
	Image       string
	Build       struct{ Args map[string]string }
	Command     []string
	Environment map[string]string
	Scale       int
	Volumes     []string
	NetworkMode string `yaml:"network_mode"`
	Healthcheck struct{ Test []string }
}

// workers are the names of the services that are ours.
func (f *composeFile) workers() []string {
	var out []string
	for name, s := range f.Services {
		if s.Build.Args["SERVICE"] != "" {
			out = append(out, name)
		}
	}
	slices.Sort(out)
	return out
}

// composeVariable is ${NAME:?message} or ${NAME:-default}.
var composeVariable = regexp.MustCompile(`\$\{([A-Z_]+)(:[?-])([^}]*)\}`)

// readCompose reads the file with fresh secrets, as "make dev" would.
func readCompose(t *testing.T) *composeFile {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "../../tools/devenv.sh").Output()
	if err != nil {
		t.Fatal(err)
	}
	secrets := map[string]string{}
	for line := range strings.Lines(string(out)) {
		if name, value, ok := strings.Cut(strings.TrimSpace(line), "="); ok && !strings.HasPrefix(line, "#") {
			secrets[name] = value
		}
	}
	data, err := os.ReadFile("../../" + devCompose)
	if err != nil {
		t.Fatal(err)
	}
	text := composeVariable.ReplaceAllStringFunc(string(data), func(v string) string {
		m := composeVariable.FindStringSubmatch(v)
		if value := secrets[m[1]]; value != "" {
			return value
		}
		if m[2] == ":?" {
			t.Errorf("%s wants %s, which tools/devenv.sh does not make", devCompose, m[1])
		}
		return m[3]
	})
	f := &composeFile{secrets: secrets}
	if err := yaml.Unmarshal([]byte(text), f); err != nil {
		t.Fatal(err)
	}
	return f
}

// hostless is a line that names a service and a port: where a worker looks for it.
var hostless = regexp.MustCompile(`//([a-z-]+):\d+`)

func TestTheComposeFileHasEveryWorkerAndFindsEveryServer(t *testing.T) {
	f := readCompose(t)
	dirs, err := filepath.Glob("../../services/*/cmd/*")
	if err != nil {
		t.Fatal(err)
	}
	var built []string
	for _, dir := range dirs {
		// The sniffer reads an interface of the host, with rights that nothing here is to have.
		if name := filepath.Base(dir); name != "sniffer" {
			built = append(built, name)
		}
	}
	if have := f.workers(); !slices.Equal(have, built) {
		t.Errorf("%s has the workers %v, the tree %v beside the sniffer", devCompose, have, built)
	}
	for name, s := range f.Services {
		if w := s.Build.Args["SERVICE"]; w != "" && w != name {
			t.Errorf("service %s is built from worker %s", name, w)
		}
		for variable, value := range s.Environment {
			hosts := hostless.FindStringSubmatch(value)
			if variable == "DECNET_DB_HOST" {
				hosts = []string{"", value}
			}
			if hosts == nil || s.NetworkMode == "host" {
				continue
			}
			if _, ok := f.Services[hosts[1]]; !ok {
				t.Errorf("%s of %s names %s, which is no service", variable, name, hosts[1])
			}
		}
		for _, v := range s.Volumes {
			from, _, _ := strings.Cut(v, ":")
			if _, err := os.Stat("../../" + from); strings.HasPrefix(from, ".") && err != nil {
				t.Errorf("%s mounts %s: %v", name, from, err)
			}
			if _, ok := f.Volumes[from]; !strings.HasPrefix(from, ".") && !ok {
				t.Errorf("%s mounts %s, which is no volume", name, from)
			}
		}
	}
}

// Compose itself understands the file as we do.
func TestComposeAcceptsTheDevelopmentFile(t *testing.T) {
	need(t, "docker-compose")
	f := readCompose(t)
	env := filepath.Join(t.TempDir(), "env")
	var lines []string
	for name, value := range f.secrets {
		lines = append(lines, name+"="+value)
	}
	if err := os.WriteFile(env, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	compose := func(args ...string) (string, error) {
		cmd := exec.CommandContext(t.Context(), "docker-compose", args...)
		cmd.Dir, cmd.Env = "../..", []string{"PATH=" + os.Getenv("PATH"), "HOME=" + t.TempDir()}
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := compose("-f", devCompose, "config", "-q"); err == nil || !strings.Contains(out, "make dev") {
		t.Errorf("without secrets it says %v: %s", err, out)
	}
	out, err := compose("--env-file", env, "-f", devCompose, "config")
	if err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	var theirs composeFile
	if err := yaml.Unmarshal([]byte(out), &theirs); err != nil {
		t.Fatal(err)
	}
	if len(theirs.Services) != len(f.Services) {
		t.Errorf("Compose has %d services, we %d", len(theirs.Services), len(f.Services))
	}
	for name, s := range f.Services {
		if have := theirs.Services[name].Environment; !maps.Equal(have, s.Environment) {
			t.Errorf("the environment of %s is %v to Compose, to us %v", name, have, s.Environment)
		}
		if have := theirs.Services[name].Command; !slices.Equal(have, s.Command) {
			t.Errorf("the command of %s is %v to Compose, to us %v", name, have, s.Command)
		}
	}
}
