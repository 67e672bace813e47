package api_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"io"
	"net/http"
	"net/netip"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/api"
)

func TestListsHavePages(t *testing.T) {
	r := newRig(t)
	for i := range 25 {
		r.ingest(event(i, decnet.KindCommand))
	}
	seen := map[string]bool{}
	path := "/events?order=asc&limit=10"
	for pages := 1; ; pages++ {
		var p struct {
			Items []decnet.Event
			Next  string
		}
		if code := r.do(http.MethodGet, path, nil, &p, nil); code != http.StatusOK {
			t.Fatalf("have %d", code)
		}
		for _, e := range p.Items {
			seen[e.ID] = true
		}
		if p.Next == "" {
			if pages != 3 || len(seen) != 25 {
				t.Errorf("have %d events on %d pages, want 25 on 3", len(seen), pages)
			}
			break
		}
		path = "/events?order=asc&limit=10&cursor=" + p.Next
	}
	var one struct{ Items []decnet.Event }
	r.do(http.MethodGet, "/events?attacker=203.0.113.2&limit=1", nil, &one, nil)
	if len(one.Items) != 1 || one.Items[0].Attacker != "cb007102" || one.Items[0].Seq == 0 {
		t.Errorf("by address: have %+v", one.Items)
	}
}

func TestEventsAreSearchedAndCounted(t *testing.T) {
	r := newRig(t)
	first := event(0, decnet.KindCommand)
	for i := range 25 {
		r.ingest(event(i, decnet.KindCommand))
	}
	when := func(t time.Time) string { return url.QueryEscape(t.Format(time.RFC3339Nano)) }
	for query, want := range map[string]store.Count{
		"":                               {N: 25},
		"?up_to=10":                      {N: 10, AtLeast: true},
		"?kind=connect":                  {},
		"?search=Alert+script":           {N: 25},
		"?search=nowhere":                {},
		"?until=" + when(first.Time):     {},
		"?since=" + when(first.Time):     {N: 25},
		"?attacker=203.0.113.2&up_to=50": {N: 12},
	} {
		var have store.Count
		if code := r.do(http.MethodGet, "/events/count"+query, nil, &have, nil); code != http.StatusOK || have != want {
			t.Errorf("%s: have %d, %+v; want %+v", query, code, have, want)
		}
	}
}

func TestAttackers(t *testing.T) {
	r := newRig(t)
	var empty map[string]json.RawMessage
	r.do(http.MethodGet, "/attackers", nil, &empty, nil)
	if string(empty["items"]) != "[]" {
		t.Errorf("an empty list is %s", empty["items"])
	}
	r.ingest(event(0, decnet.KindConnect), event(1, decnet.KindConnect))
	var list struct {
		Items []struct{ ID, Address string }
	}
	r.do(http.MethodGet, "/attackers", nil, &list, nil)
	if len(list.Items) != 2 {
		t.Fatalf("have %+v", list)
	}
	var one struct {
		ID, Address string
		Events      int
		Commands    []any
		State       any
	}
	for _, name := range []string{"cb007101", "203.0.113.1"} {
		if code := r.do(http.MethodGet, "/attackers/"+name, nil, &one, nil); code != http.StatusOK || one.ID != "cb007101" || one.Events != 1 || one.Commands == nil {
			t.Errorf("%s before there is a profile: have %d %+v", name, code, one)
		}
	}
	p := decnet.Profile{State: &decnet.ProfileState{Guesses: 7}, Attacker: "cb007101", Address: netip.MustParseAddr("203.0.113.1"), Through: 1, Events: 1, CommandCount: 1, Commands: []decnet.CommandUse{{Command: "id"}}}
	if err := r.store.Attackers.SaveProfile(t.Context(), p, 0); err != nil {
		t.Fatal(err)
	}
	if r.do(http.MethodGet, "/attackers/cb007101", nil, &one, nil); len(one.Commands) != 1 || one.State != nil {
		t.Errorf("with a profile: have %+v", one)
	}
}

