package collector

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// fakeEngine is an engine whose containers have written what the test says. Its
// positions count lines.
type fakeEngine struct {
	mu     sync.Mutex
	lines  map[string][]string // by container
	events chan docker.Event
	grown  map[string]chan struct{}
}

func newFakeEngine() *fakeEngine {
	return &fakeEngine{lines: make(map[string][]string), events: make(chan docker.Event, 10), grown: make(map[string]chan struct{})}
}

func container(id, decky, service string) docker.Container {
	return docker.Container{ID: id, Labels: map[string]string{docker.LabelDecky: decky, docker.LabelServiceName: service}}
}

// write adds lines to a container's log.
func (e *fakeEngine) write(id string, lines ...string) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.lines[id] = append(e.lines[id], lines...)
	close(e.wake(id))
	delete(e.grown, id)
}

// wake is closed when there is more. e.mu is held.
func (e *fakeEngine) wake(id string) chan struct{} {
	if e.grown[id] == nil {
		e.grown[id] = make(chan struct{})
	}
	return e.grown[id]
}

func (e *fakeEngine) Watch(ctx context.Context, _ map[string]string, tell func(docker.Event)) error {
	for {
		select {
		case ev := <-e.events:
			tell(ev)
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// rest tells what is behind a position and returns the next one.
func (e *fakeEngine) rest(id string, at int, tell func(docker.Line) error) (int, <-chan struct{}, error) {
	e.mu.Lock()
	lines, grown := slices.Clone(e.lines[id]), e.wake(id)
	e.mu.Unlock()
	for ; at < len(lines); at++ {
		l := docker.Line{Stream: docker.Stdout, Time: time.Unix(1_800_000_000, int64(at)), Nth: 1, Text: []byte(lines[at])}
		l.Position = docker.Position{Stdout: docker.Mark{Time: int64(at + 1), Nth: 1}, Newest: docker.Stdout}
		if err := tell(l); err != nil {
			return at, grown, err
		}
	}
	return at, grown, nil
}

func (e *fakeEngine) Follow(ctx context.Context, id string, since docker.Position, tell func(docker.Line) error) error {
	for at := int(since.Stdout.Time); ; {
		next, grown, err := e.rest(id, at, tell)
		if err != nil {
			return err
		}
		at = next
		select {
		case <-grown:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

func (e *fakeEngine) ReadRest(_ context.Context, id string, since docker.Position, tell func(docker.Line) error) error {
	_, _, err := e.rest(id, int(since.Stdout.Time), tell)
	return err
}

func (e *fakeEngine) ListContainers(context.Context, map[string]string) ([]docker.Container, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	var all []docker.Container
	for id := range e.lines {
		all = append(all, container(id, "decky-"+id, "billing"))
	}
	return all, nil
}

func (e *fakeEngine) Close() error { return nil }

var _ engine = (*fakeEngine)(nil)

// dockerRig is a collector that follows a fake engine's containers.
type dockerRig struct {
	*testing.T
	bus    *bus.Bus
	cfg    Config
	engine *fakeEngine
}

func newDockerRig(t *testing.T) *dockerRig {
	t.Helper()
	r := &dockerRig{T: t, bus: bustest.New(t), cfg: Default(t.TempDir()), engine: newFakeEngine()}
	r.cfg.LogFile = ""
	return r
}

// start runs a collector on what its predecessor left.
func (r *dockerRig) start() (stop func()) {
	env := workertest.Env(r.T, "collector", r.bus)
	c, err := New(r.cfg, env)
	if err != nil {
		r.Fatal(err)
	}
	c.docker.connect = func(context.Context) (engine, error) { return r.engine, nil }
	return workertest.Start(r.T, env, c.Run)
}

func (r *dockerRig) tell(kind docker.Kind, c docker.Container) {
	r.engine.events <- docker.Event{Kind: kind, Container: c, Time: time.Now()}
}

// published are the texts on the bus, with decky and service, once there are n.
func (r *dockerRig) published(n int) (texts []string) {
	r.Helper()
	workertest.Eventually(r.T, fmt.Sprintf("%d lines are published", n), func() bool {
		all, _, err := bus.LogsRaw.Newest(r.Context(), r.bus, 1000)
		texts = nil
		for _, m := range all {
			texts = append(texts, m.Keys[1]+"/"+m.Keys[2])
			if m.Body.ID != decnet.EventID(m.Body.Host, m.Body.Source, m.Body.Position) {
				r.Errorf("%+v has another id", m.Body)
			}
		}
		return err == nil && len(texts) >= n
	})
	if len(texts) != n {
		r.Errorf("have %d lines, want %d: %v", len(texts), n, texts)
	}
	return texts
}

func TestContainersAreFollowedAcrossRestarts(t *testing.T) {
	r := newDockerRig(t)
	r.engine.write("a1", "one", "two")
	stop := r.start()
	r.tell(docker.Listed, container("a1", "web-01", "billing"))
	r.tell(docker.Synced, docker.Container{})
	r.published(2)
	r.tell(docker.Started, container("b2", "web-02", "billing"))
	r.engine.write("b2", "three")
	r.published(3)
	stop()
	r.engine.write("a1", "four")
	stop = r.start()
	r.tell(docker.Listed, container("a1", "web-01", "billing"))
	r.tell(docker.Listed, container("b2", "web-02", "billing"))
	r.tell(docker.Synced, docker.Container{})
	texts := r.published(4)
	if n := len(slices.DeleteFunc(texts, func(s string) bool { return s != "web-01/billing" })); n != 3 {
		t.Errorf("%d are of web-01", n)
	}
	stop()
}

func TestWhatIsRemovedIsReadToItsEnd(t *testing.T) {
	r := newDockerRig(t)
	r.engine.write("a1", "one")
	defer r.start()()
	r.tell(docker.Listed, container("a1", "web-01", "billing"))
	r.tell(docker.Synced, docker.Container{})
	r.published(1)
	for _, id := range []string{"a1", "c3"} { // c3 was not told of yet
		r.engine.write(id, "last words")
		if _, err := bus.LogsDrain.Request(t.Context(), r.bus, decnet.DrainRequest{Containers: []string{id}}, workertest.Host); err != nil {
			t.Fatal(err)
		}
	}
	r.published(3) // all of them, now
	if _, err := bus.LogsDrain.Request(t.Context(), r.bus, decnet.DrainRequest{Containers: []string{"unknown"}}, workertest.Host); err != nil {
		t.Errorf("one that is not ours: %v", err)
	}
}

func TestAContainerThatNamesNoDeckyIsLeftAlone(t *testing.T) {
	r := newDockerRig(t)
	r.engine.write("a1", "one")
	r.engine.write("b2", "two")
	defer r.start()()
	r.tell(docker.Listed, container("a1", "../web", "billing"))
	r.tell(docker.Listed, container("b2", "web-02", "billing"))
	if got := r.published(1); got[0] != "web-02/billing" {
		t.Errorf("have %v", got)
	}
}

func TestWithoutAnEngineTheSpoolIsRead(t *testing.T) {
	r := newDockerRig(t)
	r.cfg.DockerHost = "unix://" + t.TempDir() + "/nobody.sock"
	env := workertest.Env(t, "collector", r.bus)
	c, err := New(r.cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	defer workertest.Start(t, env, c.Run)()
	_, err = bus.LogsDrain.Request(t.Context(), r.bus, decnet.DrainRequest{Containers: []string{"a1"}}, workertest.Host)
	if decnet.ErrorCode(err) != decnet.CodeUnavailable {
		t.Errorf("have %v", err)
	}
}

// A long event is as good as a short one: what an attacker sends does not cost it its
// source.
func TestALongEventStaysOne(t *testing.T) {
	r := newDockerRig(t)
	long := fmt.Sprintf(`<134>1 2026-11-25T06:00:00Z web-01 billing - request [decnet@32473 src_ip="192.0.2.7" body="%s"] x`, strings.Repeat("y", 40_000))
	r.engine.write("a1", long, strings.Repeat("z", 100_000))
	defer r.start()()
	r.tell(docker.Listed, container("a1", "web-01", "billing"))
	r.published(2)
	all, _, err := bus.LogsRaw.Newest(t.Context(), r.bus, 10)
	if err != nil {
		t.Fatal(err)
	}
	for i, want := range []string{"raw", "request"} { // the newest first
		e, err := eventlog.Parse(all[i].Body.Bytes())
		if err != nil || e.Kind != want || want == "request" && e.Attacker != "c0000207" {
			t.Errorf("have %v of kind %s from %s", err, e.Kind, e.Attacker)
		}
	}
}

// One that was drained and not removed is followed again when it runs again, also if
// nobody saw it start.
func TestADrainedContainerThatRunsAgainIsFollowed(t *testing.T) {
	r := newDockerRig(t)
	r.engine.write("a1", "one")
	defer r.start()()
	c := container("a1", "web-01", "billing")
	r.tell(docker.Listed, c)
	r.tell(docker.Synced, docker.Container{})
	r.published(1)
	if _, err := bus.LogsDrain.Request(t.Context(), r.bus, decnet.DrainRequest{Containers: []string{"a1"}}, workertest.Host); err != nil {
		t.Fatal(err)
	}
	r.tell(docker.Lost, docker.Container{})
	c.State = "running"
	r.tell(docker.Listed, c)
	r.tell(docker.Synced, docker.Container{})
	r.engine.write("a1", "two")
	r.published(2)
}

func TestAnEngineThatHasToBeThereIsMissed(t *testing.T) {
	r := newDockerRig(t)
	r.cfg.Docker, r.cfg.DockerHost = dockerOn, "unix://"+t.TempDir()+"/nobody.sock"
	env := workertest.Env(t, "collector", r.bus)
	c, err := New(r.cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	defer workertest.Start(t, env, c.Run)()
	degraded := func() bool { return env.Health.Snapshot().Status == decnet.StatusDegraded }
	workertest.Eventually(t, "it is degraded", degraded)
	c.ready() // as after every batch
	if !degraded() {
		t.Errorf("it is %v", env.Health.Snapshot())
	}
}

func TestAnEngineThatComesBackIsNotMissed(t *testing.T) {
	r := newDockerRig(t)
	r.cfg.Docker = dockerOn
	env := workertest.Env(t, "collector", r.bus)
	c, err := New(r.cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	c.docker.connect = func(context.Context) (engine, error) { return r.engine, nil }
	defer workertest.Start(t, env, c.Run)()
	for _, step := range []struct {
		event docker.Event
		want  decnet.Status
	}{
		{docker.Event{Kind: docker.Lost, Err: docker.ErrAbsent}, decnet.StatusDegraded},
		{docker.Event{Kind: docker.Synced}, decnet.StatusReady},
	} {
		r.engine.events <- step.event
		workertest.Eventually(t, "it is "+string(step.want), func() bool { return env.Health.Snapshot().Status == step.want })
	}
}

func TestARemovedContainerIsForgotten(t *testing.T) {
	r := newDockerRig(t)
	r.engine.write("a1", "one")
	r.engine.write("b2", "two")
	stop := r.start()
	r.tell(docker.Listed, container("a1", "web-01", "billing"))
	r.tell(docker.Listed, container("b2", "web-02", "billing"))
	r.tell(docker.Synced, docker.Container{})
	r.published(2)
	r.tell(docker.Removed, container("a1", "web-01", "billing"))
	r.engine.write("b2", "three")
	r.published(3)
	stop()
	p, err := loadPositions(r.cfg.DockerPosition)
	if err != nil || !slices.Equal(p.ids(), []string{"b2"}) {
		t.Errorf("have %v, %v", p.ids(), err)
	}
}
