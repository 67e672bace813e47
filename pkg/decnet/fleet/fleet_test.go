package fleet_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

var now = time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC)

// someBuilt is a world in which ssh and http have decoys.
func someBuilt() *fleet.World {
	on := []string{"debian", "ubuntu22", "ubuntu20"}
	return &fleet.World{Installation: "secret", Now: now, Services: catalog.Services([]decnet.ServiceSpec{
		{Slug: "http", RunsOn: on, Ports: []decnet.PortSpec{{Port: 80, Transport: decnet.TCP}}},
		{Slug: "ssh", RunsOn: on, Ports: []decnet.PortSpec{{Port: 22, Transport: decnet.TCP}}, Settings: []decnet.SettingSpec{{Name: "n", Type: decnet.SettingInt, Max: 9}}},
		{Slug: "telnet", RunsOn: []string{"linux", "openwrt", "routeros6", "ios15"}, Ports: []decnet.PortSpec{{Port: 23, Transport: decnet.TCP}}},
	})}
}

// allBuilt is a world in which every service has a decoy.
func allBuilt() *fleet.World {
	w := someBuilt()
	for i := range w.Services {
		w.Services[i].Built = true
	}
	return w
}

// request asks for deckies, one for each given change to an empty one.
func request(deckies ...fleet.DeckyRequest) *fleet.Request {
	r := fleet.NewRequest("h1")
	for i, d := range deckies {
		if d.Name == "" {
			d.Name = fmt.Sprintf("d-%d", i+1)
		}
		if d.MutateMinutes == 0 {
			d.MutateMinutes = -1
		}
		r.Deckies = append(r.Deckies, d)
	}
	return r
}

func plan(t *testing.T, r *fleet.Request, w *fleet.World) *fleet.Plan {
	t.Helper()
	p, err := fleet.Make(r, w)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// deckies are what the plan leaves.
func deckies(p *fleet.Plan) []decnet.Decky {
	var out []decnet.Decky
	for _, s := range p.Steps {
		if s.Action != fleet.Remove {
			out = append(out, s.Decky)
		}
	}
	return out
}

func actions(p *fleet.Plan) string {
	var out []string
	for _, s := range p.Steps {
		out = append(out, fmt.Sprintf("%s %s%s", s.Action, s.Decky.Name, strings.Join(append([]string{""}, s.What...), " ")))
	}
	return strings.Join(out, ", ")
}

func TestTheSameRequestTwiceChangesNothing(t *testing.T) {
	w, r := someBuilt(), request(fleet.DeckyRequest{}, fleet.DeckyRequest{Archetype: "linux-server"}, fleet.DeckyRequest{Services: []string{"ssh"}})
	first := plan(t, r, w)
	if got := actions(first); got != "add d-1, add d-2, add d-3" {
		t.Fatalf("first: %s", got)
	}
	w.Deckies, w.Now = deckies(first), now.Add(time.Hour)
	again := plan(t, r, w)
	if got := actions(again); got != "keep d-1, keep d-2, keep d-3" || len(again.Changes()) != 0 {
		t.Errorf("second: %s", got)
	}
	r.Deckies = r.Deckies[1:]
	r.Deckies[0].Services = []string{"http"}
	if got := actions(plan(t, r, w)); got != "change d-2 services, keep d-3, remove d-1" {
		t.Errorf("third: %s", got)
	}
}

func TestADeckyKeepsItsIdentityWhenItChanges(t *testing.T) {
	w, r := someBuilt(), request(fleet.DeckyRequest{Services: []string{"ssh"}})
	w.Deckies = deckies(plan(t, r, w))
	w.Now = now.Add(time.Hour)
	r.Deckies[0].Services = []string{"ssh", "http"}
	d := deckies(plan(t, r, w))[0]
	if d.Seed != w.Deckies[0].Seed || d.Address != w.Deckies[0].Address || !d.Created.Equal(now) {
		t.Errorf("was %+v, is %+v", w.Deckies[0], d)
	}
}

func TestResolution(t *testing.T) {
	tests := []struct {
		name string
		ask  fleet.DeckyRequest
		want string // operating system, stack, services
	}{
		{"services on what runs them", fleet.DeckyRequest{Services: []string{"ssh", "http"}}, "debian linux ssh,http"},
		{"services beat the archetype", fleet.DeckyRequest{Archetype: "linux-server", Services: []string{"http"}}, "debian linux http"},
		{"Windows has Windows", fleet.DeckyRequest{Archetype: "windows-workstation"}, "windows10 windows smb,rdp"},
		{"remote desktop needs Windows", fleet.DeckyRequest{Services: []string{"rdp"}}, "windows10 windows rdp"},
		{"a stack has its systems", fleet.DeckyRequest{Stack: "windows_server", Services: []string{"mssql"}}, "winserver2016 windows_server mssql"},
		{"a distro is taken", fleet.DeckyRequest{OSes: []string{"rocky9"}, Services: []string{"mysql"}}, "rocky9 linux mysql"},
		{"a printer is one", fleet.DeckyRequest{Archetype: "printer"}, "jetdirect embedded snmp,ftp"},
		{"of several systems one that fits", fleet.DeckyRequest{OSes: []string{"rocky9", "ubuntu22"}, Services: []string{"ssh"}}, "ubuntu22 linux ssh"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			d := deckies(plan(t, request(test.ask), allBuilt()))[0]
			if got := fmt.Sprintf("%s %s %s", d.OS, d.Stack, slugs(d)); got != test.want {
				t.Errorf("have %s, want %s", got, test.want)
			}
		})
	}
}