func TestErrorsAreProblems(t *testing.T) {
	r := newRig(t)
	tests := []struct {
		path   string
		status int
		code   string
	}{
		{"/attackers/zz", http.StatusBadRequest, "invalid"},
		{"/attackers/0a000001", http.StatusNotFound, "not_found"},
		{"/events?cursor=tampered", http.StatusBadRequest, "invalid"},
		{"/events?limit=0", http.StatusUnprocessableEntity, "invalid"},
		{"/events?colour=red", http.StatusUnprocessableEntity, "invalid"},
		{"/nothing", http.StatusNotFound, "not_found"},
	}
	for _, test := range tests {
		var p struct {
			Status              int
			Code, Title, Detail string
		}
		if code := r.do(http.MethodGet, test.path, nil, &p, nil); code != test.status || p.Status != test.status || p.Code != test.code || p.Detail == "" {
			t.Errorf("%s: have %d %+v, want %d %s", test.path, code, p, test.status, test.code)
		}
	}
}

func TestFleetAndHealth(t *testing.T) {
	r := newRig(t)
	for _, s := range []decnet.DeckyState{
		{Name: "web-02", Phase: decnet.PhaseReady, Services: []decnet.ServiceState{{Slug: "ssh", Port: 10022, Transport: decnet.TCP}}},
		{Name: "gone", Phase: decnet.PhaseRemoved},
		{Name: "web-01", Phase: decnet.PhaseFailed},
	} {
		if err := r.bus.Publish(t.Context(), bus.DeckiesState.New(t.Context(), "", s, "h1", s.Name)); err != nil {
			t.Fatal(err)
		}
	}
	var deckies struct {
		Items []struct {
			Name     string
			Services []struct {
				Slug, Transport string
				Port            int
			}
		}
	}
	r.do(http.MethodGet, "/deckies", nil, &deckies, nil)
	if len(deckies.Items) != 2 || deckies.Items[0].Name != "web-01" || deckies.Items[1].Services[0].Port != 10022 || deckies.Items[1].Services[0].Transport != "tcp" {
		t.Errorf("have %+v", deckies)
	}
	for worker, status := range map[string]decnet.Status{"a": decnet.StatusReady, "b": decnet.StatusDegraded} {
		if err := bus.Workers.Set(t.Context(), r.bus, decnet.Health{Worker: worker, Status: status}, worker, "h1"); err != nil {
			t.Fatal(err)
		}
	}
	var h struct {
		Status  string
		Workers []struct{ Worker string }
	}
	r.do(http.MethodGet, "/health", nil, &h, nil)
	if h.Status != "degraded" || len(h.Workers) != 2 {
		t.Errorf("have %+v", h)
	}
	var services struct{ Items []decnet.ServiceSpec }
	if r.do(http.MethodGet, "/services", nil, &services, nil); len(services.Items) == 0 {
		t.Error("there are no services")
	}
}

