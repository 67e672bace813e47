package docker

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/docker/docker/api/types/image"
)

// forget removes images when the test ends.
func forget(t *testing.T, e *Engine, refs ...string) {
	t.Helper()
	t.Cleanup(func() {
		for _, ref := range refs {
			_, _ = e.api.ImageRemove(t.Context(), ref, image.RemoveOptions{Force: true, PruneChildren: true})
		}
	})
}

func TestBuildDecoyImage(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	var told []string
	progress := func(s string) { told = append(told, s) }
	d := DecoyImage{Base: puppetImage, Binary: puppetBinary(t), Name: "decnet-test/decoy", Labels: map[string]string{"x": "y"}}
	ref, err := e.BuildDecoyImage(t.Context(), d, progress)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(ref, "decnet-test/decoy:") || len(told) < 3 {
		t.Errorf("built %s, told %q", ref, told)
	}
	built, err := e.api.ImageInspect(t.Context(), ref)
	if err != nil || built.Config.Labels["x"] != "y" {
		t.Fatalf("%+v %v", built.Config, err)
	}
	told = nil
	if again, err := e.BuildDecoyImage(t.Context(), d, progress); err != nil || again != ref || len(told) != 0 {
		t.Errorf("built again: %s, told %q, %v", again, told, err)
	}
	d.NoCache = true
	if again, err := e.BuildDecoyImage(t.Context(), d, progress); err != nil || again != ref || len(told) == 0 {
		t.Errorf("not built again: %s, told %q, %v", again, told, err)
	}
	other := d
	other.Binary, other.File, other.Path = nil, filepath.Join(t.TempDir(), "p"), "/opt/daemon"
	if err := os.WriteFile(other.File, append(puppetBinary(t), 0), 0o600); err != nil {
		t.Fatal(err)
	}
	otherRef, err := e.BuildDecoyImage(t.Context(), other, nil)
	if err != nil || otherRef == ref {
		t.Errorf("another program is %s: %v", otherRef, err)
	}
	forget(t, e, ref, otherRef)

	for _, ref := range []string{ref, otherRef} {
		c := words(t, labels, "print=1,5,0s", "sleep")
		c.Image, c.User = ref, "65534"
		Hardened(&c)
		if id := ensure(t, e, c, true); len(e.lastLines(t.Context(), id)) != 1 {
			t.Errorf("%s does not run the program", ref)
		}
	}
}

func TestBuildErrors(t *testing.T) {
	e := newEngine(t)
	elf := []byte("\x7fELF...")
	for _, c := range []struct {
		name string
		d    DecoyImage
		kind error
		says string
	}{
		{"no base to be had", DecoyImage{Base: "decnet.invalid/none:1", Binary: elf, Name: "decnet-test/x"}, ErrNoImage, "decnet images load"},
		{"no program", DecoyImage{Base: puppetImage, Name: "decnet-test/x", File: "/none"}, os.ErrNotExist, "/none"},
		{"no binary", DecoyImage{Base: puppetImage, Name: "decnet-test/x", Binary: []byte("#!")}, nil, "no Linux binary"},
		{"tag", DecoyImage{Base: puppetImage, Name: "decnet-test/x:1", Binary: elf}, nil, "name without a tag"},
		{"path", DecoyImage{Base: puppetImage, Name: "decnet-test/x", Binary: elf, Path: "x"}, nil, "absolute path"},
	} {
		_, err := e.BuildDecoyImage(t.Context(), c.d, nil)
		t.Log(err)
		must(t, err, c.kind, c.says)
	}
}

func TestEnsureImage(t *testing.T) {
	e := newEngine(t)
	if err := e.EnsureImage(t.Context(), puppetImage, nil); err != nil {
		t.Error(err)
	}
	var told []string
	err := e.EnsureImage(t.Context(), "decnet.invalid/none:1", func(s string) { told = append(told, s) })
	must(t, err, ErrNoImage, "decnet.invalid/none:1", "cannot be reached", "decnet images load")
	if len(told) != tries {
		t.Errorf("told %q", told)
	}
	must(t, e.EnsureImage(t.Context(), "NO NAME", nil), nil, "invalid reference")
}