func slugs(d decnet.Decky) string {
	var out []string
	for _, s := range d.Services {
		out = append(out, s.Slug)
	}
	return strings.Join(out, ",")
}

func TestWhatCannotBe(t *testing.T) {
	net := func(subnet string) func(*fleet.Request) {
		return func(r *fleet.Request) { r.Network.Subnet = netip.MustParsePrefix(subnet) }
	}
	tests := []struct {
		name   string
		ask    fleet.DeckyRequest
		adjust func(*fleet.Request)
		want   string
	}{
		{"not built", fleet.DeckyRequest{Services: []string{"smb"}}, nil, "smb: not built yet"},
		{"an archetype that is not built", fleet.DeckyRequest{Archetype: "printer"}, nil, "archetype printer needs snmp, ftp: not built yet"},
		{"an unknown service", fleet.DeckyRequest{Services: []string{"shh"}}, nil, `did you mean "ssh"?`},
		{"a service twice", fleet.DeckyRequest{Services: []string{"ssh", "ssh"}}, nil, "listed twice"},
		{"SSH on Windows", fleet.DeckyRequest{OSes: []string{"windows10"}, Services: []string{"ssh"}}, nil, "ssh does not pass for a service of Windows 10"},
		{"not even if allowed", fleet.DeckyRequest{OSes: []string{"windows10"}, Services: []string{"ssh"}}, func(r *fleet.Request) { r.AllowIncoherent = true }, "ssh does not pass"},
		{"a Linux with the stack of Windows", fleet.DeckyRequest{OSes: []string{"debian"}, Stack: "windows", Services: []string{"ssh"}}, nil, "has the TCP/IP stack of linux, not windows"},
		{"a bad setting", fleet.DeckyRequest{Services: []string{"ssh"}, Settings: map[string]map[string]string{"ssh": {"n": "10"}}}, nil, `setting n: "10"`},
		{"settings of what it does not run", fleet.DeckyRequest{Services: []string{"ssh"}, Settings: map[string]map[string]string{"http": {}}}, nil, "settings for http"},
		{"an address outside", fleet.DeckyRequest{Services: []string{"ssh"}, Address: netip.MustParseAddr("127.0.1.9")}, net("127.0.0.0/24"), "address 127.0.1.9 is not in 127.0.0.0/24"},
		{"the network's address", fleet.DeckyRequest{Services: []string{"ssh"}, Address: netip.MustParseAddr("127.0.0.0")}, net("127.0.0.0/24"), "belongs to the network itself"},
		{"a tiny subnet", fleet.DeckyRequest{Services: []string{"ssh"}}, net("127.0.0.0/31"), "want a /30 or larger"},
		{"an IPv6 subnet", fleet.DeckyRequest{Services: []string{"ssh"}}, net("fd00::/64"), "want an IPv4 subnet"},
		{"a gateway outside", fleet.DeckyRequest{Services: []string{"ssh"}}, func(r *fleet.Request) {
			net("127.0.0.0/24")(r)
			r.Network.Gateway = netip.MustParseAddr("127.1.0.1")
		}, "gateway 127.1.0.1 is not in"},
		{"a real network without a subnet", fleet.DeckyRequest{Services: []string{"ssh"}}, func(r *fleet.Request) { r.Driver = decnet.DriverNative }, "needs a subnet"},
		{"nobody", fleet.DeckyRequest{}, func(r *fleet.Request) { r.Deckies = nil }, "no deckies"},
		{"a bad name", fleet.DeckyRequest{Name: "Web 1"}, nil, `name "Web 1"`},
		{"a bad fleet", fleet.DeckyRequest{}, func(r *fleet.Request) { r.Fleet = "A.B" }, "fleet: name"},
		{"an image without Docker", fleet.DeckyRequest{Services: []string{"mine"}}, func(r *fleet.Request) {
			r.Custom = []fleet.CustomRequest{{Slug: "mine", CustomService: decnet.CustomService{Image: "x"}}}
		}, "only the docker driver runs images"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r := request(test.ask)
			if test.adjust != nil {
				test.adjust(r)
			}
			if _, err := fleet.Make(r, someBuilt()); err == nil || !strings.Contains(err.Error(), test.want) {
				t.Errorf("have %v, want %q", err, test.want)
			}
		})
	}
}

