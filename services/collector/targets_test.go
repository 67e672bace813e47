package collector_test

import (
	"net/netip"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// wants puts a decky with a log target into the fleet.
func (r *rig) wants(name string, target decnet.LogTarget) {
	r.Helper()
	d := decnet.Decky{Name: name, Host: workertest.Host, Fleet: "f", Address: netip.MustParseAddr("127.0.0.9"), LogTarget: target}
	if err := bus.Fleet.Set(r.Context(), r.bus, d, d.Host, d.Name); err != nil {
		r.Fatal(err)
	}
}

// lineOf is an event of a decky.
func lineOf(decky, text string) string { return strings.Replace(header, "web-01", decky, 1) + text }

// says writes lines of a decky until one says the target that is wanted.
func (r *rig) says(decky string, want decnet.LogTarget) {
	r.Helper()
	workertest.Eventually(r.T, decky+"'s lines are for "+string(want), func() bool {
		before := r.count()
		r.write(lineOf(decky, "x") + "\n")
		workertest.Eventually(r.T, "the line is on the bus", func() bool { return r.count() > before })
		ms, _, err := bus.LogsRaw.Newest(r.Context(), r.bus, 1)
		return err == nil && ms[0].Body.Target == want
	})
}

func TestALineSaysTheTargetOfItsDecky(t *testing.T) {
	r := newRig(t)
	r.wants("a", "10.0.0.5:514")
	r.wants("b", "udp://10.0.0.6:514")
	r.says("a", "10.0.0.5:514")
	r.says("b", "udp://10.0.0.6:514")
	r.says("c", "")
	r.wants("a", "tls://10.0.0.5:6514")
	r.says("a", "tls://10.0.0.5:6514")
	r.wants("b", "")
	r.says("b", "")
}

// The last lines of a decky are read after it is gone from the fleet.
func TestALineOfADeckyThatIsGoneSaysItsTarget(t *testing.T) {
	r := newRig(t)
	r.wants("a", "10.0.0.5:514")
	r.says("a", "10.0.0.5:514")
	entries, err := bus.Fleet.List(t.Context(), r.bus)
	if err != nil || len(entries) != 1 {
		t.Fatalf("have %v, %v", entries, err)
	}
	if err := bus.Fleet.Delete(t.Context(), r.bus, entries[0].Revision, entries[0].Keys...); err != nil {
		t.Fatal(err)
	}
	r.wants("b", "10.0.0.7:514") // once this is known, so is that
	r.says("b", "10.0.0.7:514")
	r.says("a", "10.0.0.5:514")
}
