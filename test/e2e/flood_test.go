package e2e_test

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
)

// An attacker floods one decky while another is asked for a page now and then: all of the
// quiet one is stored, the loud one gets its share, and what was dropped of it is counted
// to the last event.
func TestAFloodSilencesNobody(t *testing.T) {
	dir := t.TempDir()
	config := filepath.Join(dir, "flood.yaml")
	if err := os.WriteFile(config, []byte("deployer: {event_rate: 50, event_burst: 300}\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	i := start(t, dir, instance.Options{Args: []string{"--demo=false", "--config", config}})
	o := &operator{T: t, dir: dir, binary: decnetBinary}
	o.env = []string{"PATH=" + os.Getenv("PATH"), "HOME=" + dir, "NO_COLOR=1", "DECNET_DATA_DIR=" + dir}
	pid := os.Getpid()
	o.does("deploy", "-n", "2", "--services", "http", "--subnet", fmt.Sprintf("127.%d.%d.0/24", 90+pid/256%100, pid%256))
	var list struct{ Items []decnet.DeckyState }
	if err := i.Get(t.Context(), "/deckies", &list); err != nil || len(list.Items) != 2 {
		t.Fatalf("have %+v, %v", list, err)
	}
	loud, quiet := list.Items[0], list.Items[1]

	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 8}}
	defer client.CloseIdleConnections()
	ask := func(d decnet.DeckyState, path string) {
		s := d.Services[0]
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, fmt.Sprintf("http://%s:%d%s", s.Address, s.Port, path), http.NoBody)
		if err != nil {
			t.Error(err)
			return
		}
		res, err := client.Do(req)
		if err != nil {
			t.Error(err)
			return
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
	}
	const flood, few = 3000, 30
	var attackers sync.WaitGroup
	for n := range 4 {
		attackers.Go(func() {
			for k := range flood / 4 {
				ask(loud, fmt.Sprintf("/flood-%d-%d", n, k))
			}
		})
	}
	for n := range few {
		ask(quiet, fmt.Sprintf("/quiet-%d", n))
		time.Sleep(10 * time.Millisecond)
	}
	attackers.Wait()
	client.CloseIdleConnections()

	var requests, all, dropped int
	eventually(t, 20*time.Second, "what was dropped is told", func() bool {
		requests, all, dropped = len(events(t, i, "&kind=request&decky="+loud.Name)), 0, 0
		for _, e := range events(t, i, "&decky="+loud.Name) {
			if e.Kind != decnet.KindDropped {
				all++
				continue
			}
			n, err := strconv.Atoi(e.Fields[decnet.FieldDropped])
			if err != nil || e.Source.String() != "127.0.0.1" {
				t.Errorf("have %+v", e)
			}
			dropped += n
		}
		// Each request is an event, and so are the beginning and the end of each connection.
		return dropped > 0 && all+dropped >= flood+2*4
	})
	if have := len(events(t, i, "&kind=request&decky="+quiet.Name)); have != few {
		t.Errorf("%d requests of the quiet decky are stored, want all %d", have, few)
	}
	if more := len(events(t, i, "&kind=events_dropped&decky="+quiet.Name)); more > 0 {
		t.Errorf("the quiet decky has %d reports of dropped events", more)
	}
	t.Logf("of %d requests to the loud decky %d are stored; %d events of it are, and %d were dropped", flood, requests, all, dropped)
	if requests >= flood/2 {
		t.Errorf("%d of %d requests of the loud decky are stored, which is no bound", requests, flood)
	}
}
