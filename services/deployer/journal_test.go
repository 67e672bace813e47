package deployer

import (
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// A journal that was never sealed would never be deleted, however long somebody
// makes it grow.
func TestTheJournalIsSealedAtItsLimit(t *testing.T) {
	j := journal{dir: t.TempDir(), limit: 4096}
	for range 100 {
		e := decnet.Event{Time: time.Now().UTC(), Decky: "d", Service: networkService, Kind: kindBlocked, Message: "stopped"}
		if err := j.write(&e); err != nil {
			t.Fatal(err)
		}
	}
	if err := j.close(); err != nil {
		t.Fatal(err)
	}
	segments, err := spool.List(j.dir)
	if err != nil || len(segments) < 2 {
		t.Errorf("%d segments, %v", len(segments), err)
	}
	for _, s := range segments {
		if !s.Sealed {
			t.Errorf("segment %s is open", s.Name)
		}
	}
}
