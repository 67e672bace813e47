package containers

import (
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker"
)

func newFleet(t *testing.T) (f *Fleet, told *[]Outcome) {
	t.Helper()
	told = new([]Outcome)
	return New(Config{Log: slog.New(slog.DiscardHandler), Tell: func(o Outcome) { *told = append(*told, o) }}), told
}

func event(kind docker.Kind, at time.Time, code int) *docker.Event {
	return &docker.Event{Kind: kind, Time: at, Container: docker.Container{
		Name: "web-01-ssh", ExitCode: code, Labels: map[string]string{docker.LabelDecky: "web-01", docker.LabelService: "true", docker.LabelServiceName: "ssh"},
	}}
}

// A container that dies right after its start is not taken to serve because the
// engine starts it again; one that was killed after a while is.
func TestWhoDiesYoungIsOnTrial(t *testing.T) {
	begin := time.Now().Add(-time.Hour)
	for _, test := range []struct {
		name    string
		events  []*docker.Event
		onTrial bool
	}{
		{"it runs", []*docker.Event{event(docker.Started, begin, 0)}, false},
		{"it died young", []*docker.Event{event(docker.Started, time.Now().Add(-time.Second), 0), event(docker.Died, time.Now(), 1)}, true},
		{"it died after an hour", []*docker.Event{event(docker.Started, begin, 0), event(docker.Died, time.Now(), 137)}, false},
		{"it died young long ago", []*docker.Event{event(docker.Started, begin, 0), event(docker.Died, begin.Add(time.Second), 1)}, false},
		{"nobody saw its start", []*docker.Event{event(docker.Died, time.Now(), 1)}, false},
		{"it was removed", []*docker.Event{event(docker.Started, time.Now(), 0), event(docker.Died, time.Now(), 1), event(docker.Removed, time.Now(), 0)}, false},
	} {
		f, _ := newFleet(t)
		for _, e := range test.events {
			f.happened(e)
		}
		if err := f.onTrial("web-01-ssh"); (err != nil) != test.onTrial {
			t.Errorf("%s: have %v", test.name, err)
		}
	}
}

func TestAFailedStartIsOnTrial(t *testing.T) {
	f, _ := newFleet(t)
	failed := &docker.ExitError{Container: "web-01-ssh", Code: 3}
	if f.tried("web-01-ssh", failed); !errors.Is(f.onTrial("web-01-ssh"), error(failed)) {
		t.Errorf("have %v", f.onTrial("web-01-ssh"))
	}
	if f.tried("web-01-ssh", nil); f.onTrial("web-01-ssh") != nil {
		t.Errorf("have %v", f.onTrial("web-01-ssh"))
	}
	if f.tried("web-01-ssh", docker.ErrNoImage); f.onTrial("web-01-ssh") != nil {
		t.Error("what was never started is tried again")
	}
}

func TestOutcomesAreToldOnce(t *testing.T) {
	f, told := newFleet(t)
	w := Wanted{Decky: *sample(), Revision: 4}
	f.Want(w)
	ready := Outcome{Wanted: w, Phase: decnet.PhaseReady}
	f.report(ready)
	f.report(ready)
	f.waiting(Outcome{Wanted: w, Reason: "pulling"}) // it is another try
	f.report(Outcome{Wanted: Wanted{Decky: w.Decky, Revision: 3}, Phase: decnet.PhaseFailed})
	f.lost(docker.ErrAbsent)
	f.lost(docker.ErrAbsent)
	var phases []decnet.Phase
	for _, o := range *told {
		phases = append(phases, o.Phase)
	}
	if len(phases) != 2 || phases[0] != decnet.PhaseReady || phases[1] != decnet.PhaseFailed {
		t.Errorf("told %v", phases)
	}
}

// Who takes a decky down while no engine answers is told so, and not left waiting.
func TestADroppedDeckyIsToldOf(t *testing.T) {
	f, told := newFleet(t)
	w := Wanted{Decky: *sample(), Revision: 4}
	f.Want(w)
	f.Drop("web-01") // nothing was told of it yet
	f.lost(docker.ErrAbsent)
	if n := len(*told); n != 1 || (*told)[0].Phase != decnet.PhaseFailed || (*told)[0].Decky.Name != "web-01" {
		t.Errorf("told %+v", *told)
	}
	f.Drop("nobody")
	f.Want(w) // again
	if len(f.dropped) != 0 {
		t.Errorf("dropped are %v", f.dropped)
	}
}

func TestJudge(t *testing.T) {
	bad := errors.New("it exited at once")
	for _, test := range []struct {
		down   []error
		phase  decnet.Phase
		reason string
	}{
		{[]error{nil, nil}, decnet.PhaseReady, ""},
		{[]error{nil, bad}, decnet.PhaseDegraded, "billing: it exited at once"},
		{[]error{bad, bad}, decnet.PhaseFailed, "ssh: it exited at once; billing: it exited at once"},
	} {
		o := Outcome{Wanted: Wanted{Decky: *sample()}}
		judge(&o, group(t, sample()), test.down)
		if o.Phase != test.phase || o.Reason != test.reason || len(o.Services) != 3 {
			t.Errorf("%v: have %s %q with %d ports", test.down, o.Phase, o.Reason, len(o.Services))
		}
		if up := o.Services[0].Up; up != (test.down[0] == nil) {
			t.Errorf("%v: ssh is up: %t", test.down, up)
		}
	}
}
