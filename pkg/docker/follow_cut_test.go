package docker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"testing/synctest"
)

// reader follows a log like somebody who dies at any moment and goes on from the
// position that was saved last.
type reader struct {
	r     *rand.Rand
	saved Position
	lines [3][]string
	gaps  int
	died  int
}

var errDied = errors.New("died")

// once follows until nothing is new, or it dies.
func (d *reader) once(t *testing.T, l *fakeLog, window int) {
	t.Helper()
	f := &follower{source: l, window: window}
	f.pos = d.saved
	f.tell = func(line Line) error {
		f.told++
		if d.r.IntN(8) == 0 {
			d.died++
			return errDied
		}
		d.lines[line.Stream] = append(d.lines[line.Stream], string(line.Text))
		if line.Gap {
			d.gaps++
		}
		d.saved = throughJSON(t, line.Position)
		return nil
	}
	for range 20 {
		grown, err := f.read(context.Background())
		if errors.Is(err, errDied) {
			return
		}
		if err != nil && !errors.Is(err, errCut) {
			t.Fatal(err)
		}
		if err == nil && !grown && !f.unfinished() {
			return
		}
	}
}

func throughJSON(t *testing.T, p Position) Position {
	t.Helper()
	data, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	var out Position
	if err := json.Unmarshal(data, &out); err != nil {
		t.Fatal(err)
	}
	return out
}

// Whatever is cut and wherever the reader dies: every line is told once, in its
// order, whole.
func TestFollowingLosesAndRepeatsNothing(t *testing.T) {
	cuts := 0
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 1))
		w := &writer{r: r, now: 1_700_000_000_000_000_000}
		log := &fakeLog{running: true, cut: r}
		d := &reader{r: r}
		for range 40 {
			log.write(w.some()...)
			d.once(t, log, 1+r.IntN(20))
		}
		log.cut, log.running = nil, false
		for range 30 {
			d.once(t, log, firstWindow)
		}
		for _, s := range []Stream{Stdout, Stderr} {
			if w.text[s] != "" || w.open[s] != nil { // the process ended in the middle
				w.lines[s] = append(w.lines[s], w.text[s])
			}
			if !slices.Equal(d.lines[s], w.lines[s]) {
				t.Fatalf("seed %d: %s is\n%q instead of\n%q", seed, s, d.lines[s], w.lines[s])
			}
		}
		if d.gaps != 0 {
			t.Fatalf("seed %d: %d gaps are reported where nothing is lost", seed, d.gaps)
		}
		cuts += d.died
	}
	if cuts < 3000 {
		t.Errorf("the reader died %d times only", cuts)
	}
}

// Where the beginning of the log is thrown away unread, a gap is told; otherwise none.
func TestRotationIsToldAsAGap(t *testing.T) {
	for seed := range uint64(80) {
		r := rand.New(rand.NewPCG(seed, 2))
		log := &fakeLog{running: true}
		d := &reader{r: rand.New(rand.NewPCG(seed, 3))}
		n, kept := 0, 0 // lines written, lines thrown away
		for range 60 {
			for range 1 + r.IntN(30) {
				n++
				// Several of one moment, and the oldest may be thrown away among them.
				log.write(record{Stdout, int64(1 + n/3), fmt.Sprintf("%d\n", n)})
			}
			if r.IntN(3) == 0 {
				away := r.IntN(n - kept + 1)
				log.rotate(away)
				kept += away
			}
			before, gaps := len(d.lines[Stdout]), d.gaps
			d.once(t, log, firstWindow)
			fresh := d.lines[Stdout][before:]
			if len(fresh) == 0 {
				continue
			}
			last, first := 0, number(t, fresh[0])
			if before > 0 {
				last = number(t, d.lines[Stdout][before-1])
			}
			if first <= last {
				t.Fatalf("seed %d: line %d comes after %d", seed, first, last)
			}
			if lost := first > last+1 && last > 0; lost && d.gaps == gaps {
				t.Fatalf("seed %d: no gap is told between %d and %d", seed, last, first)
			}
			for i := 1; i < len(fresh); i++ {
				if number(t, fresh[i]) != number(t, fresh[i-1])+1 {
					t.Fatalf("seed %d: %s comes after %s", seed, fresh[i], fresh[i-1])
				}
			}
		}
	}
}

func number(t *testing.T, s string) (n int) {
	t.Helper()
	if _, err := fmt.Sscan(s, &n); err != nil {
		t.Fatal(err)
	}
	return n
}

