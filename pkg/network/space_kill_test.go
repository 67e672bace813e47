package network

import (
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"
)

// victim tells the test's own program, run again, that it is to be killed.
const victim = "DECNET_TEST_VICTIM"

// TestVictim is no test: it makes deckies on the link and in the folder that it
// is told until it is killed.
func TestVictim(t *testing.T) {
	var told struct {
		Dir  string
		Link *Link
	}
	if err := json.Unmarshal([]byte(os.Getenv(victim)), &told); err != nil {
		return // nobody is to be killed
	}
	s, err := OpenSpaces(told.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for i := range 1000 {
		if _, err := s.Ensure(nameOf(i), specOf(told.Link, i+1)); err != nil {
			t.Fatal(err)
		}
	}
}

// kill lets a victim make deckies for some time.
func (f *field) kill(after time.Duration) {
	f.Helper()
	told, err := json.Marshal(map[string]any{"Dir": f.dir, "Link": f.link})
	f.must(err)
	// It is in the network namespace of this thread.
	cmd := exec.CommandContext(f.Context(), os.Args[0], "-test.run=^TestVictim$")
	cmd.Env = append(os.Environ(), victim+"="+string(told))
	f.must(cmd.Start())
	names, err := f.List()
	f.must(err)
	f.eventually("a beginning", func() bool { now, _ := f.List(); return len(now) > len(names) })
	time.Sleep(after)
	f.must(cmd.Process.Kill())
	_ = cmd.Wait() // it was killed
}

func TestWhoIsKilledLeavesNothingHalfMade(t *testing.T) {
	f := newField(t)
	whole := 0
	for i := range 5 {
		f.kill(time.Duration(1+i*4) * time.Millisecond)
		names, err := f.List()
		f.must(err)
		for n := range names {
			name := nameOf(n) // they were made in this order
			what, err := f.differs(name, specOf(f.link, n+1))
			if err != nil || what != "" && what != "it is an empty file" {
				t.Errorf("%s: have %q, %v", name, what, err)
			}
			if what == "" {
				whole++
			}
		}
		for n := range len(names) + 1 { // and whoever comes next goes on, with the one that was not done too
			_, err := f.Ensure(nameOf(n), specOf(f.link, n+1))
			f.must(err)
		}
	}
	if whole < 5 {
		t.Errorf("%d were whole", whole)
	}
}
