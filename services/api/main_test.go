package api_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/api"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const password = "correct-horse-battery"

// rig is an API over a store and a bus, with a client that has logged in.
type rig struct {
	*testing.T
	bus    *bus.Bus
	store  *store.Store
	server *httptest.Server
	client *http.Client
	token  string
}

func newRig(t *testing.T) *rig {
	t.Helper()
	return newRigOf(t, func(*api.Config) {})
}

// newRigOf is one with other settings.
func newRigOf(t *testing.T, change func(*api.Config)) *rig {
	t.Helper()
	cfg := api.Default()
	change(&cfg)
	s := storetest.Open(t)
	r := &rig{T: t, bus: bustest.New(t), store: s, client: &http.Client{Transport: &http.Transport{}}}
	srv, err := api.New(cfg, workertest.Env(t, "api", r.bus), s, registry.All().Specs())
	if err != nil {
		t.Fatal(err)
	}
	r.server = httptest.NewServer(srv.Handler())
	t.Cleanup(r.server.Close)
	t.Cleanup(r.client.CloseIdleConnections)
	if _, err := api.EnsureAdmin(t.Context(), s, "admin", password); err != nil {
		t.Fatal(err)
	}
	r.token = r.login("admin", password)
	return r
}

func (r *rig) login(name, pass string) string {
	var out struct {
		AccessToken string `json:"access_token"`
	}
	if code := r.do(http.MethodPost, "/auth/login", map[string]string{"username": name, "password": pass}, &out, nil); code != http.StatusOK {
		r.Fatalf("login answered %d", code)
	}
	return out.AccessToken
}

// do sends a request, with the token unless header says otherwise, and decodes
// the JSON that comes back.
func (r *rig) do(method, path string, body, out any, header http.Header) int {
	r.Helper()
	var in io.Reader = http.NoBody
	if body != nil {
		data, err := json.Marshal(body)
		if err != nil {
			r.Fatal(err)
		}
		in = bytes.NewReader(data)
	}
	req, err := http.NewRequestWithContext(r.Context(), method, r.server.URL+api.Prefix+path, in)
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Content-Type", "application/json")
	if r.token != "" {
		req.Header.Set("Authorization", "Bearer "+r.token)
	}
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := r.client.Do(req)
	if err != nil {
		r.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		r.Fatal(err)
	}
	if out != nil {
		if err := json.Unmarshal(data, out); err != nil {
			r.Fatalf("%s %s answered %d %s: %v", method, path, res.StatusCode, data, err)
		}
	}
	return res.StatusCode
}

func event(n int, kind string) decnet.Event {
	addr := netip.AddrFrom4([4]byte{203, 0, 113, byte(1 + n%2)})
	return decnet.Event{
		ID: decnet.EventID("h1", "seg", int64(n)), Time: time.Date(2026, 11, 23, 6, 0, 0, n, time.UTC), Host: "h1", Decky: "web-01",
		Service: "ssh", Kind: kind, Attacker: decnet.AttackerIDOf(addr), Source: addr, Session: "s1",
		Fields: map[string]string{"note": "<script>alert(1)</script>"},
	}
}

func (r *rig) ingest(events ...decnet.Event) {
	r.Helper()
	if _, err := r.store.Ingest(r.Context(), events); err != nil {
		r.Fatal(err)
	}
}
