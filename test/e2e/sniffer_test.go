package e2e_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// What no decoy sees: a scan of ports that nobody listens on and of addresses that nobody has, and what the
// scanner's packets say of its machine.
func TestTheWireIsWatched(t *testing.T) {
	need(t, "nmap", "ssh-keyscan")
	l := newLAN(t)
	o := l.operator()
	o.env = append(o.env, "DECNET_SNIFFER_IFACE="+lanIface)
	o.does("deploy", "-n", "2", "--driver", "native", "--services", "ssh", "--interface", lanIface)
	first := o.native()["decky-01"]
	if out, err := l.attack("nmap", "-n", "-Pn", "-sS", "-p", "1000-1200", first.Address); err != nil {
		t.Fatalf("nmap: %v\n%s", err, out)
	}
	if out, err := l.attack("ssh-keyscan", "-t", "ed25519", first.Address); err != nil {
		t.Fatalf("ssh-keyscan: %v\n%s", err, out)
	}
	var p decnet.Profile
	eventually(t, 30*time.Second, "the profile knows of the scan and of the machine", func() bool {
		out, err := o.types("profile", attackerIP, "-o", "json")
		p = decnet.Profile{}
		if err != nil || json.Unmarshal([]byte(out), &p) != nil || p.Machine == nil {
			return false
		}
		return p.Machine.Scans > 0 && strings.Contains(p.Machine.OS, "Linux") && p.Kinds["ssh_client_banner"] > 0
	})
	if p.Behavior.Class != decnet.BehaviorScanning || !slices.ContainsFunc(p.Phases, func(s decnet.Statement) bool { return slices.Contains(s.Signatures, "scan.wire") }) {
		t.Errorf("have %+v, phases %+v", p.Behavior, p.Phases)
	}
	if p.Services[decnet.ServiceSniffer] != 0 || p.HopCount != 1 {
		t.Errorf("what was observed counts as visits: services %v, path %v", p.Services, p.Path)
	}
	if page := o.does("profile", attackerIP); !strings.Contains(page, "Machine, by its packets") || !strings.Contains(page, "system: Linux") {
		t.Errorf("the page is\n%s", page)
	}
	o.does("teardown", "--all")
	l.nothingLeft(o)
}
