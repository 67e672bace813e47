package decoy_test

import (
	"net/netip"
	"strconv"
	"testing"
	"testing/synctest"
	"time"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

func flood(w *decoy.EventWriter, decky, from string, n int) {
	for range n {
		e := event("request", nil)
		e.Decky, e.Source, e.SourcePort = decky, netip.MustParseAddr(from), 5000
		w.Record(e)
	}
}

// tally is how many events of each decky were written, and how many it is told of that
// were not.
func tally(t *testing.T, d *disk) (written, dropped map[string]int, reports []*decnet.Event) {
	t.Helper()
	written, dropped = map[string]int{}, map[string]int{}
	events, broken := d.events(t)
	if broken > 0 {
		t.Fatalf("%d broken lines", broken)
	}
	for _, e := range events {
		if e.Kind != decnet.KindDropped {
			written[e.Decky]++
			continue
		}
		n, err := strconv.Atoi(e.Fields[decnet.FieldDropped])
		if err != nil {
			t.Fatal(err)
		}
		dropped[e.Decky] += n
		reports = append(reports, e)
	}
	return written, dropped, reports
}

func TestAFloodIsBoundedAndCountedAndOthersAreHeard(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, w := &disk{room: -1}, decoy.NewEventWriter(decoy.WithShare(decoy.Share{Rate: 100, Burst: 500}))
		_ = w.Swap(d)
		for range 10 { // seconds
			flood(w, "loud", "203.0.113.7", 5000)
			flood(w, "quiet", "203.0.113.8", 50)
			time.Sleep(time.Second)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
		written, dropped, reports := tally(t, d)
		if written["quiet"] != 500 || dropped["quiet"] != 0 {
			t.Errorf("of the quiet decky %d are written and %d dropped, want all 500", written["quiet"], dropped["quiet"])
		}
		if written["loud"] != 500+9*100 || written["loud"]+dropped["loud"] != 50_000 {
			t.Errorf("of the loud decky %d are written and %d dropped, want 1400 and all others", written["loud"], dropped["loud"])
		}
		if len(reports) > 11 || reports[0].Source.String() != "203.0.113.7" || reports[0].Attacker == "" {
			t.Errorf("%d reports, the first %+v", len(reports), reports[0])
		}
	})
}

func TestManySourcesAreNobody(t *testing.T) {
	d, w := &disk{room: -1}, decoy.NewEventWriter(decoy.WithShare(decoy.Share{Rate: 1, Burst: 1}))
	_ = w.Swap(d)
	flood(w, "loud", "203.0.113.7", 5)
	flood(w, "loud", "203.0.113.8", 5)
	_ = w.Close()
	if _, dropped, reports := tally(t, d); dropped["loud"] != 9 || len(reports) != 1 || reports[0].Source.IsValid() {
		t.Errorf("have %v, %+v", dropped, reports)
	}
}

func TestPressureLeavesRoomForTheQuiet(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d, w := &disk{room: -1}, decoy.NewEventWriter(decoy.Framed(), decoy.WithShare(decoy.Share{Rate: 200, Burst: 2000}))
		first := &disk{room: -1}
		_ = w.Swap(first)
		w.Press(spool.Tight)
		flood(w, "loud", "203.0.113.7", 1000)
		flood(w, "quiet", "203.0.113.8", 20)
		w.Press(spool.Full)
		_ = w.Swap(d)
		flood(w, "quiet", "203.0.113.8", 20)
		time.Sleep(5 * time.Second)
		if d.data.Len() > 0 {
			t.Errorf("a full spool was written to: %q", d.data.String())
		}
		w.Press(spool.Relaxed)
		time.Sleep(time.Second)
		_ = w.Close()
		written, dropped, _ := tally(t, unframed(t, first, d))
		if written["loud"] != 100 || dropped["loud"] != 900 || written["quiet"] != 20 || dropped["quiet"] != 20 {
			t.Errorf("written %v, dropped %v", written, dropped)
		}
	})
}

// unframed is what is in frames on disks.
func unframed(t *testing.T, disks ...*disk) *disk {
	t.Helper()
	out := &disk{room: -1}
	for _, d := range disks {
		for {
			l, err := d.data.ReadBytes('\n')
			if err != nil {
				break
			}
			for _, p := range spool.Pieces(l[:len(l)-1]) {
				if p.Damaged {
					t.Errorf("damaged: %q", p.Text)
				}
				out.data.Write(append(p.Text, '\n'))
			}
		}
	}
	return out
}
