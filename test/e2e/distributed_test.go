package e2e_test

import (
	"fmt"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// attack goes on with real clients until it is stopped, and counts what it did.
type attack struct {
	requests, logins atomic.Int64
	stop             func()
}

// startAttack asks a web server for one page after the other and runs one command
// after the other by ssh, each another than all before it.
func startAttack(t *testing.T, web, shell decnet.ServiceState) *attack {
	t.Helper()
	a := &attack{}
	quit := make(chan struct{})
	var going sync.WaitGroup
	repeat := func(count *atomic.Int64, attempt func(n int64) (string, bool)) {
		going.Go(func() {
			for n := int64(0); ; n++ {
				select {
				case <-quit:
					return
				case <-time.After(10 * time.Millisecond):
				}
				if out, ok := attempt(n); !ok {
					t.Errorf("attempt %d was not answered: %s", n, out)
					return
				}
				count.Add(1)
			}
		})
	}
	repeat(&a.requests, func(n int64) (string, bool) {
		out, err := run(t, "", "curl", "-sS", "-o", "/dev/null", fmt.Sprintf("http://%s:%d/attack-%d", web.Address, web.Port, n))
		return out, err == nil
	})
	repeat(&a.logins, func(n int64) (string, bool) {
		text := fmt.Sprintf("attack-%d", n)
		out := sshRun(t, shell, "echo "+text)
		return out, strings.TrimSpace(out) == text
	})
	a.stop = sync.OnceFunc(func() {
		close(quit)
		going.Wait()
	})
	t.Cleanup(a.stop)
	return a
}

// goesOn waits until it has done some more.
func (a *attack) goesOn(t *testing.T) {
	t.Helper()
	requests, logins := a.requests.Load()+50, a.logins.Load()+5
	eventually(t, 30*time.Second, "the attack goes on", func() bool { return a.requests.Load() >= requests && a.logins.Load() >= logins })
}

// The set of docker-compose.dev.yml, each worker as a process of its own around a NATS
// server and PostgreSQL: it starts in any order, and whatever of it dies, every attempt
// of an attacker is stored once.
func TestDistributed(t *testing.T) {
	need(t, "ssh", "sshpass", "curl")
	traces := &receiver{}
	server := httptest.NewServer(traces)
	t.Cleanup(server.Close) // after the workers have ended
	d := newDistributed(t, server.URL)

	// Nothing that they need is there.
	d.startWorkers()
	d.all(20*time.Second, "waits for the bus", func(p *process) bool {
		return strings.Contains(p.output(), "waiting for what is not there yet") && strings.Contains(p.output(), "connect to bus")
	})
	if out, ok := d.healthy("api", d.workers["api"]); ok || !strings.Contains(out, "connect to bus") {
		t.Errorf("the health check of a worker that waits says %v, %s", ok, out)
	}
	d.startNATS()
	d.all(30*time.Second, "is ready, or waits for the database", func(p *process) bool {
		return strings.Contains(p.output(), "msg=ready") || strings.Contains(p.output(), "PostgreSQL")
	})
	d.startPostgres()
	d.all(30*time.Second, "is ready", func(p *process) bool { return strings.Contains(p.output(), "msg=ready") })
	for name, p := range d.workers {
		service, _, _ := strings.Cut(name, "-")
		if out, ok := d.healthy(service, p); !ok {
			t.Errorf("the health check of %s says %s", name, out)
		}
		if strings.Contains(p.output(), d.file.secrets["DECNET_BUS_TOKEN"]) || strings.Contains(p.output(), d.file.secrets["DECNET_DB_PASSWORD"]) {
			t.Errorf("%s logs a secret", name)
		}
	}

	o := d.operator()
	pid := os.Getpid()
	o.does("deploy", "-n", "2", "--services", "ssh,http", "--subnet", fmt.Sprintf("127.%d.%d.0/24", 100+pid/256%100, pid%256))
	deckies := o.status() // which also says that every worker is ready
	if len(deckies) != 2 {
		t.Fatalf("have %+v", deckies)
	}
	if lines := strings.Count(o.does("status"), "ready"); lines != len(d.workers)+len(deckies)*2-len(deckies) {
		t.Errorf("status shows %d lines that are ready:\n%s", lines, o.does("status"))
	}
	api := d.login()
	a := startAttack(t, service(t, api, "http"), service(t, api, "ssh"))
	eventually(t, 20*time.Second, "requests and commands are stored", func() bool {
		return len(events(t, api, "&kind=request")) > 0 && len(events(t, api, "&kind=command")) > 0
	})
	eventually(t, 20*time.Second, "one event is one trace through all processes", func() bool {
		return slices.Equal(traces.path("send attackers.profiled"), []string{
			"decnet-collector: read line", "decnet-collector: send logs.raw", "decnet-ingester: process logs.raw",
			"decnet-ingester: send attackers.seen", "decnet-profiler: process attackers.seen", "decnet-profiler: send attackers.profiled",
		})
	})

	for _, name := range []string{"ingester-1", "profiler-2", "collector"} {
		d.workers[name].kill()
		a.goesOn(t)
		d.workers[name].start()
	}
	a.goesOn(t)
	d.nats.kill()
	a.goesOn(t)
	d.startNATS()
	a.goesOn(t)
	d.postgres.Kill()
	a.goesOn(t)
	d.postgres.Start()
	a.goesOn(t)
	a.stop()
	d.everyAttemptOnce(api, a)

	if out := o.does("dead-letters", "list", "--output", "json"); strings.TrimSpace(out) != "[]" {
		t.Errorf("there are dead letters: %s", out)
	}
	o.does("teardown", "--all")
	for _, name := range []string{"deployer", "collector", "api", "ingester-1", "ingester-2", "profiler-1", "profiler-2"} {
		d.workers[name].stop()
	}
}

// everyAttemptOnce compares what the attack did with what is stored of it.
func (d *distributed) everyAttemptOnce(api reader, a *attack) {
	t := d.T
	t.Helper()
	requests, logins := int(a.requests.Load()), int(a.logins.Load())
	t.Logf("the attack made %d requests and %d logins", requests, logins)
	var p decnet.Profile
	eventually(t, 60*time.Second, "every attempt is stored and in the profile", func() bool {
		return api.Get(t.Context(), "/attackers/127.0.0.1", &p) == nil && p.CommandCount >= uint64(logins) && p.Services["http"] >= uint64(requests) &&
			len(events(t, api, "&kind=request")) >= requests && p.Events >= uint64(len(events(t, api, "")))
	})
	for kind, want := range map[string]struct {
		count int
		field string
		text  string
	}{
		"request": {requests, "path", "/attack-%d"}, "command": {logins, decnet.FieldCommand, "echo attack-%d"}, "auth_attempt": {logins, decnet.FieldPrincipal, ""},
	} {
		have := events(t, api, "&kind="+kind)
		if len(have) != want.count {
			t.Errorf("%d events of kind %s are stored, want %d", len(have), kind, want.count)
		}
		seen := map[string]int{}
		for _, e := range have {
			seen[e.Fields[want.field]]++
		}
		for n := range want.count {
			if text := fmt.Sprintf(want.text, n); want.text != "" && seen[text] != 1 {
				t.Errorf("%q is stored %d times", text, seen[text])
			}
		}
	}
	everyEventOnce(t, api)
	all := events(t, api, "&attacker=127.0.0.1")
	if p.Events != uint64(len(all)) || p.CommandCount != uint64(logins) {
		t.Errorf("the profile counts %d events and %d commands of %d and %d", p.Events, p.CommandCount, len(all), logins)
	}
	if len(p.Credentials) != 1 || p.Credentials[0].Attempts != uint64(logins) || p.Credentials[0].Secret != secret {
		t.Errorf("the credentials are %+v, want %s tried %d times", p.Credentials, secret, logins)
	}
}