func TestSaveAndLoad(t *testing.T) {
	e := newEngine(t)
	second := "decnet-test/second:2"
	if err := e.api.ImageTag(t.Context(), puppetImage, second); err != nil {
		t.Fatal(err)
	}
	forget(t, e, second)
	var saved bytes.Buffer
	if err := e.Save(t.Context(), []string{second}, &saved); err != nil {
		t.Fatal(err)
	}
	if _, err := e.api.ImageRemove(t.Context(), second, image.RemoveOptions{}); err != nil {
		t.Fatal(err)
	}
	loaded, err := e.Load(t.Context(), bytes.NewReader(saved.Bytes()), func(string) {})
	if err != nil || len(loaded) != 1 || loaded[0] != second {
		t.Fatalf("loaded %q: %v", loaded, err)
	}
	if err := e.EnsureImage(t.Context(), second, nil); err != nil {
		t.Error(err)
	}
	var none bytes.Buffer
	must(t, e.Save(t.Context(), []string{second, "decnet-test/none:1"}, &none), ErrNoImage, "decnet-test/none:1")
	must(t, e.Save(t.Context(), nil, &none), nil, "none are named")
	must(t, e.Save(t.Context(), []string{second}, full{}), errFull, second)
	if none.Len() != 0 {
		t.Errorf("%d bytes are written for a missing image", none.Len())
	}
	_, err = e.Load(t.Context(), strings.NewReader("no archive"), nil)
	must(t, err, nil, "load images")
	_, err = e.Load(t.Context(), bytes.NewReader(saved.Bytes()[:saved.Len()/2]), nil)
	must(t, err, nil, "load images")
	must(t, e.ImportRootfs(t.Context(), strings.NewReader("no archive"), "decnet-test/bad:1"), nil, "import image decnet-test/bad:1")
}

var errFull = errors.New("full")

type full struct{}

func (full) Write([]byte) (int, error) { return 0, errFull }

// What goes wrong in an engine now and then, and cannot be made to here.
func TestTroubleOfEngines(t *testing.T) {
	builds, pulls := 0, 0
	say := func(w http.ResponseWriter, lines ...string) { _, _ = io.WriteString(w, strings.Join(lines, "\n")) }
	e, err := Connect(t.Context(), fake(t, "1.41", func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body)
		switch {
		case strings.HasSuffix(r.URL.Path, "/images/base/json"):
			say(w, `{"Id":"sha256:1","Created":"2024-02-03T00:00:00Z"}`)
		case strings.Contains(r.URL.Path, "/images/") && strings.HasSuffix(r.URL.Path, "/json"):
			w.WriteHeader(http.StatusNotFound)
			say(w, `{"message":"No such image"}`)
		case strings.HasSuffix(r.URL.Path, "/build"):
			if builds++; builds < tries {
				say(w, `{"stream":"Step 1/5"}`, `{"errorDetail":{"message":"x"},"error":"connection reset by peer"}`)
				return
			}
			if r.URL.Query().Get("version") == "2" {
				t.Error("built with BuildKit")
			}
			say(w, `{"stream":"Step 1/5 : ARG"}`, `{"aux":{"ID":"sha256:2"}}`)
		case strings.HasSuffix(r.URL.Path, "/images/create"):
			pulls++
			switch r.URL.Query().Get("fromImage") {
			case "docker.io/library/full", "full":
				say(w, `{"error":"write /var/lib/docker/tmp: no space left on device"}`)
			case "docker.io/library/unknown", "unknown":
				w.WriteHeader(http.StatusNotFound)
				say(w, `{"message":"manifest for unknown:latest not found: manifest unknown"}`)
			case "docker.io/library/cut", "cut":
				say(w, `{"status":"Downloading","id":"a","progressDetail":{"current":5000000,"total":20000000}}`, `{"sta`)
			default:
				say(w, `{"status":"Downloading","id":"a","progressDetail":{"current":5000000,"total":20000000}}`,
					`{"status":"Pull complete","id":"a"}`, `{"status":"Status: Downloaded newer image"}`)
			}
		default:
			t.Errorf("asked for %s", r.URL)
		}
	}))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = e.Close() }()
	ref, err := e.BuildDecoyImage(t.Context(), DecoyImage{Base: "base", Binary: []byte("\x7fELF"), Name: "x"}, nil)
	if err != nil || builds != tries {
		t.Errorf("built %s after %d tries: %v", ref, builds, err)
	}
	var told []string
	if err := e.EnsureImage(t.Context(), "fine", func(s string) { told = append(told, s) }); err != nil {
		t.Error(err)
	}
	if fmt.Sprint(told) != "[fine: pulling fine: 5 of 20 MB fine: Downloaded newer image]" {
		t.Errorf("told %q", told)
	}
	for _, c := range []struct {
		ref  string
		kind error
		says string
		n    int
	}{
		{"full", ErrDiskFull, "docker system prune", 1},
		{"unknown", ErrNoImage, "correct the name", 1},
		{"cut", ErrNoImage, "broke off", tries},
	} {
		pulls = 0
		must(t, e.EnsureImage(t.Context(), c.ref, nil), c.kind, c.says)
		if pulls != c.n {
			t.Errorf("%s is pulled %d times instead of %d", c.ref, pulls, c.n)
		}
	}
}
