package docker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"syscall"
	"testing"
	"time"
)

type watched struct {
	mu  sync.Mutex
	all []Event
}

func (w *watched) watch(t *testing.T, e *Engine, labels map[string]string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() {
		done <- e.Watch(ctx, labels, func(ev Event) {
			w.mu.Lock()
			defer w.mu.Unlock()
			w.all = append(w.all, ev)
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// saw waits for an event of a kind and returns it.
func (w *watched) saw(t *testing.T, kind Kind, from int) (found Event, at int) {
	t.Helper()
	eventually(t, fmt.Sprintf("an event says %s", kind), func() bool {
		w.mu.Lock()
		defer w.mu.Unlock()
		at = from + slices.IndexFunc(w.all[min(from, len(w.all)):], func(e Event) bool { return e.Kind == kind })
		if at < from {
			return false
		}
		found = w.all[at]
		return true
	})
	return found, at
}

func TestWatch(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	ensure(t, e, Spec{Name: "unlabelled-" + words(t, labels).Name, Image: puppetImage, Command: []string{"sleep"}, Labels: map[string]string{"decnet.test": "other"}}, true)
	t.Cleanup(func() { _ = e.RemoveContainer(context.Background(), "unlabelled-"+words(t, labels).Name) })
	c := words(t, labels, "print=1,1,2s", "exit=7")
	c.Restart = "unless-stopped"
	id := ensure(t, e, c, true)
	var w watched
	w.watch(t, e, labels)
	if ev, at := w.saw(t, Listed, 0); at != 0 || ev.Container.ID != id || ev.Container.State != "running" || ev.Container.Labels[Label] == "" {
		t.Errorf("listed as %+v", ev)
	}
	_, at := w.saw(t, Synced, 0)
	died, at := w.saw(t, Died, at)
	if died.Container.ExitCode != 7 || died.Container.Name != c.Name || died.Container.Labels["decnet.test"] == "" || time.Since(died.Time) > time.Minute {
		t.Errorf("died as %+v", died)
	}
	_, at = w.saw(t, Started, at)
	theLab.restart(t, syscall.SIGTERM)
	lost, at := w.saw(t, Lost, at)
	must(t, lost.Err, nil, "watch containers")
	if listed, _ := w.saw(t, Listed, at); listed.Container.ID != id {
		t.Errorf("listed again as %+v", listed)
	}
	_, at = w.saw(t, Synced, at)
	if err := e.RemoveContainer(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	if removed, _ := w.saw(t, Removed, at); removed.Container.ID != id {
		t.Errorf("removed as %+v", removed)
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, ev := range w.all {
		if ev.Container.ID != "" && ev.Container.ID != id {
			t.Errorf("another container is told of: %+v", ev)
		}
	}
}

// After a restart of the engine everything runs again, whatever the engine did of it.
func TestFleetIsThereAfterTheEngine(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	base, service := words(t, labels, "sleep"), words(t, labels, "listen=80", "sleep")
	base.Restart, service.Restart = "unless-stopped", "unless-stopped"
	base.Network = &Attachment{Network: newLAN(t, e, labels), IPv4: addrOf(t, "198.51.100.90"), MAC: []byte{0, 0x15, 0x5d, 1, 2, 3}}
	service.Name, service.JoinContainer = base.Name+"-web", base.Name
	Hardened(&service)
	for _, how := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		ensure2(t, e, base, service)
		if said, err := call("198.51.100.90:80"); err != nil || said != "hello 0" {
			t.Errorf("it says %q: %v", said, err)
		}
		theLab.restart(t, how)
	}
	ensure2(t, e, base, service)
	if said, err := call("198.51.100.90:80"); err != nil || said != "hello 0" {
		t.Errorf("it says %q: %v", said, err)
	}
}

func ensure2(t *testing.T, e *Engine, specs ...Spec) {
	t.Helper()
	for _, s := range specs {
		if _, changed, err := e.EnsureContainer(t.Context(), s); err != nil {
			t.Fatal(err)
		} else {
			t.Logf("%s: changed %t", s.Name, changed)
		}
	}
}

func TestReap(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	base, service, kept := words(t, labels, "sleep"), words(t, labels, "sleep"), words(t, labels, "sleep")
	lan := newLAN(t, e, labels)
	base.Network = &Attachment{Network: lan, IPv4: addrOf(t, "198.51.100.91")}
	service.Name, service.JoinContainer = "a-"+base.Name, base.Name
	kept.Name = base.Name + "-kept"
	for _, s := range []Spec{base, service, kept} {
		ensure(t, e, s, true)
	}
	keep := func(name string) bool { return name == kept.Name }
	for _, everything := range []map[string]string{nil, {"com.docker.compose.project": ""}} {
		_, err := e.Reap(t.Context(), everything, keep)
		must(t, err, nil, "name a label")
	}
	removed, err := e.Reap(t.Context(), map[string]string{"decnet.test": ""}, keep) // of any value
	if err != nil || !slices.Equal(removed, []string{service.Name, base.Name, lan}) {
		t.Errorf("removed %q: %v", removed, err)
	}
	if removed, err := e.Reap(t.Context(), labels, keep); err != nil || len(removed) != 0 {
		t.Errorf("removed %q: %v", removed, err)
	}
	lan = newLAN(t, e, labels)
	kept.Network = &Attachment{Network: lan, IPv4: addrOf(t, "198.51.100.92")}
	ensure(t, e, kept, true)
	if removed, err := e.Reap(t.Context(), labels, keep); err != nil || len(removed) != 0 {
		t.Errorf("a network that is used: removed %q: %v", removed, err)
	}
}
