package docker

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
)

// recorder keeps what it is told of a log.
type recorder struct {
	mu    sync.Mutex
	pos   Position
	lines [3][]string
	gaps  int
}

func (r *recorder) note(l Line) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines[l.Stream] = append(r.lines[l.Stream], string(l.Text))
	if r.pos = l.Position; l.Gap {
		r.gaps++
	}
}

// count is how many lines there are, of both outputs.
func (r *recorder) count() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.lines[Stdout]) + len(r.lines[Stderr])
}

// follow follows in the background until the test ends.
func (r *recorder) follow(t *testing.T, e *Engine, id string) {
	t.Helper()
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error, 1)
	go func() { done <- e.Follow(ctx, id, r.pos, func(l Line) error { r.note(l); return nil }) }()
	t.Cleanup(func() {
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) && !errors.Is(err, ErrGone) {
			t.Error(err)
		}
	})
}

func (r *recorder) has(t *testing.T, n int) {
	t.Helper()
	eventually(t, fmt.Sprintf("%d lines are told", n), func() bool { return r.count() >= n })
}

func TestFollow(t *testing.T) {
	e := newEngine(t)
	c := words(t, mine(t, e), "both=2", "long=40000", "raw=a\\n\\n\xffb\\n", "wait", "raw=unfinished", "exit=0")
	c.Settle = -1
	id := ensure(t, e, c, true)
	var r recorder
	r.follow(t, e, id)
	r.has(t, 8)
	began := time.Now()
	signal(t, e, id)
	r.has(t, 9) // which has no newline, and is told when nothing can follow
	t.Logf("the last line is told after %s", time.Since(began))
	if got := r.lines[Stdout]; len(got) != 7 || got[0] != "out 0" || got[2] != strings.Repeat("x", 40000) ||
		got[3] != "a" || got[4] != "" || got[5] != "\ufffdb" || got[6] != "unfinished" {
		t.Errorf("stdout is %.200q", got)
	}
	if got := r.lines[Stderr]; len(got) != 2 || got[1] != "err 1" {
		t.Errorf("stderr is %q", got)
	}
	// It is started again: what follows is not glued to the unfinished line.
	ensure(t, e, c, true)
	r.has(t, 17)
	if got := r.lines[Stdout][7]; got != "out 0" {
		t.Errorf("after the start comes %q", got)
	}
}

// A line is told soon after it was written.
func TestFollowIsPrompt(t *testing.T) {
	e := newEngine(t)
	id := ensure(t, e, words(t, mine(t, e), "wait", "raw=x\\n", "wait", "raw=x\\n", "wait", "raw=x\\n", "sleep"), true)
	var r recorder
	r.follow(t, e, id)
	time.Sleep(time.Second)
	for i := range 3 {
		began := time.Now()
		signal(t, e, id)
		r.has(t, i+1)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("a line is told after %s", took)
		}
		time.Sleep(300 * time.Millisecond)
	}
}

// However often following is cut off, by its context or by its own error, every line
// is told once.
func TestFollowResumesAnywhere(t *testing.T) {
	e := newEngine(t)
	id := ensure(t, e, words(t, mine(t, e), "both=600", "print=1500,20,0s", "long=100000", "print=500,10,2ms", "raw=end\\n", "sleep"), true)
	const all = 1200 + 1500 + 1 + 500 + 1
	rnd := rand.New(rand.NewPCG(1, 2))
	var r recorder
	cuts := 0
	for r.count() < all {
		ctx, cancel := context.WithCancel(t.Context())
		left := rnd.IntN(12)
		refuse := rnd.IntN(2) == 0
		err := e.Follow(ctx, id, throughJSON(t, r.pos), func(l Line) error {
			if left--; left < 0 && refuse {
				return errDied // without having noted it
			}
			r.note(l)
			if left < 0 || r.count() == all {
				cancel()
				return errDied
			}
			return nil
		})
		cancel()
		if !errors.Is(err, errDied) {
			t.Fatal(err)
		}
		cuts++
	}
	t.Logf("%d cuts", cuts)
	var want [3][]string
	for i := range 600 {
		want[Stdout] = append(want[Stdout], fmt.Sprint("out ", i))
		want[Stderr] = append(want[Stderr], fmt.Sprint("err ", i))
	}
	for i := range 1500 {
		want[Stdout] = append(want[Stdout], dotted(i, 20))
	}
	want[Stdout] = append(want[Stdout], strings.Repeat("x", 100000))
	for i := range 500 {
		want[Stdout] = append(want[Stdout], dotted(i, 10))
	}
	want[Stdout] = append(want[Stdout], "end")
	for _, s := range []Stream{Stdout, Stderr} {
		if got := r.lines[s]; strings.Join(got, "\n") != strings.Join(want[s], "\n") {
			t.Errorf("%s has %d lines instead of %d, or others", s, len(got), len(want[s]))
		}
	}
	if r.gaps != 0 {
		t.Errorf("%d gaps are told", r.gaps)
	}
}

