package sandbox_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// little is a quarter of the memory that the process has by default.
var little = []string{"--memory", fmt.Sprint(256 << 20)}

// Whatever the decoy process needs works inside, and none of it is refused on the
// way there.
func TestWhatItNeedsStillWorks(t *testing.T) {
	ways(t, func(t *testing.T, as way) {
		as.flags = little
		p := imprison(t, as)
		for _, what := range []string{"time zone", "timers", "threads", "garbage", "goroutines", "threads"} {
			if have := p.try(what); have != "done" {
				t.Errorf("%s: have %s; %s", what, have, p.stderr.String())
			}
		}
		var group sync.WaitGroup
		for _, what := range []string{"threads", "garbage", "goroutines", "timers"} {
			group.Go(func() {
				if have := p.try(what); have != "done" {
					t.Errorf("all at once, %s: have %s", what, have)
				}
			})
		}
		group.Wait()

		// More descriptors come in.
		second := filepath.Join(filepath.Dir(p.spool), "second")
		p.give(second)
		for i := range 20 {
			if have := p.tryAt(p.serve(fmt.Sprintf("decky-1%02d", i)), "timers"); have != "done" {
				t.Fatalf("decky %d: have %s", i, have)
			}
		}
		if err := p.Stop(t.Context(), "decky-100"); err != nil {
			t.Error(err)
		}
		p.connects(p.spool, 10)
		p.connects(second, 20)
		if as.watched && p.watcher.Attempts() != 0 {
			t.Errorf("something that it needs is refused: %+v", p.noted())
		}
		if err := p.Close(); err != nil {
			t.Error(err)
		}
		if signal := p.end(); signal != 0 || p.cmd.ProcessState.ExitCode() != 0 {
			t.Errorf("it ended by %v: %s", signal, p.stderr.String())
		}
	})
}

// connects wants n connections in an event file.
func (p *prison) connects(path string, n int) {
	p.Helper()
	data, err := os.ReadFile(path)
	if have := bytes.Count(data, []byte(" prisoner - connect ")); err != nil || have != n {
		p.Errorf("%s: %d connects, want %d, %v", path, have, n, err)
	}
}

// Taken memory ends the process before it troubles the host.
func TestMemoryIsBounded(t *testing.T) {
	p := imprison(t, way{root: os.Geteuid() == 0, flags: little})
	if have := p.try("eat memory"); have != "gone" {
		t.Errorf("have %s: it got 4 GiB", have)
	}
	if p.end(); !strings.Contains(p.stderr.String(), "memory") {
		t.Errorf("it said %q", p.stderr.String())
	}
}

// A file that has grown too large costs events, which are counted, and nothing
// else.
func TestFilesAreBounded(t *testing.T) {
	p := imprison(t, way{root: os.Geteuid() == 0, flags: []string{"--file-bytes", "4096"}})
	for range 30 {
		if have := p.try("time zone"); have != "done" {
			t.Fatalf("have %s", have)
		}
	}
	if info, err := os.Stat(p.spool); err != nil || info.Size() > 4096 || info.Size() < 3000 {
		t.Errorf("have %v, %v", info, err)
	}
	second := filepath.Join(filepath.Dir(p.spool), "second")
	p.give(second)
	p.try("time zone")
	if data, err := os.ReadFile(second); err != nil || !bytes.Contains(data, []byte(`lost="`)) || !bytes.Contains(data, []byte("file too large")) {
		t.Errorf("have %s, %v", data, err)
	}
}

// What the process has it can send to its parent only, which wants nothing from
// it but answers.
func TestADescriptorThatIsSentOutEndsTheConnection(t *testing.T) {
	p := imprison(t, way{root: os.Geteuid() == 0, watched: true})
	before := descriptors(t)
	if have := p.try("send a descriptor"); have != "done" && have != "gone" {
		t.Errorf("have %s", have)
	}
	select {
	case <-p.Done():
	case <-time.After(10 * time.Second):
		t.Error("the connection is still open")
	}
	if signal := p.end(); signal != 0 {
		t.Errorf("it ended by %v", signal)
	}
	for name := range descriptors(t) {
		if !before[name] && strings.HasSuffix(name, "passwd") {
			t.Errorf("we have got %s", name)
		}
	}
}

// descriptors are the files that this process has open.
func descriptors(t *testing.T) map[string]bool {
	t.Helper()
	links, err := filepath.Glob("/proc/self/fd/*")
	if err != nil {
		t.Fatal(err)
	}
	out := make(map[string]bool)
	for _, link := range links {
		if name, err := os.Readlink(link); err == nil {
			out[name] = true
		}
	}
	return out
}
