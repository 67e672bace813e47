package persona_test

import (
	"bytes"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

func decky(i int, distro string) *decnet.Decky {
	return &decnet.Decky{
		Name: fmt.Sprintf("d-%d", i), Distro: distro, Seed: fmt.Sprintf("%064x", i),
		Created: time.Date(2026, 11, 1, 12, 0, 0, 0, time.UTC),
	}
}

func TestSameSeedIsTheSameMachine(t *testing.T) {
	for _, distro := range persona.DistroSlugs() {
		a, err := persona.Derive(decky(7, distro))
		if err != nil {
			t.Fatal(err)
		}
		b, _ := persona.Derive(decky(7, distro))
		a.Distro, b.Distro = persona.Distro{}, persona.Distro{} // holds a func
		if !reflect.DeepEqual(a, b) || !bytes.Equal(a.Key("k", 32), b.Key("k", 32)) {
			t.Errorf("%s: one seed gave two machines: %+v and %+v", distro, a, b)
		}
	}
}

func TestMachinesDifferAndHangTogether(t *testing.T) {
	const n = 500
	keys, hostnames, boots := map[string]bool{}, map[string]bool{}, map[time.Time]bool{}
	for i := range n {
		d := decky(i, persona.DistroSlugs()[i%len(persona.DistroSlugs())])
		p, err := persona.Derive(d)
		if err != nil {
			t.Fatal(err)
		}
		keys[string(p.Key("ssh host key", 32))] = true
		hostnames[p.Hostname] = true
		boots[p.Boot] = true
		if err := decnet.CheckName(p.Hostname); err != nil {
			t.Errorf("hostname: %v", err)
		}
		if up := d.Created.Sub(p.Boot); up < 24*time.Hour || up > 60*24*time.Hour {
			t.Errorf("uptime is %v", up)
		}
		if p.Distro.ID == "ubuntu" && !strings.Contains(p.SSHVersion+p.WebServer.Header, "Ubuntu") ||
			p.Distro.ID == "debian" && strings.Contains(p.SSHVersion+p.WebServer.Header, "Ubuntu") {
			t.Errorf("%s runs %s and %s", p.Distro.Name, p.SSHVersion, p.WebServer.Header)
		}
	}
	if len(keys) != n || len(boots) != n {
		t.Errorf("%d machines have %d keys and %d boot times", n, len(keys), len(boots))
	}
	if len(hostnames) < n/3 {
		t.Errorf("only %d hostnames in %d machines", len(hostnames), n)
	}
}

func TestDeriveRefuses(t *testing.T) {
	bad := decky(1, "debian12")
	bad.Seed = "short"
	for _, d := range []*decnet.Decky{decky(1, "beos"), bad} {
		if _, err := persona.Derive(d); err == nil || !strings.Contains(err.Error(), "d-1") {
			t.Errorf("have %v, want an error that names the decky", err)
		}
	}
}