func dotted(i, size int) string {
	s := fmt.Sprintf("%d ", i)
	return s + strings.Repeat(".", max(0, size-len(s)))
}

// The log has room for a few hundred lines only.
func TestFollowSurvivesRotation(t *testing.T) {
	e := newEngine(t)
	c := words(t, mine(t, e), "print=6000,60,500us", "raw=end\\n", "sleep")
	c.LogMaxSize, c.LogMaxFile, c.Settle = "20k", 3, -1
	var r recorder
	r.follow(t, e, ensure(t, e, c, true))
	r.has(t, 6001)
	if r.gaps != 0 {
		t.Errorf("a reader that keeps up is told of %d gaps", r.gaps)
	}
	checkOrder(t, &r)
}

// A reader that is slow misses lines, and is told so at the right places.
func TestFollowTellsOfGaps(t *testing.T) {
	e := newEngine(t)
	c := words(t, mine(t, e), "print=4000,60,100us", "raw=end\\n", "sleep")
	c.LogMaxSize, c.LogMaxFile, c.Settle = "20k", 2, -1
	id := ensure(t, e, c, true)
	var r recorder
	for r.count() == 0 || r.lines[Stdout][r.count()-1] != "end" {
		n := 0
		err := e.Follow(t.Context(), id, throughJSON(t, r.pos), func(l Line) error {
			r.note(l)
			if n++; n == 50 || string(l.Text) == "end" {
				return errDied
			}
			return nil
		})
		if !errors.Is(err, errDied) {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
	}
	if r.gaps == 0 || r.count() > 3000 {
		t.Errorf("%d lines are told, and %d gaps", r.count(), r.gaps)
	}
}

// checkOrder checks numbered lines that end with "end".
func checkOrder(t *testing.T, r *recorder) {
	t.Helper()
	for i, line := range r.lines[Stdout] {
		if want := fmt.Sprint(i, " "); !strings.HasPrefix(line, want) && line != "end" {
			t.Fatalf("line %d is %q", i, line)
		}
	}
}

func TestFollowSurvivesTheEngine(t *testing.T) {
	e := newEngine(t)
	c := words(t, mine(t, e), "print=400,20,5ms", "wait", "raw=end\\n", "sleep")
	c.Restart = "unless-stopped"
	id := ensure(t, e, c, true)
	var r recorder
	r.follow(t, e, id)
	r.has(t, 50)
	theLab.restart(t, syscall.SIGTERM) // the container ends and is started again with it
	eventually(t, "the engine started it", func() bool { return find(t, e, c.Labels, c.Name).State == "running" })
	first := r.count()
	r.has(t, first+300)
	time.Sleep(3 * time.Second)
	signal(t, e, id)
	eventually(t, "the end is told", func() bool {
		r.mu.Lock()
		defer r.mu.Unlock()
		return r.lines[Stdout][len(r.lines[Stdout])-1] == "end"
	})
	last, runs := -1, 1
	for i, line := range r.lines[Stdout] {
		var n int
		if _, err := fmt.Sscan(line, &n); err != nil {
			if i != len(r.lines[Stdout])-1 {
				t.Errorf("line %d is %q", i, line)
			}
			continue
		}
		if n == 0 && last > 0 {
			runs++
		} else if n != last+1 {
			t.Fatalf("line %d comes after %d", n, last)
		}
		last = n
	}
	if runs != 2 || last != 399 || r.gaps != 0 {
		t.Errorf("%d runs are told, the last to line %d, and %d gaps", runs, last, r.gaps)
	}
}

func TestFollowEnds(t *testing.T) {
	e := newEngine(t)
	id := ensure(t, e, words(t, mine(t, e), "sleep"), true)
	done := make(chan error, 1)
	go func() { done <- e.Follow(t.Context(), id, Position{}, func(Line) error { return nil }) }()
	time.Sleep(300 * time.Millisecond)
	if err := e.RemoveContainer(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	must(t, <-done, ErrGone, id)
}

// Logs that cannot be followed are no reason to wait for ever.
func TestFollowRefuses(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	for _, c := range []struct {
		tty    bool
		driver string
		says   string
	}{{true, "json-file", "terminal"}, {false, "none", "does not support reading"}} {
		spec := words(t, labels, "raw=x\\n", "sleep")
		config, host, _ := e.translate(&spec)
		config.Tty, host.LogConfig = c.tty, container.LogConfig{Type: c.driver}
		made, err := e.api.ContainerCreate(t.Context(), config, host, nil, nil, spec.Name)
		if err != nil {
			t.Fatal(err)
		}
		if err := e.api.ContainerStart(t.Context(), made.ID, container.StartOptions{}); err != nil {
			t.Fatal(err)
		}
		time.Sleep(200 * time.Millisecond)
		must(t, e.Follow(t.Context(), made.ID, Position{}, func(Line) error { return nil }), nil, c.says)
		if err := e.RemoveContainer(t.Context(), made.ID); err != nil {
			t.Fatal(err)
		}
	}
}
