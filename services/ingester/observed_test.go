package ingester_test

import (
	"net/netip"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/store/storetest"
	"github.com/decnet/decnet/pkg/worker/workertest"
)

// What the sniffer saw and what probes gave become events and bounties as lines do, also where no decky is
// concerned.
func TestWhatIsObservedIsStored(t *testing.T) {
	b, s := bustest.New(t), storetest.Open(t)
	start(t, b, s)
	source := netip.MustParseAddr("203.0.113.7")
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	seen := decnet.Event{
		ID: decnet.EventID("h1", "sniffer", 1), Time: at, Host: "h1", Service: decnet.ServiceSniffer, Kind: "tls_client_hello",
		Attacker: decnet.AttackerIDOf(source), Source: source, Fields: map[string]string{"ja4": "t13d1516h2_8daaf6152771_e5627efa2ab1"},
	}
	probe := decnet.Probe{
		Attacker: seen.Attacker, Address: source, Host: "h1", Kind: "jarm_fingerprint", Port: 443, Time: at,
		Fields: map[string]string{"jarm": "29d29d15"}, Changed: true, Previous: "00",
	}
	bad := seen
	bad.ID = ""
	for range 2 { // whoever publishes again changes nothing
		publish(t, b, bus.Wire.New(t.Context(), seen.ID, seen, seen.Kind, seen.Host))
		publish(t, b, bus.AttackersProbed.New(t.Context(), probe.ID(), probe, string(probe.Attacker)))
	}
	publish(t, b, bus.Wire.New(t.Context(), "bad", bad, bad.Kind, bad.Host))
	workertest.Eventually(t, "both are stored and announced, and what has no id is a dead letter", func() bool {
		_, parsed, err := bus.LogsParsed.Newest(t.Context(), b, 0)
		_, dead, err2 := bus.DeadLetters.Newest(t.Context(), b, 0)
		return stored(t, s, 2)() && err == nil && parsed == 2 && err2 == nil && dead == 1
	})
	bounties, _, err := s.Bounties.List(t.Context(), store.BountyQuery{Limit: 10})
	if err != nil || len(bounties) != 2 {
		t.Errorf("have bounties %+v, error %v, want a JA4 and a JARM", bounties, err)
	}
	events, _, err := s.Events.List(t.Context(), store.EventQuery{Service: decnet.ServiceProber, Limit: 10})
	if err != nil || len(events) != 1 || events[0].Fields["port"] != "443" || events[0].Fields["changed"] != "true" || events[0].Fields["previous"] != "00" {
		t.Errorf("the probe is stored as %+v, error %v", events, err)
	}
}
