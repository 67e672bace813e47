package e2e_test

import (
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// composeLabels are those of Compose's own, and ours that says who made a container.
var composeLabels = regexp.MustCompile(`"(com\.docker\.compose\.[a-z_.-]+|decnet\.spec)":"[^"]*",?`)

// plain takes from what inspect says what is another by nature: whose id a container
// joined, and the order of things that have none.
func plain(all map[string]string) map[string]string {
	out := make(map[string]string, len(all))
	for name, text := range all {
		text = composeLabels.ReplaceAllString(text, "")
		text = strings.ReplaceAll(strings.ReplaceAll(text, `,}`, `}`), `"CAP_`, `"`) // the one engine or client puts that before, the other does not
		if _, rest, ok := strings.Cut(text, " "); ok && strings.Contains(name, "-0") && strings.Count(name, "-") > 1 {
			text = rest // the engine gives those a hostname that nobody sees
		}
		out[name] = text
	}
	return out
}

// What Compose makes of the file is what the driver makes.
func TestComposeMakesTheSameFleet(t *testing.T) {
	l := newLAN(t)
	need(t, "docker", "docker-compose", "curl", "ssh-keyscan")
	e := mixedEngine(l)
	o := e.operator()
	ini := o.write("mixed.ini", mixedFleet)
	o.does("deploy", "--driver", "docker", "--config", ini, "--timeout", "3m")
	deckies := o.native()
	look := func() string {
		keys, err := l.attack("ssh-keyscan", deckies["web-01"].Address, deckies["web-03"].Address)
		if err != nil {
			t.Fatalf("%v %s", err, keys)
		}
		page, err := l.attack("curl", "-sSi", "http://"+deckies["web-02"].Address+"/")
		if err != nil {
			t.Fatalf("%v %s", err, page)
		}
		return sorted(keys) + regexp.MustCompile(`(?m)^Date:.*\n`).ReplaceAllString(page, "")
	}
	ours, seen := plain(e.inspect()), look()
	dir := filepath.Join(o.dir, "compose")
	if out := o.does("deploy", "--driver", "docker", "--config", ini, "--compose", dir); !strings.Contains(out, "docker-compose.yml") {
		t.Errorf("deploy --compose says\n%s", out)
	}

	// Without the stack nobody brings them back.
	_ = syscall.Kill(o.stack(), syscall.SIGINT)
	eventually(t, 20*time.Second, "the stack has ended and its containers go on", func() bool { return o.stack() == 0 || ended(o.stack()) })
	if look() != seen {
		t.Error("without the stack the fleet looks another")
	}
	e.docker(append([]string{"rm", "-f"}, strings.Fields(e.docker("ps", "-aq"))...)...)
	e.docker("network", "rm", "decnet_lan")

	compose := func(args ...string) {
		cmd := exec.CommandContext(t.Context(), "docker-compose", append([]string{"-p", "decnet"}, args...)...)
		cmd.Dir, cmd.Env = dir, append(slices.Clone(o.env), "DOCKER_BUILDKIT=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("docker-compose %v: %v\n%s", args, err, out)
		}
	}
	compose("up", "-d", "--build")
	eventually(t, 20*time.Second, "every container of Compose's runs", func() bool {
		return strings.Count(e.docker("ps", "--format", "{{.Names}} {{.Status}}"), " Up ") == len(ours)
	})
	theirs := plain(e.inspect())
	for name, want := range ours {
		if theirs[name] != want {
			t.Errorf("%s by the driver\n%s\nand by Compose\n%s", name, want, theirs[name])
			break // the others differ in the same
		}
	}
	if len(theirs) != len(ours) {
		t.Errorf("Compose has made %d containers, the driver %d", len(theirs), len(ours))
	}
	if got := look(); got != seen {
		t.Errorf("Compose's fleet looks like\n%s\nand the driver's like\n%s", got, seen)
	}

	// A stack takes it over.
	o.does("deploy", "--driver", "docker", "--config", ini, "--timeout", "3m")
	if look() != seen {
		t.Error("taken over, the fleet looks another")
	}
	o.does("teardown", "--all")
	if left := e.leftovers(); left != "network decnet_lan" { // which is Compose's
		t.Errorf("left on the engine:\n%s", left)
	}
	// An engine lets go of a container's endpoint only after the container has left its list.
	eventually(t, 20*time.Second, "nothing is attached to Compose's network", func() bool {
		return strings.TrimSpace(e.docker("network", "inspect", "--format", "{{len .Containers}}", "decnet_lan")) == "0"
	})
	compose("down")
}

func sorted(lines string) string {
	all := strings.Split(strings.TrimSpace(lines), "\n")
	slices.Sort(all)
	return strings.Join(all, "\n")
}
