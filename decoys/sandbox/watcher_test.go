package sandbox_test

import (
	"os"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/decnet/decnet/decoys/sandbox"
)

// A process that does nothing but try costs its parent little, loses none of the
// count and holds nobody else up.
func TestAFloodOfAttemptsIsBounded(t *testing.T) {
	p := imprison(t, way{root: os.Geteuid() == 0, watched: true})
	before, begin := processor(t), time.Now()
	flooded := make(chan string, 1)
	go func() { flooded <- p.try("flood") }()
	served := 0
	for have := ""; have == ""; {
		select {
		case have = <-flooded:
			if have != "done" {
				t.Errorf("have %s", have)
			}
		default:
			if p.try("time zone") == "done" {
				served++
			}
		}
	}
	took := time.Since(begin)
	_ = p.watcher.Close()
	n := p.watcher.Attempts() // more on kernels where a signal makes a call begin again
	if n < 2000 {
		t.Errorf("counted %d attempts, want 2000", n)
	}
	reports, total := p.noted(), uint64(0)
	for _, a := range reports {
		total += 1 + a.Unreported
	}
	if most := 11 + 10*int(took.Seconds()+1); total != n || len(reports) > most {
		t.Errorf("%d reports for %d attempts in %v, want at most %d for %d", len(reports), total, took, most, n)
	}
	if took < time.Second || served == 0 {
		t.Errorf("2000 attempts took %v, in which %d others were served", took, served)
	}
	t.Logf("2000 attempts took %v and %v of our processor time; %d others were served", took, processor(t)-before, served)
}

func processor(t *testing.T) time.Duration {
	t.Helper()
	var r unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &r); err != nil {
		t.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}

// Without a Watcher the calls fail all the same.
func TestAWatcherThatIsGoneLetsNothingThrough(t *testing.T) {
	p := imprison(t, way{root: os.Geteuid() == 0, watched: true})
	if have := p.try("socket tcp4"); have != "EPERM" {
		t.Errorf("have %s", have)
	}
	if err := p.watcher.Close(); err != nil {
		t.Error(err)
	}
	for _, what := range []string{"socket tcp4", "execve a shell", "fork by clone", "mmap executable"} {
		if have := p.try(what); have != "ENOSYS" {
			t.Errorf("%s: have %s, want ENOSYS", what, have)
		}
	}
	if have := p.try("threads"); have != "done" {
		t.Errorf("have %s", have)
	}
}

func TestAWatcherWithoutAProcessEnds(t *testing.T) {
	report := func(a sandbox.Attempt) { t.Errorf("have %+v", a) }
	tests := map[string]func(child *os.File){
		"closed at once": func(*os.File) {},
		"child gone":     func(child *os.File) { _ = child.Close() },
		"no descriptor":  func(child *os.File) { _, _ = child.Write([]byte{0}) },
		"not a listener": func(child *os.File) {
			_ = unix.Sendmsg(int(child.Fd()), []byte{0}, unix.UnixRights(1), nil, 0)
		},
		"several": func(child *os.File) {
			_ = unix.Sendmsg(int(child.Fd()), []byte{0}, unix.UnixRights(1, 2, 3), nil, 0)
		},
	}
	for name, do := range tests {
		t.Run(name, func(t *testing.T) {
			before := open(t)
			w, child, err := sandbox.Watch(report)
			if err != nil {
				t.Fatal(err)
			}
			do(child)
			time.Sleep(20 * time.Millisecond)
			if err := w.Close(); err != nil || w.Attempts() != 0 {
				t.Errorf("have %v and %d attempts", err, w.Attempts())
			}
			_ = child.Close()
			_ = w.Close()
			if now := open(t); now > before {
				t.Errorf("%d descriptors are open, %d before", now, before)
			}
		})
	}
}

// open counts the descriptors of this process.
func open(t *testing.T) int {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}
