package e2e_test

import (
	"encoding/hex"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"

	collector "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	trace "go.opentelemetry.io/proto/otlp/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
)

// span is what the test looks at of one.
type span struct{ service, name, trace, id, parent string }

// receiver is an OTLP/HTTP endpoint that keeps what it gets.
type receiver struct {
	mu    sync.Mutex
	spans []span
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	body, err := io.ReadAll(req.Body)
	var export collector.ExportTraceServiceRequest
	if err != nil || req.URL.Path != "/v1/traces" || proto.Unmarshal(body, &export) != nil {
		http.Error(w, "not an export of traces", http.StatusBadRequest)
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, resource := range export.GetResourceSpans() {
		for _, scope := range resource.GetScopeSpans() {
			for _, s := range scope.GetSpans() {
				r.spans = append(r.spans, span{
					serviceName(resource), s.GetName(), hex.EncodeToString(s.GetTraceId()),
					hex.EncodeToString(s.GetSpanId()), hex.EncodeToString(s.GetParentSpanId()),
				})
			}
		}
	}
}

func serviceName(r *trace.ResourceSpans) string {
	for _, a := range r.GetResource().GetAttributes() {
		if a.GetKey() == "service.name" {
			return a.GetValue().GetStringValue()
		}
	}
	return ""
}

// path is the chain of spans from a root to the span called name, as
// "service: name", or nil if that is not there yet.
func (r *receiver) path(name string) []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	byID := map[string]span{}
	for _, s := range r.spans {
		byID[s.id] = s
	}
	for _, s := range r.spans {
		if s.name != name {
			continue
		}
		var path []string
		for at, ok := s, true; ok; at, ok = byID[at.parent] {
			if at.trace != s.trace {
				return []string{fmt.Sprintf("%s is in another trace", at.name)}
			}
			path = append(path, at.service+": "+at.name)
		}
		slices.Reverse(path)
		return path
	}
	return nil
}

func TestOneEventIsOneTraceThroughAllWorkers(t *testing.T) {
	need(t, "curl")
	r := &receiver{}
	server := httptest.NewServer(r)
	defer server.Close()
	i := start(t, t.TempDir(), instance.Options{Env: []string{"DECNET_OTEL_ENDPOINT=" + server.URL}})
	web := service(t, i, "http")
	if out, err := run(t, "", "curl", "-sS", fmt.Sprintf("http://%s:%d/", web.Address, web.Port)); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	eventually(t, 10*time.Second, "the request is stored", func() bool { return len(events(t, i, "&kind=request")) == 1 })
	eventually(t, 10*time.Second, "its attacker is profiled", func() bool {
		var p decnet.Profile
		return i.Get(t.Context(), "/attackers/127.0.0.1", &p) == nil && p.Through > 0
	})
	if err := i.Stop(); err != nil { // sends what is left
		t.Fatal(err)
	}
	want := map[string][]string{
		"insert events": {
			"decnet-collector: read line", "decnet-collector: send logs.raw", "decnet-ingester: process logs.raw", "decnet-ingester: insert events",
		},
		"send attackers.profiled": {
			"decnet-collector: read line", "decnet-collector: send logs.raw", "decnet-ingester: process logs.raw",
			"decnet-ingester: send attackers.seen", "decnet-profiler: process attackers.seen", "decnet-profiler: send attackers.profiled",
		},
	}
	for name, path := range want {
		if have := r.path(name); !slices.Equal(have, path) {
			t.Errorf("the path to %q is\n%q, want\n%q", name, have, path)
		}
	}
}
