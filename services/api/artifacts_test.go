package api_test

import (
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/api"
)

// recorded is the event of a recording.
func recorded(n int, id string) decnet.Event {
	e := event(n, decnet.KindRecorded)
	e.Fields = map[string]string{"artifact": id, "duration_ms": "61000", "bytes": "1234", "stored": "true", "user": "root"}
	return e
}

func TestRecordingsAreListed(t *testing.T) {
	r := newRig(t)
	r.ingest(recorded(0, "0123456789abcdef"), event(1, decnet.KindCommand), recorded(2, "0123456789abcde0"), recorded(3, ""))
	for path, want := range map[string]int{
		"/recordings": 3, "/recordings?attacker=203.0.113.1": 2, "/recordings?decky=web-02": 0, "/recordings?service=ssh&limit=2": 2,
	} {
		var p struct {
			Items []decnet.Recording
			Next  string
		}
		if code := r.do(http.MethodGet, path, nil, &p, nil); code != http.StatusOK || len(p.Items) != want {
			t.Fatalf("%s: have %d with %+v", path, code, p.Items)
		}
		if want != 3 {
			continue
		}
		if last := p.Items[2]; last.ID != "0123456789abcdef" || last.Duration != 61000 || last.User != "root" || !last.Started.Before(event(0, "x").Time) {
			t.Errorf("have %+v", last)
		}
	}
}

func TestArtifactsAreDownloadsOnly(t *testing.T) {
	dir := t.TempDir()
	sum := strings.Repeat("ab", 32)
	const content = "<script>alert(1)</script>"
	for _, name := range []string{"files/" + sum, "sessions/0123456789abcdef.cast", "secret"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	r := newRigOf(t, func(c *api.Config) { c.Artifacts = dir })
	for path, name := range map[string]string{"/artifacts/file/" + sum: sum, "/artifacts/session/0123456789abcdef": "0123456789abcdef.cast"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+api.Prefix+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+r.token)
		res, err := r.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || string(b) != content {
			t.Fatalf("%s: %d %q %v", path, res.StatusCode, b, err)
		}
		for header, want := range map[string]string{
			"Content-Type": "application/octet-stream", "X-Content-Type-Options": "nosniff", "Content-Disposition": `attachment; filename="` + name + `"`,
		} {
			if have := res.Header.Get(header); have != want {
				t.Errorf("%s: have %s %q, want %q", path, header, have, want)
			}
		}
	}
	for path, want := range map[string]int{
		"/artifacts/file/" + strings.Repeat("cd", 32):    http.StatusNotFound,
		"/artifacts/session/0123456789abcde0":            http.StatusNotFound,
		"/artifacts/file/0123456789abcdef":               http.StatusBadRequest,
		"/artifacts/file/..%2Fsecret":                    http.StatusBadRequest,
		"/artifacts/session/..%2F..%2F..%2Fetc%2Fpasswd": http.StatusBadRequest,
		"/artifacts/session/%2e%2e%2fsecret%00":          http.StatusBadRequest,
		"/artifacts/program/" + sum:                      http.StatusUnprocessableEntity,
		"/artifacts/session/" + strings.Repeat("0", 65):  http.StatusUnprocessableEntity,
	} {
		if code := r.do(http.MethodGet, path, nil, nil, nil); code != want {
			t.Errorf("%s: have %d, want %d", path, code, want)
		}
	}
	r.token = ""
	if code := r.do(http.MethodGet, "/artifacts/file/"+sum, nil, nil, nil); code != http.StatusUnauthorized {
		t.Errorf("without a login: have %d", code)
	}
}
