package e2e_test

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// written finds what names a line of the writer's.
var written = regexp.MustCompile(`[A-Z2-7]{8}-\d+`)

// Of 200,000 lines that 20 containers write while the stack is killed three times and
// the engine restarted, each is stored once.
func TestDockerLinesAreStoredOnce(t *testing.T) {
	const deckies, each = 20, 7_000
	l := newLAN(t)
	e := newDockerEngine(l)
	e.bases("alpine:3.19")
	e.image("registry.local/writer:1", map[string][]byte{"writer": program(t, "writer")}, `ENTRYPOINT ["/writer"]`)
	o := e.operator()
	o.binary = fastBinary(t)
	ini := o.write("writers.ini", fmt.Sprintf("[general]\ninterface = lan0\n[w]\namount = %d\ndistro = alpine\nservices = writer\n[custom-writer]\nimage = registry.local/writer:1\ncommand = %d\nports = 9\n", deckies, each))
	deploy := func() { o.does("deploy", "--driver", "docker", "--config", ini, "--timeout", "3m") }
	deploy()
	log := filepath.Join(o.dir, "log", "events.log")
	delivered := func(share float64) {
		t.Helper()
		var size int64
		eventually(t, 3*time.Minute, fmt.Sprintf("%.0f %% of the lines are delivered", 100*share), func() bool {
			info, err := os.Stat(log)
			if err == nil {
				size = info.Size()
			}
			return float64(size) > share*deckies*each*150 // about as long as one of them
		})
	}
	for _, share := range []float64{0.1, 0.3, 0.5} {
		delivered(share)
		pid := o.stack()
		_ = syscall.Kill(pid, syscall.SIGKILL)
		eventually(t, 10*time.Second, "the stack is gone", func() bool { return ended(pid) })
		if share == 0.3 {
			e.stop()
			e.start()
		}
		deploy()
	}

	// What the engine has of them, of all runs.
	want := map[string]int{}
	count := func() int {
		clear(want)
		for n := range deckies {
			name := fmt.Sprintf("w-%02d", n+1)
			for _, id := range written.FindAllString(e.docker("logs", name+"-writer"), -1) {
				want[name+" "+id]++
			}
		}
		return len(want)
	}
	last := 0
	eventually(t, 3*time.Minute, "the writers have written all", func() bool {
		before := last
		last = count()
		if last != before {
			time.Sleep(time.Second)
		}
		return last >= 200_000 && last == before
	})
	t.Logf("%d lines were written", last)

	stored := map[string]string{} // lines by the ids of their events
	cursor := ""
	eventually(t, 3*time.Minute, "every line is stored", func() bool {
		for {
			var page struct {
				Items []decnet.Event
				Next  string
			}
			o.get(l, "/events?order=asc&limit=1000&service=writer"+cursor, &page)
			for i := range page.Items {
				ev := &page.Items[i]
				stored[ev.ID] = ev.Decky + " " + written.FindString(ev.Message+ev.Fields["id"])
			}
			if page.Next == "" {
				return len(stored) >= last
			}
			cursor = "&cursor=" + page.Next
		}
	})
	have := map[string]int{}
	for _, line := range stored {
		have[line]++
	}
	wrong := 0
	for line, n := range want {
		if n != 1 || have[line] != 1 {
			wrong++
		}
	}
	if wrong > 0 || len(have) != last || len(stored) != last {
		t.Errorf("of %d lines %d are stored, as %d events; %d are not stored once", last, len(have), len(stored), wrong)
	}
	if data, err := os.ReadFile(log); err != nil || strings.Contains(string(data), "lines before this one may be lost") {
		t.Errorf("a gap was told, or %v", err)
	}
	o.does("teardown", "--all")
	if left := e.leftovers(); left != "" {
		t.Errorf("left on the engine:\n%s", left)
	}
}
