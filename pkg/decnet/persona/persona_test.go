package persona_test

import (
	"bytes"
	"fmt"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

func decky(i int, distro string) *decnet.Decky {
	return &decnet.Decky{
		Name: fmt.Sprintf("d-%d", i), OS: distro, Seed: fmt.Sprintf("%064x", i),
		Created: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC),
	}
}

var hostname = regexp.MustCompile(`^[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?$`)

func slugs() []string {
	var out []string
	for _, o := range catalog.OSes() {
		out = append(out, o.Slug)
	}
	return out
}

func TestSameSeedIsTheSameMachine(t *testing.T) {
	for _, distro := range slugs() {
		a, err := persona.Derive(decky(7, distro))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := persona.Derive(decky(7, distro))
		if !reflect.DeepEqual(a, b) || !bytes.Equal(a.Key("k", 32), b.Key("k", 32)) {
			t.Errorf("%s: one seed gave two machines: %+v and %+v", distro, a, b)
		}
	}
}

func TestMachinesDifferAndHangTogether(t *testing.T) {
	const n = 500
	keys, hostnames, macs, boots := map[string]bool{}, map[string]bool{}, map[string]bool{}, map[time.Time]bool{}
	for i := range n {
		d := decky(i, slugs()[i%len(slugs())])
		p, err := persona.Derive(d)
		if err != nil {
			t.Fatal(err)
		}
		keys[string(p.Key("ssh host key", 32))] = true
		hostnames[p.Hostname] = true
		boots[p.Boot] = true
		if len(p.Hostname) > 63 || strings.Contains(p.OS.Slug, "win") && len(p.Hostname) > 15 || !hostname.MatchString(p.Hostname) {
			t.Errorf("%s is called %q", p.OS.Name, p.Hostname)
		}
		macs[p.MAC.String()] = true
		if up := d.Created.Sub(p.Boot); up < 24*time.Hour || up > 60*24*time.Hour {
			t.Errorf("uptime is %v", up)
		}
		if p.OS.Family == decnet.FamilyLinux != (p.Kernel != "" && p.OS.ID != "freebsd" && p.OS.ID != "openwrt") {
			t.Errorf("%s has the kernel %q", p.OS.Name, p.Kernel)
		}
		if p.OS.ID == "ubuntu" && !strings.Contains(p.SSHVersion+p.WebServer.Header, "Ubuntu") ||
			p.OS.Slug == "debian" && strings.Contains(p.SSHVersion+p.WebServer.Header, "Ubuntu") {
			t.Errorf("%s runs %s and %s", p.OS.Name, p.SSHVersion, p.WebServer.Header)
		}
	}
	if len(keys) != n || len(boots) != n || len(macs) != n {
		t.Errorf("%d machines have %d keys, %d boot times and %d MAC addresses", n, len(keys), len(boots), len(macs))
	}
	if len(hostnames) < n/3 {
		t.Errorf("only %d hostnames in %d machines", len(hostnames), n)
	}
}

func TestDeriveRefuses(t *testing.T) {
	bad := decky(1, "debian")
	bad.Seed = "short"
	for _, d := range []*decnet.Decky{decky(1, "beos"), bad} {
		if _, err := persona.Derive(d); err == nil || !strings.Contains(err.Error(), "d-1") {
			t.Errorf("have %v, want an error that names the decky", err)
		}
	}
}