// An immensely long line is told in parts of 1 MiB, and those can be resumed too.
func TestLongLinesAreToldInParts(t *testing.T) {
	const pieces = 140 // of 16 KiB, with another line after every seventh
	log := &fakeLog{running: true}
	log.write(record{Stdout, 1, "first\n"})
	piece := make([]byte, 16<<10)
	var want []byte
	for i := range pieces {
		for k := range piece {
			piece[k] = byte('a' + (i+k/1000)%26)
		}
		want = append(want, piece...)
		log.write(record{Stdout, 5, string(piece)})
		if i%7 == 6 {
			log.write(record{Stderr, int64(6 + i), fmt.Sprintf("%d\n", i)})
		}
	}
	log.write(record{Stdout, 5, "end\n"})
	want = append(want, "end"...)
	var have []byte
	var flags string
	var pos Position
	parts, aside := 0, 0
	for range 4 * pieces { // each line is told to another follower
		f := &follower{source: log, window: firstWindow}
		f.pos = pos
		f.tell = func(l Line) error {
			pos = throughJSON(t, l.Position)
			if l.Stream == Stderr {
				aside++
			} else if l.Time.UnixNano() == 5 {
				have, parts = append(have, l.Text...), parts+1
				flags += fmt.Sprintf(" %t/%t", l.Continues, l.More)
				if len(l.Text) > maxLine {
					t.Errorf("a part has %d bytes", len(l.Text))
				}
			}
			return errDied
		}
		if _, err := f.read(t.Context()); err == nil {
			break
		}
	}
	if string(have) != string(want) || aside != pieces/7 {
		t.Errorf("%d of %d bytes and %d of %d other lines are told", len(have), len(want), aside, pieces/7)
	}
	if flags != " false/true true/true true/false" {
		t.Errorf("%d parts are marked%s", parts, flags)
	}
}

// A window is no larger than it has to be.
func TestReadingIsProportionate(t *testing.T) {
	log := &fakeLog{running: true}
	read := 0
	log.seen = func(n int) { read += n }
	f := &follower{source: log, window: firstWindow}
	told := 0
	f.tell = func(Line) error { told++; return nil }
	for i := range 20_000 {
		log.write(record{Stdout, int64(i), "x\n"})
		if i%50 == 0 {
			if _, err := f.read(t.Context()); err != nil {
				t.Fatal(err)
			}
		}
	}
	if read > 8*told {
		t.Errorf("%d records are read to tell %d", read, told)
	}
}

// Following ends with its context, and what is written is told without a wake-up.
func TestFollowEndsWithItsContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		log := &fakeLog{running: true}
		ctx, cancel := context.WithCancel(t.Context())
		f := &follower{source: log, window: firstWindow}
		told := make(chan string, 10)
		f.tell = func(l Line) error { told <- string(l.Text); return nil }
		done := make(chan error, 1)
		go func() { done <- f.follow(ctx) }()
		synctest.Wait()
		log.write(record{Stdout, 1, "one\n"})
		if got := <-told; got != "one" {
			t.Errorf("told %q", got)
		}
		cancel()
		if err := <-done; !errors.Is(err, context.Canceled) {
			t.Error(err)
		}
	})
}

// The rest of a stopped container's log is everything behind a position, an unfinished
// line too, once.
func TestTheRestOfALog(t *testing.T) {
	log := &fakeLog{}
	log.write(
		record{Stdout, 1, "one\n"}, record{Stderr, 2, "two\n"}, record{Stdout, 2, "three\n"}, record{Stdout, 3, "no "}, record{Stderr, 4, "end"},
	)
	var told []string
	var after []Position
	read := func(since Position) {
		t.Helper()
		told, after = nil, nil
		err := newFollower(log, since, func(l Line) error {
			told, after = append(told, string(l.Text)), append(after, throughJSON(t, l.Position))
			return nil
		}).rest(t.Context())
		if err != nil {
			t.Fatal(err)
		}
	}
	read(Position{})
	if want := []string{"one", "two", "three", "no ", "end"}; !slices.Equal(told, want) {
		t.Fatalf("told %q, want %q", told, want)
	}
	for i, pos := range slices.Clone(after) {
		if read(pos); len(told) != 4-i {
			t.Errorf("behind line %d: told %q", i, told)
		}
	}
}
