package docker

import (
	"errors"
	"net"
	"net/http"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestConnect(t *testing.T) {
	e := newEngine(t)
	v, err := e.Version(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if !reaches(v.API, oldestAPI) || v.Engine == "" || v.OS != "linux" || v.Kernel == "" {
		t.Errorf("the engine is %+v", v)
	}
	if err := e.Ping(t.Context()); err != nil {
		t.Error(err)
	}
	t.Setenv("DOCKER_HOST", theLab.host())
	again, err := Connect(t.Context(), "")
	if err != nil {
		t.Fatal(err)
	}
	_ = again.Close()
}

// fake serves an engine that does what handler says.
func fake(t *testing.T, api string, handler http.HandlerFunc) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "s")
	l, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	s := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if api != "" {
			w.Header().Set("API-Version", api)
		}
		if !strings.HasSuffix(r.URL.Path, "/_ping") {
			handler(w, r)
		}
	})}
	done := make(chan struct{})
	go func() {
		defer close(done)
		_ = s.Serve(l)
	}()
	t.Cleanup(func() {
		_ = s.Close()
		<-done
	})
	return "unix://" + path
}

func TestConnectErrors(t *testing.T) {
	missing := "unix://" + filepath.Join(t.TempDir(), "none")
	for _, c := range []struct {
		name, host string
		want       error
		says       string
	}{
		{"absent", missing, ErrAbsent, "systemctl start docker"},
		{"nobody listens", "tcp://127.0.0.1:1", ErrAbsent, "127.0.0.1:1"},
		{"too old", fake(t, "1.40", nil), ErrTooOld, "20.10"},
		{"no engine", fake(t, "", nil), ErrAbsent, "no Docker engine"},
		{"ssh", "ssh://somewhere", nil, "ssh -L"},
		{"nonsense", "nonsense", nil, "nonsense"},
	} {
		e, err := Connect(t.Context(), c.host)
		if err == nil {
			_ = e.Close()
			t.Errorf("%s: connected", c.name)
			continue
		}
		if c.want != nil && !errors.Is(err, c.want) || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", c.name, err)
		}
	}
}

func TestConnectDenied(t *testing.T) {
	host := fake(t, "1.41", nil)
	path := strings.TrimPrefix(host, "unix://")
	if err := unix.Chmod(path, 0o600); err != nil {
		t.Fatal(err)
	}
	if unix.Geteuid() != 0 {
		t.Skip("not root: this user owns the socket")
	}
	errs := make(chan error)
	go func() {
		// This thread alone becomes nobody, as far as files go, and ends so.
		runtime.LockOSThread()
		if _, err := unix.SetfsuidRetUid(65534); err != nil {
			errs <- err
			return
		}
		_, err := Connect(t.Context(), host)
		errs <- err
	}()
	if err := <-errs; !errors.Is(err, ErrDenied) || !strings.Contains(err.Error(), "group docker") {
		t.Error(err)
	}
}