func TestOneFaultOfManyDeckiesIsToldOnce(t *testing.T) {
	var list []fleet.DeckyRequest
	for range 30 {
		list = append(list, fleet.DeckyRequest{Services: []string{"smb"}})
	}
	_, err := fleet.Make(request(list...), someBuilt())
	if lines := strings.Split(err.Error(), "\n"); len(lines) != 1 {
		t.Errorf("have %q", lines)
	}
}

func TestIncoherentMachinesIfAllowed(t *testing.T) {
	r := request(fleet.DeckyRequest{Stack: "windows", Services: []string{"ssh"}})
	if _, err := fleet.Make(r, someBuilt()); err == nil {
		t.Error("a Windows with OpenSSH was planned")
	}
	r.AllowIncoherent = true
	if d := deckies(plan(t, r, someBuilt()))[0]; d.OS != "debian" || d.Stack != decnet.FamilyWindows {
		t.Errorf("have %+v", d)
	}
}

func TestMutateIntervalPrecedence(t *testing.T) {
	for _, test := range []struct{ request, decky, global, want int }{
		{-1, -1, -1, 30}, {-1, -1, 45, 45}, {-1, 5, 45, 5}, {10, 5, 45, 10}, {-1, 0, 45, 0}, {0, 5, 45, 0},
	} {
		r := request(fleet.DeckyRequest{Services: []string{"ssh"}})
		r.MutateMinutes, r.DefaultMinutes, r.Deckies[0].MutateMinutes = test.request, test.global, test.decky
		if d := deckies(plan(t, r, someBuilt()))[0]; d.MutateMinutes != test.want {
			t.Errorf("%+v: have %d", test, d.MutateMinutes)
		}
	}
}

func TestAddresses(t *testing.T) {
	ssh := []string{"ssh"}
	r := request(fleet.DeckyRequest{Services: ssh}, fleet.DeckyRequest{Services: ssh, Address: netip.MustParseAddr("10.20.0.2")}, fleet.DeckyRequest{Services: ssh})
	r.Driver = decnet.DriverNative
	r.Network = decnet.Network{Subnet: netip.MustParsePrefix("10.20.0.0/29"), Gateway: netip.MustParseAddr("10.20.0.1")}
	r.Reserved = []netip.Addr{netip.MustParseAddr("10.20.0.3")}
	r.Prefix6 = netip.MustParsePrefix("2001:db8:7::/64")
	w := someBuilt()
	got := deckies(plan(t, r, w))
	if have := fmt.Sprint(got[0].Address, got[1].Address, got[2].Address); have != "10.20.0.4 10.20.0.2 10.20.0.5" {
		t.Errorf("have %s", have)
	}
	if !r.Prefix6.Contains(got[0].Address6) || got[0].Address6 == got[1].Address6 {
		t.Errorf("IPv6: have %s and %s", got[0].Address6, got[1].Address6)
	}
	// .6 is the last one: a fourth fits, a fifth does not.
	r.Deckies = append(r.Deckies, fleet.DeckyRequest{Name: "four", Services: ssh, MutateMinutes: -1})
	plan(t, r, w)
	r.Deckies = append(r.Deckies, fleet.DeckyRequest{Name: "five", Services: ssh, MutateMinutes: -1})
	if _, err := fleet.Make(r, w); err == nil || !strings.Contains(err.Error(), "no address left") {
		t.Errorf("have %v", err)
	}
	// Another fleet's addresses and names are not to be had.
	w.Deckies = got
	other := request(fleet.DeckyRequest{Name: "x", Services: ssh}, fleet.DeckyRequest{Name: "d-1", Services: ssh})
	other.Fleet, other.Driver, other.Network = "other", r.Driver, r.Network
	if _, err := fleet.Make(other, w); err == nil || !strings.Contains(err.Error(), "a decky of fleet default is called d-1") {
		t.Errorf("have %v", err)
	}
	other.Deckies = other.Deckies[:1]
	if d := deckies(plan(t, other, w))[0]; d.Address.String() != "10.20.0.3" {
		t.Errorf("another fleet got %s", d.Address)
	}
}

