package catalog_test

import (
	"math/rand/v2"
	"net"
	"slices"
	"strings"
	"testing"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// all are the services as they will be once every decoy is built.
func all() []decnet.ServiceSpec {
	specs := catalog.Services([]decnet.ServiceSpec{
		{Slug: "http", RunsOn: []string{"linux", "bsd"}, Ports: []decnet.PortSpec{{Port: 80, Transport: decnet.TCP}}},
		{Slug: "ssh", RunsOn: []string{"linux", "bsd"}, Ports: []decnet.PortSpec{{Port: 22, Transport: decnet.TCP}}},
		{Slug: "telnet", RunsOn: []string{"linux", "openwrt", "routeros6", "ios15"}, Ports: []decnet.PortSpec{{Port: 23, Transport: decnet.TCP}}},
	})
	return specs
}

func find(t *testing.T, slugs ...string) []decnet.ServiceSpec {
	t.Helper()
	var out []decnet.ServiceSpec
	for _, slug := range slugs {
		i := slices.IndexFunc(all(), func(s decnet.ServiceSpec) bool { return s.Slug == slug })
		if i < 0 {
			t.Fatalf("there is no service %s", slug)
		}
		out = append(out, all()[i])
	}
	return out
}

func TestEveryArchetypeIsAMachineThatExists(t *testing.T) {
	if n := len(catalog.Archetypes()); n != 19 {
		t.Errorf("there are %d archetypes", n)
	}
	for _, a := range catalog.Archetypes() {
		for _, slug := range a.OSes {
			o, err := catalog.FindOS(slug)
			if err != nil {
				t.Errorf("%s: %v", a.Slug, err)
				continue
			}
			if reasons := catalog.Check(&o, o.Family, find(t, a.Services...)); len(reasons) > 0 {
				t.Errorf("%s on %s: %v", a.Slug, o.Slug, reasons)
			}
		}
	}
}

func TestEveryOSHasWhatPersonasNeed(t *testing.T) {
	families := map[decnet.Family]bool{}
	r := rand.New(rand.NewPCG(1, 2))
	for _, o := range catalog.OSes() {
		families[o.Family] = true
		if o.Name == "" || o.Image == "" || o.BuildBase == "" || len(o.Makers) == 0 || len(o.Users) == 0 {
			t.Errorf("%s lacks something", o.Slug)
		}
		if o.Family == decnet.FamilyLinux && (len(o.Kernels) == 0 || len(o.SSHVersions) == 0 || len(o.WebServers) == 0 || o.KernelBuild == "" || o.ID == "") {
			t.Errorf("distro %s lacks versions", o.Slug)
		}
		for _, m := range o.Makers {
			mac, err := catalog.MAC(r, m)
			if err != nil || len(mac) != 6 || mac[0]&1 != 0 {
				t.Errorf("%s: maker %s: %v, %v", o.Slug, m, mac, err)
			}
			if local := mac[0]&2 != 0; local != (m == "kvm") {
				t.Errorf("%s: %s is locally administered: %v", m, mac, local)
			}
			if have := catalog.MakerOf([6]byte(mac)); have != m {
				t.Errorf("%s is of %q, want %s", mac, have, m)
			}
		}
		if catalog.Hostname(r, o.Style, net.HardwareAddr{2, 0, 0, 1, 2, 3}) == "" {
			t.Errorf("%s has no names", o.Slug)
		}
	}
	if n := len(catalog.Distros()); n != 9 {
		t.Errorf("there are %d distros", n)
	}
	for _, f := range decnet.Families() {
		s, err := catalog.FindStack(string(f))
		if !families[f] || err != nil || len(s.Sysctls) != len(catalog.SysctlKeys()) {
			t.Errorf("family %s has no system or no whole stack: %v", f, err)
		}
		for _, k := range catalog.SysctlKeys() {
			if s.Sysctls[k] == "" {
				t.Errorf("family %s has no %s", f, k)
			}
		}
	}
}

func TestStylesOfHostnames(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	mac := net.HardwareAddr{0x3c, 0x4a, 0x92, 0x3f, 0x09, 0xa2}
	if got := catalog.Hostname(r, catalog.StylePrinter, mac); got != "NPI3F09A2" {
		t.Errorf("a printer is called %s", got)
	}
	for style, part := range map[catalog.Style]string{catalog.StyleRHEL: ".localdomain", catalog.StyleMinimal: "-", catalog.StyleRolling: "-", catalog.StyleController: "plc-"} {
		if got := catalog.Hostname(r, style, mac); !strings.Contains(got, part) {
			t.Errorf("%s: %s", style, got)
		}
	}
	for range 1000 {
		for _, style := range []catalog.Style{catalog.StyleDesktop, catalog.StyleWindowsServer} {
			if got := catalog.Hostname(r, style, mac); len(got) > 15 || got != strings.ToUpper(got) {
				t.Fatalf("%s: %s is no NetBIOS name", style, got)
			}
		}
	}
}

func TestWhatIsNotTogether(t *testing.T) {
	tests := []struct {
		services []string
		want     string
	}{
		{[]string{"smb", "ssh"}, "smb beside ssh"},
		{[]string{"rdp", "mssql", "ssh"}, "rdp and mssql beside ssh"},
		{[]string{"conpot", "snmp"}, "conpot and snmp both want port 161/udp"},
		{[]string{"conpot", "http"}, "port 80/tcp"},
		{[]string{"smtp", "smtp_relay"}, "each is the host's mail server"},
		{[]string{"mysql", "postgres", "redis", "mongodb"}, "no host has so many databases"},
		{[]string{"conpot", "mqtt"}, "industrial protocols"},
		{[]string{"ssh", "http", "ftp", "mysql", "postgres", "dns", "sip", "telnet"}, "open ports are more than a real host has"},
		{[]string{"smtp", "imap", "sip", "k8s"}, "unrelated jobs"},
		{[]string{"ssh", "http"}, ""},
		{[]string{"smtp", "imap", "pop3"}, ""},
	}
	for _, test := range tests {
		got := strings.Join(catalog.Together(find(t, test.services...)), "; ")
		if test.want == "" && got != "" || !strings.Contains(got, test.want) {
			t.Errorf("%v: have %q, want %q", test.services, got, test.want)
		}
	}
}

func TestUnknownNamesSuggest(t *testing.T) {
	_, a := catalog.FindArchetype("linux-servr")
	_, o := catalog.FindOS("windows12x")
	_, d := catalog.FindDistro("windows10")
	_, s := catalog.FindStack("window")
	for want, err := range map[string]error{`did you mean "linux-server"?`: a, `did you mean "windows1`: o, "want one of debian,": d, `did you mean "windows"?`: s} {
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("have %v, want %s", err, want)
		}
	}
	if have := catalog.MakerOf([6]byte{2, 1, 2, 3, 4, 5}); have != "" {
		t.Errorf("a made-up address is of %s", have)
	}
	if _, err := catalog.MAC(rand.New(rand.NewPCG(1, 2)), "acme"); err == nil {
		t.Error("acme makes network cards")
	}
}
