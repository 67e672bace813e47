package bus_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
)

func TestBucketComparesAndSets(t *testing.T) {
	b := bustest.New(t)
	ctx := t.Context()
	rev, err := bus.Fleet.Put(ctx, b, decnet.Decky{Name: "web-01"}, 0, "h1", "web-01")
	if err != nil {
		t.Fatal(err)
	}
	steps := []struct {
		name string
		do   func() error
		want decnet.Code
	}{
		{"creating what exists", func() error {
			_, err := bus.Fleet.Put(ctx, b, decnet.Decky{}, 0, "h1", "web-01")
			return err
		}, decnet.CodeConflict},
		{"updating an old revision", func() error {
			_, err := bus.Fleet.Put(ctx, b, decnet.Decky{}, rev+7, "h1", "web-01")
			return err
		}, decnet.CodeConflict},
		{"deleting an old revision", func() error { return bus.Fleet.Delete(ctx, b, rev+7, "h1", "web-01") }, decnet.CodeConflict},
		{"updating the current one", func() error {
			_, err := bus.Fleet.Put(ctx, b, decnet.Decky{Name: "web-01", Driver: "loopback"}, rev, "h1", "web-01")
			return err
		}, ""},
	}
	for _, step := range steps {
		err := step.do()
		if step.want == "" && err != nil || step.want != "" && decnet.ErrorCode(err) != step.want {
			t.Errorf("%s: have %v, want code %q", step.name, err, step.want)
		}
	}
	list, err := bus.Fleet.List(ctx, b)
	if err != nil || len(list) != 1 || list[0].Value.Driver != "loopback" || !slices.Equal(list[0].Keys, []string{"h1", "web-01"}) {
		t.Errorf("have %+v, %v", list, err)
	}
}

func TestWatchSeesWhatIsThereAndWhatChanges(t *testing.T) {
	b := bustest.New(t)
	if err := bus.Fleet.Set(t.Context(), b, decnet.Decky{Name: "old"}, "h1", "old"); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	var seen []string
	err := bus.Fleet.Watch(ctx, b, func(e bus.Entry[decnet.Decky]) error {
		seen = append(seen, e.Keys[1])
		if e.Deleted {
			seen = append(seen, "deleted")
			cancel()
		}
		return nil
	}, func() {
		seen = append(seen, "current")
		rev, err := bus.Fleet.Put(t.Context(), b, decnet.Decky{Name: "new"}, 0, "h1", "new")
		if err != nil {
			t.Error(err)
		}
		if err := bus.Fleet.Delete(t.Context(), b, rev, "h1", "new"); err != nil {
			t.Error(err)
		}
	})
	if want := []string{"old", "current", "new", "new", "deleted"}; err != nil || !slices.Equal(seen, want) {
		t.Errorf("have %v, %v; want %v", seen, err, want)
	}
}

func TestLatestIsOneMessagePerSubject(t *testing.T) {
	b := bustest.New(t)
	collect := func() (phases []decnet.Phase) {
		latest, err := bus.DeckiesState.Latest(t.Context(), b)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range latest {
			phases = append(phases, m.Body.Phase)
		}
		return phases
	}
	if got := collect(); len(got) != 0 {
		t.Errorf("an empty stream gave %v", got)
	}
	for _, s := range []struct {
		name  string
		phase decnet.Phase
	}{{"a", decnet.PhasePending}, {"b", decnet.PhaseFailed}, {"a", decnet.PhaseReady}} {
		if err := b.Publish(t.Context(), bus.DeckiesState.New(t.Context(), "", decnet.DeckyState{Name: s.name, Phase: s.phase}, "h1", s.name)); err != nil {
			t.Fatal(err)
		}
	}
	if got := collect(); !slices.Equal(got, []decnet.Phase{decnet.PhaseFailed, decnet.PhaseReady}) {
		t.Errorf("have %v, want the last of b and of a", got)
	}
}