func TestAFileForARealNetworkWorksOnLoopback(t *testing.T) {
	r := request(fleet.DeckyRequest{Services: []string{"ssh"}}, fleet.DeckyRequest{Services: []string{"ssh"}, Address: netip.MustParseAddr("10.20.0.9")})
	r.Network = decnet.Network{Subnet: netip.MustParsePrefix("10.20.0.0/24"), Gateway: netip.MustParseAddr("10.20.0.1")}
	p := plan(t, r, someBuilt())
	if got := deckies(p); got[0].Address.String() != "127.20.0.2" || got[1].Address.String() != "127.20.0.9" || len(p.Notes) != 1 || got[0].Network != nil {
		t.Errorf("have %v and %v, %q", got[0].Address, got[1].Address, p.Notes)
	}
	if r.Deckies[1].Address.String() != "10.20.0.9" {
		t.Error("planning changed the request")
	}
}

func TestRemoval(t *testing.T) {
	w := someBuilt()
	w.Deckies = []decnet.Decky{{Name: "b", Fleet: "x"}, {Name: "a", Fleet: "x"}, {Name: "c", Fleet: "y"}}
	all := func(*decnet.Decky) bool { return true }
	if got := actions(fleet.Removal(w, "x", all)); got != "remove a, remove b" {
		t.Errorf("have %s", got)
	}
	if got := actions(fleet.Removal(w, "", all)); got != "remove a, remove b, remove c" {
		t.Errorf("have %s", got)
	}
}

// A thousand random fleets hold no machine that does not exist, and no two that
// are alike.
func TestRandomFleetsAreCoherentAndNoTwoDeckiesAlike(t *testing.T) {
	archetypes := catalog.Archetypes()
	for n := range 1000 {
		w := allBuilt()
		w.Installation = fmt.Sprint("installation ", n)
		if n%2 == 0 { // as it is today
			w.Services = someBuilt().Services
		}
		r := fleet.NewRequest("h1")
		for i := range 20 {
			d := fleet.DeckyRequest{Name: fmt.Sprintf("decky-%02d", i+1), MutateMinutes: -1}
			if n%2 == 1 && i%3 == 0 {
				d.Archetype = archetypes[(n+i)%len(archetypes)].Slug
			}
			r.Deckies = append(r.Deckies, d)
		}
		seen := map[string]string{}
		for _, d := range deckies(plan(t, r, w)) {
			check(t, w, &d)
			p, err := persona.Derive(&d)
			if err != nil {
				t.Fatal(err)
			}
			for _, unique := range []string{"hostname " + p.Hostname, "MAC " + p.MAC.String(), "key " + string(p.Key("ssh host key", 32)), "address " + d.Address.String()} {
				if other, twice := seen[unique]; twice {
					t.Errorf("fleet %d: %s and %s have the same %s", n, other, d.Name, unique)
				}
				seen[unique] = d.Name
			}
		}
	}
}

func check(t *testing.T, w *fleet.World, d *decnet.Decky) {
	t.Helper()
	if err := d.Validate(); err != nil {
		t.Fatal(err)
	}
	o, err := catalog.FindOS(d.OS)
	if err != nil {
		t.Fatal(err)
	}
	var specs []decnet.ServiceSpec
	for _, s := range d.Services {
		i := slices.IndexFunc(w.Services, func(spec decnet.ServiceSpec) bool { return spec.Slug == s.Slug })
		if !w.Services[i].Built {
			t.Errorf("%s has %s, which is not built", d.Name, s.Slug)
		}
		specs = append(specs, w.Services[i])
	}
	if reasons := catalog.Check(&o, d.Stack, specs); len(reasons) > 0 {
		t.Errorf("%s with %s: %v", d.OS, slugs(*d), reasons)
	}
}

func TestInstallationsDiffer(t *testing.T) {
	w, r := someBuilt(), request(fleet.DeckyRequest{Services: []string{"ssh"}})
	a := deckies(plan(t, r, w))[0]
	w.Installation = "another"
	if b := deckies(plan(t, r, w))[0]; a.Seed == b.Seed {
		t.Error("two installations have the same decky")
	}
}

func BenchmarkPlan10000(b *testing.B) {
	r := fleet.NewRequest("h1")
	for i := range 10_000 {
		r.Deckies = append(r.Deckies, fleet.DeckyRequest{Name: fmt.Sprintf("decky-%05d", i), Archetype: "linux-server", MutateMinutes: -1})
	}
	w := someBuilt()
	for b.Loop() {
		if _, err := fleet.Make(r, w); err != nil {
			b.Fatal(err)
		}
	}
}
