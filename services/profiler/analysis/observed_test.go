package analysis

import (
	"net/netip"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/profiler/signature"
)

// What was seen beside the decoys says what a machine is like, and is no visit.
func TestWhatIsObservedIsNoAct(t *testing.T) {
	set, err := signature.Builtin()
	if err != nil {
		t.Fatal(err)
	}
	source := netip.MustParseAddr("203.0.113.7")
	seq := uint64(0)
	at := time.Date(2026, 11, 28, 12, 0, 0, 0, time.UTC)
	event := func(service, kind string, after time.Duration, fields map[string]string) decnet.Event {
		seq++
		return decnet.Event{
			ID: decnet.EventID("h", "s", int64(seq)), Seq: seq, Time: at.Add(after), Host: "h", Decky: "web-01", Service: service, Kind: kind,
			Attacker: decnet.AttackerIDOf(source), Source: source, Fields: fields,
		}
	}
	events := []decnet.Event{
		event("ssh", decnet.KindConnect, 0, nil),
		event(decnet.ServiceSniffer, "tcp_syn_fingerprint", time.Second, map[string]string{"os": "Linux 4.20 and later", "os_class": "unix", "distance": "7"}),
		event(decnet.ServiceSniffer, "tcp_syn_fingerprint", 2*time.Second, map[string]string{"os": "some", "generic": "true", "distance": "1"}),
		event(decnet.ServiceSniffer, "tcp_syn_fingerprint", 2*time.Second, map[string]string{"os": "nmap SYN scan", "os_class": "scanner"}),
		event(decnet.ServiceSniffer, "ssh_client_banner", 3*time.Second, map[string]string{"program": "OpenSSH 9.6"}),
		event(decnet.ServiceSniffer, "ssh_client_banner", 4*time.Second, map[string]string{"program": "OpenSSH 9.6"}),
		event(decnet.ServiceSniffer, "scan", 5*time.Second, map[string]string{"type": "syn"}),
		event(decnet.ServiceProber, "jarm_fingerprint", time.Hour, map[string]string{"jarm": "00"}),
	}
	en := New(set)
	var p decnet.Profile
	for i := range events {
		en.Fold(&p, &events[i])
	}
	en.Conclude(&p)
	if p.Sessions != 1 || len(p.Services) != 1 || p.Deckies["web-01"] != 1 || p.HopCount != 1 || p.Events != 8 || p.Through != 8 {
		t.Errorf("have %d sessions, services %v, deckies %v, %d hops, %d events", p.Sessions, p.Services, p.Deckies, p.HopCount, p.Events)
	}
	if want := at.Add(5 * time.Second); !p.LastSeen.Equal(want) {
		t.Errorf("last seen %v, want %v: a probe is no visit", p.LastSeen, want)
	}
	m := p.Machine
	if m == nil || m.OS != "Linux 4.20 and later" || m.Distance != 7 || m.Evidence != events[1].ID || len(m.Clients) != 1 || m.Scans != 1 {
		t.Fatalf("the machine is %+v", m)
	}
	if len(p.Tools) != 1 || p.Tools[0].Name != "Nmap" {
		t.Errorf("have tools %+v", p.Tools)
	}
	if p.Behavior.Class != decnet.BehaviorScanning || p.Phase != decnet.PhaseReconnaissance || p.Behavior.Evidence[0] != events[6].ID {
		t.Errorf("behavior %+v, phase %s", p.Behavior, p.Phase)
	}
}
