package e2e_test

import (
	"fmt"
	"net/netip"
	"sync/atomic"
	"testing"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/eventlog"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// Everything is killed at once, again and again, while a decoy goes on writing:
// afterwards each event is stored exactly once, in order.
func TestKillingEverythingLosesAndRepeatsNothing(t *testing.T) {
	const total, kills = 2000, 4
	dir := t.TempDir()
	i := start(t, dir, instance.Options{Args: []string{"--demo=false"}})
	segment, file, err := spool.Create(i.Spool())
	if err != nil {
		t.Fatal(err)
	}
	var written atomic.Int64
	done := make(chan struct{})
	go func() {
		defer close(done)
		for n := range total {
			line := eventlog.Append(nil, &decnet.Event{
				Time: time.Now(), Decky: "web-01", Service: "ssh", Kind: decnet.KindCommand,
				Source: netip.AddrFrom4([4]byte{127, 0, 0, 1}), SourcePort: 50000, Session: "s1",
				Fields: map[string]string{decnet.FieldCommand: fmt.Sprint("echo ", n)},
			})
			if _, err := file.Write(spool.AppendFrame(nil, line)); err != nil {
				t.Error(err)
				return
			}
			written.Add(1)
			time.Sleep(time.Millisecond)
		}
	}()
	for n := range kills {
		eventually(t, 30*time.Second, "more events are written", func() bool { return written.Load() >= int64((n+1)*total/(kills+2)) })
		time.Sleep(time.Duration(7*n) * time.Millisecond) // elsewhere in the course of things each time
		i.Kill()
		i = start(t, dir, instance.Options{Args: []string{"--demo=false"}})
	}
	<-done
	if err := spool.Seal(segment); err != nil {
		t.Fatal(err)
	}
	var have []decnet.Event
	eventually(t, 30*time.Second, "all events are stored", func() bool {
		have = events(t, i, "&kind=command")
		return len(have) >= total
	})
	time.Sleep(200 * time.Millisecond) // one too many would come now
	have = events(t, i, "&kind=command")
	if len(have) != total {
		t.Fatalf("%d events are stored, want %d", len(have), total)
	}
	for n, e := range have {
		if e.Fields[decnet.FieldCommand] != fmt.Sprint("echo ", n) {
			t.Fatalf("event %d is %q", n, e.Fields[decnet.FieldCommand])
		}
	}
	everyEventOnce(t, i)
	var p decnet.Profile
	eventually(t, 10*time.Second, "the profile counts each once", func() bool {
		return i.Get(t.Context(), "/attackers/127.0.0.1", &p) == nil && p.Events == total && p.CommandCount == total
	})
	eventually(t, 10*time.Second, "the spool holds nothing that is delivered", func() bool {
		list, err := spool.List(i.Spool())
		return err == nil && len(list) == 1 // the running decoy process's own
	})
	if err := i.Stop(); err != nil {
		t.Errorf("stopping in the end: %v", err)
	}
}