func TestDeadLettersAreSettled(t *testing.T) {
	r := newRig(t)
	for _, id := range []string{"a", "b"} {
		l := decnet.DeadLetter{ID: id, Stream: "LOGS", Consumer: "ingester", Subject: "logs.raw.h1.web-01.ssh", Reason: "no event", Body: []byte(`{"id":"` + id + `"}`)}
		if err := r.bus.Publish(t.Context(), bus.DeadLetters.New(t.Context(), "dead-"+id, l, "logs", "ingester")); err != nil {
			t.Fatal(err)
		}
	}
	type letter struct {
		Number uint64
		ID     string
	}
	var list struct{ Items []letter }
	if r.do(http.MethodGet, "/dead-letters", nil, &list, nil); len(list.Items) != 2 || list.Items[0] != (letter{2, "b"}) {
		t.Fatalf("have %+v", list)
	}
	var one letter
	if code := r.do(http.MethodGet, "/dead-letters/1", nil, &one, nil); code != http.StatusOK || one != (letter{1, "a"}) {
		t.Errorf("have %d %+v", code, one)
	}
	before, _ := r.bus.LastSequence(t.Context(), "LOGS") // none yet
	for _, step := range []struct {
		method, path string
		code         int
	}{
		{http.MethodPost, "/dead-letters/1/replay", http.StatusNoContent},
		{http.MethodPost, "/dead-letters/1/replay", http.StatusNotFound},
		{http.MethodDelete, "/dead-letters/2", http.StatusNoContent},
		{http.MethodDelete, "/dead-letters/2", http.StatusNotFound},
		{http.MethodGet, "/dead-letters/2", http.StatusNotFound},
		{http.MethodGet, "/dead-letters/x", http.StatusUnprocessableEntity},
	} {
		if code := r.do(step.method, step.path, nil, nil, nil); code != step.code {
			t.Errorf("%s %s: have %d, want %d", step.method, step.path, code, step.code)
		}
	}
	if after, err := r.bus.LastSequence(t.Context(), "LOGS"); err != nil || after != before+1 {
		t.Errorf("%d messages were replayed, %v", after-before, err)
	}
	if r.do(http.MethodGet, "/dead-letters", nil, &list, nil); len(list.Items) != 0 {
		t.Errorf("left: %+v", list)
	}
}

func TestHostileTextIsNothingButData(t *testing.T) {
	r := newRig(t)
	r.ingest(event(1, decnet.KindCommand))
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+api.Prefix+"/events", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	res, err := r.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	if bytes.Contains(body, []byte("<script>")) || !bytes.Contains(body, []byte(`\u003cscript\u003e`)) {
		t.Errorf("markup is not escaped in %s", body)
	}
	for name, want := range map[string]string{"X-Content-Type-Options": "nosniff", "Cache-Control": "no-store", "Content-Type": "application/json"} {
		if have := res.Header.Get(name); !strings.HasPrefix(have, want) {
			t.Errorf("%s is %q, want %q", name, have, want)
		}
	}
	if csp := res.Header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'self'") || strings.Contains(csp, "unsafe") {
		t.Errorf("the content security policy is %q", csp)
	}
}

var update = flag.Bool("update", false, "write docs/reference/openapi.json anew")

func TestOpenAPIIsCurrent(t *testing.T) {
	const path = "../../docs/reference/openapi.json"
	r := newRig(t)
	var doc any
	r.do(http.MethodGet, "/openapi.json", nil, &doc, nil)
	want, err := json.MarshalIndent(doc, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	want = append(want, '\n')
	if *update {
		if err := os.WriteFile(path, want, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(have, want) {
		t.Errorf("%s is out of date: run make tidy", path)
	}
}

func TestPagesAreServedWithAndWithoutABuild(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/", "/attackers/cb007101"} {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, r.server.URL+path, http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		res, err := r.client.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		body, err := io.ReadAll(res.Body)
		_ = res.Body.Close()
		if err != nil || res.StatusCode != http.StatusOK || !bytes.Contains(body, []byte("DECNET")) {
			t.Errorf("%s: have %d, %v", path, res.StatusCode, err)
		}
	}
}

func TestServerStopsInOrder(t *testing.T) {
	r := newRig(t)
	cfg := api.Default()
	cfg.Listen = "127.0.0.1:0"
	env := workertest.Env(t, "api", r.bus)
	srv, err := api.New(cfg, env, r.store, nil)
	if err != nil {
		t.Fatal(err)
	}
	stop := workertest.Start(t, env, srv.Run)
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+srv.Addr()+api.Prefix+"/stream", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	res, err := r.client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	begin := time.Now()
	stop() // an open stream must not hold it up
	if took := time.Since(begin); took > 4*time.Second {
		t.Errorf("it took %v to stop", took)
	}
	taken := cfg
	taken.Listen = strings.TrimPrefix(r.server.URL, "http://")
	second, err := api.New(taken, env, r.store, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := second.Run(t.Context()); err == nil || !strings.Contains(err.Error(), taken.Listen+" is in use by another program") {
		t.Errorf("a port in use: have %v", err)
	}
}
