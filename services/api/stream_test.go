package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/api"
)

// sse is one message of a stream.
type sse struct{ event, id, data string }

// listen opens the stream behind lastID and passes its messages on until the
// test ends. It returns once the server has said that it is connected.
func (r *rig) listen(lastID string) <-chan sse {
	r.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.server.URL+api.Prefix+"/stream", http.NoBody)
	if err != nil {
		r.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+r.token)
	if lastID != "" {
		req.Header.Set("Last-Event-ID", lastID)
	}
	res, err := r.client.Do(req) //nolint:bodyclose // the reading goroutine closes it
	if err != nil {
		r.Fatal(err)
	}
	if res.StatusCode != http.StatusOK {
		r.Fatalf("stream answered %d", res.StatusCode)
	}
	out, done := make(chan sse, 4096), make(chan struct{})
	connected := make(chan struct{})
	go func() {
		defer close(done)
		defer func() { _ = res.Body.Close() }()
		var m sse
		lines := bufio.NewScanner(res.Body)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			field, value, _ := strings.Cut(lines.Text(), ": ")
			switch field {
			case "event":
				m.event = value
			case "id":
				m.id = value
			case "data":
				m.data = value
			case "":
				if value == "connected" {
					close(connected)
				} else if m.event != "" {
					out <- m
				}
				if value == "" {
					m = sse{}
				}
			}
		}
	}()
	r.Cleanup(func() { cancel(); <-done })
	select {
	case <-connected:
	case <-done:
		r.Fatal("the stream ended before it said that it is connected")
	}
	return out
}

func next(t *testing.T, messages <-chan sse) sse {
	t.Helper()
	select {
	case m := <-messages:
		return m
	case <-time.After(10 * time.Second):
		t.Fatal("waited 10 s for a message of the stream")
		return sse{}
	}
}

func (r *rig) announce(n int) {
	r.Helper()
	e := event(n, decnet.KindCommand)
	if err := r.bus.Publish(r.Context(), bus.LogsParsed.New(r.Context(), e.ID, e, e.Host, e.Decky, e.Service)); err != nil {
		r.Fatal(err)
	}
}

func TestStreamIsLiveAndResumes(t *testing.T) {
	r := newRig(t)
	r.announce(0) // before anybody listens
	messages := r.listen("")
	for i := 1; i <= 3; i++ {
		r.announce(i)
	}
	var last string
	for i := 1; i <= 3; i++ {
		m := next(t, messages)
		var e decnet.Event
		if err := json.Unmarshal([]byte(m.data), &e); err != nil || m.event != "event" || e.ID != event(i, "").ID {
			t.Fatalf("have %+v, %v; want event %d", m, err, i)
		}
		if i == 2 {
			last = m.id
		}
	}
	r.announce(4)
	resumed := r.listen(last)
	for _, want := range []int{3, 4} {
		if m := next(t, resumed); !strings.Contains(m.data, event(want, "").ID) {
			t.Errorf("after %s: have %+v, want event %d", last, m, want)
		}
	}
	if code := r.do(http.MethodGet, "/stream", nil, nil, http.Header{"Last-Event-Id": {"1-2"}}); code != http.StatusBadRequest {
		t.Errorf("a Last-Event-ID that is none: have %d", code)
	}
}

func TestStreamCarriesEverything(t *testing.T) {
	r := newRig(t)
	messages := r.listen("")
	ctx := t.Context()
	out := []bus.Outgoing{
		bus.AttackersProfiled.New(ctx, "p1", decnet.Profile{Attacker: "cb007101"}, "cb007101"),
		bus.CredentialsCaptured.New(ctx, "c1", decnet.Credential{Attacker: "cb007101"}, "cb007101"),
		bus.BountiesFound.New(ctx, "b1", decnet.Bounty{Attacker: "cb007101"}, "cb007101"),
		bus.AttackersTraversed.New(ctx, "t1", decnet.Traversal{Attacker: "cb007101"}, "cb007101"),
		bus.AttackersLinked.New(ctx, "l1", decnet.AttackerLink{Attacker: "cb007101"}, "cb007101"),
		bus.CredentialsReused.New(ctx, "r1", decnet.CredentialReuse{Attacker: "cb007101"}, "00ff"),
		bus.AttackersProbed.New(ctx, "a1", decnet.Probe{Attacker: "cb007101"}, "cb007101"),
		bus.DeckiesState.New(ctx, "", decnet.DeckyState{Name: "web-01"}, "h1", "web-01"),
		bus.SystemHealth.New(ctx, "", decnet.Health{Worker: "w"}, "w", "h1"),
	}
	if err := r.bus.Publish(ctx, out...); err != nil {
		t.Fatal(err)
	}
	var kinds []string
	for range out {
		kinds = append(kinds, next(t, messages).event)
	}
	slices.Sort(kinds)
	if want := []string{"attacker", "bounty", "credential", "decky", "health", "link", "probe", "reuse", "traversal"}; !slices.Equal(kinds, want) {
		t.Errorf("have %v, want %v", kinds, want)
	}
}

func TestStreamLosesNothingInABurst(t *testing.T) {
	r := newRig(t)
	messages := r.listen("")
	const n = 3000
	go func() {
		for from := 0; from < n; from += 100 {
			out := make([]bus.Outgoing, 100)
			for i := range out {
				e := event(from+i, decnet.KindCommand)
				e.Message = fmt.Sprint(from + i)
				out[i] = bus.LogsParsed.New(r.Context(), e.ID, e, e.Host, e.Decky, e.Service)
			}
			if err := r.bus.Publish(r.Context(), out...); err != nil {
				r.Error(err)
			}
		}
	}()
	for i := range n {
		var e decnet.Event
		if err := json.Unmarshal([]byte(next(t, messages).data), &e); err != nil || e.Message != fmt.Sprint(i) {
			t.Fatalf("message %d is %q, %v", i, e.Message, err)
		}
	}
}