func TestListenMissesNothingOnceItIsReady(t *testing.T) {
	b := bustest.New(t)
	for range 50 { // a race would show now and then only
		ctx, cancel := context.WithCancel(t.Context())
		missed := time.AfterFunc(5*time.Second, cancel)
		got := false
		err := bus.SystemHealth.Listen(ctx, b, func() {
			if err := b.Publish(ctx, bus.SystemHealth.New(ctx, "", decnet.Health{Worker: "w"}, "w", "h1")); err != nil {
				t.Error(err)
			}
		}, func(m *bus.Message[decnet.Health]) {
			got = m.Body.Worker == "w"
			cancel()
		})
		missed.Stop()
		cancel()
		if err != nil || !got {
			t.Fatalf("the message was missed, %v", err)
		}
	}
}

func TestTailResumesAfterASequence(t *testing.T) {
	b := bustest.New(t)
	if err := b.Publish(t.Context(), lines(t.Context(), 10)...); err != nil {
		t.Fatal(err)
	}
	stop := errors.New("seen enough")
	var got []int64
	err := bus.LogsRaw.Tail(t.Context(), b, bus.FromAfter(7), func(m *bus.Message[decnet.RawLog]) error {
		got = append(got, m.Body.Position)
		if m.Sequence == 10 {
			return stop
		}
		return nil
	})
	if !errors.Is(err, stop) || !slices.Equal(got, []int64{7, 8, 9}) {
		t.Errorf("have %v, %v; want the last three", got, err)
	}
}

func TestEndpointAnswersAndRefuses(t *testing.T) {
	b := bustest.New(t)
	answers := map[string]func(context.Context, struct{}) (decnet.Health, error){
		"one": func(context.Context, struct{}) (decnet.Health, error) {
			return decnet.Health{Worker: "w", Status: decnet.StatusReady}, nil
		},
		"two": func(context.Context, struct{}) (decnet.Health, error) {
			return decnet.Health{}, &decnet.Error{Code: decnet.CodeForbidden, Message: "not you"}
		},
		"four": func(context.Context, struct{}) (decnet.Health, error) { panic("oops") },
	}
	for instance, answer := range answers {
		stop, err := bus.SystemPing.Answer(b, "1.0.0", answer, "w", instance)
		if err != nil {
			t.Fatal(err)
		}
		defer stop()
	}
	ask := func(instance string) (decnet.Health, error) {
		actx, done := context.WithTimeout(t.Context(), 5*time.Second)
		defer done()
		return bus.SystemPing.Request(actx, b, struct{}{}, "w", instance)
	}
	if h, err := ask("one"); err != nil || h.Status != decnet.StatusReady {
		t.Errorf("have %+v, %v", h, err)
	}
	if _, err := ask("two"); decnet.ErrorCode(err) != decnet.CodeForbidden || decnet.ErrorMessage(err) != "not you" {
		t.Errorf("have %v, want the refusal", err)
	}
	if _, err := ask("three"); decnet.ErrorCode(err) != decnet.CodeUnavailable {
		t.Errorf("have %v, want unavailable", err)
	}
	if _, err := ask("four"); decnet.ErrorCode(err) != decnet.CodeInternal {
		t.Errorf("a panic: have %v, want an internal error", err)
	}
}

// Whoever is written at the moment of a look at a bucket is in it all the same.
func TestListMissesNobodyWhoIsBeingWritten(t *testing.T) {
	b := bustest.New(t)
	names := []string{"a", "b", "c", "d", "e"}
	set := func(name string) {
		h := decnet.Health{Worker: name, Instance: "h1", Time: time.Now()}
		if err := bus.Workers.Set(t.Context(), b, h, name, "h1"); err != nil && t.Context().Err() == nil {
			t.Error(err)
		}
	}
	for _, n := range names {
		set(n)
	}
	stop := make(chan struct{})
	var writing sync.WaitGroup
	for _, n := range names {
		writing.Go(func() {
			for {
				select {
				case <-stop:
					return
				case <-time.After(time.Millisecond):
					set(n)
				}
			}
		})
	}
	for range 300 {
		if list, err := bus.Workers.List(t.Context(), b); err != nil || len(list) < len(names) {
			t.Errorf("%d of %d are listed, %v", len(list), len(names), err)
			break
		}
	}
	close(stop)
	writing.Wait()
}
