package e2e_test

import (
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
)

// osFleet has a decky of every system that a built service runs on and one of every
// family that has none yet, where something else of the operator's listens.
const osFleet = `[general]
interface = lan0

[deb]
distro = debian
services = ssh, http
[ubu]
distro = ubuntu20
services = ssh, http
[cent]
distro = centos7
services = ssh
[router]
archetype = cisco-router
[mikrotik]
archetype = mikrotik-router
[wifi]
archetype = openwrt-router
`

var osGuess = regexp.MustCompile(`(?m)^(?:OS details|Aggressive OS guesses): (.*)$`)

// What nmap prints of deckies is what they claim, from packets and from banners alike, whether
// they are namespaces or containers, and through a restart of what deployed them.
func TestNmapPrintsWhatDeckiesClaim(t *testing.T) {
	need(t, "nmap")
	for _, driver := range []decnet.Driver{decnet.DriverNative, decnet.DriverDocker} {
		t.Run(string(driver), func(t *testing.T) {
			l := newLAN(t)
			var o *operator
			if driver == decnet.DriverDocker {
				e := newDockerEngine(l)
				e.bases("debian:bookworm-slim", "ubuntu:20.04", "centos:7", "alpine:3.19")
				o = e.operator()
			} else {
				o = l.operator()
			}
			o.does("deploy", "--driver", string(driver), "--config", o.write("os.ini", osFleet), "--timeout", "3m")
			o.claims(l, 6)
			if err := syscall.Kill(o.stack(), syscall.SIGKILL); err != nil {
				t.Fatal(err)
			}
			time.Sleep(200 * time.Millisecond)
			o.does("redeploy", "--timeout", "2m")
			o.claims(l, 6)
			o.does("teardown", "--all")
			if mounts, err := os.ReadFile("/proc/self/mountinfo"); err != nil || strings.Contains(string(mounts), o.dir+"/stacks") {
				t.Errorf("%v; mounted is\n%s", err, mounts)
			}
		})
	}
}

// claims scans every decky.
func (o *operator) claims(l *lan, want int) {
	o.Helper()
	var items []struct {
		Kind     string
		Name     string
		Address  string
		OS       string
		Stack    decnet.Family
		Enforced decnet.Enforcement
		Services []decnet.ServiceState
	}
	if err := json.Unmarshal([]byte(o.does("status", "-o", "json")), &items); err != nil {
		o.Fatal(err)
	}
	n := 0
	var scans sync.WaitGroup
	defer scans.Wait()
	for _, d := range items {
		if d.Kind != "decky" {
			continue
		}
		n++
		if d.Enforced != decnet.EnforcedByProgram {
			o.Errorf("%s has its stack by %q", d.Name, d.Enforced)
		}
		system, err := catalog.FindOS(d.OS)
		if err != nil {
			o.Fatal(err)
		}
		k, err := catalog.StackOf(&system, d.Stack)
		if err != nil {
			o.Fatal(err)
		}
		ports := []string{"9"}
		for _, s := range d.Services {
			ports = append(ports, fmt.Sprint(s.Port))
		}
		slices.Sort(ports)
		scans.Go(func() {
			scan, err := l.attack("nmap", "-n", "-Pn", "-sV", "-O", "--osscan-guess", "-p", strings.Join(ports, ","), d.Address)
			if err != nil {
				o.Errorf("nmap: %v\n%s", err, scan)
			}
			if m := osGuess.FindStringSubmatch(scan); m == nil || !strings.HasPrefix(m[1], k.Nmap) {
				o.Errorf("%s claims %s: want nmap to say %q first\n%s", d.Name, d.OS, k.Nmap, scan)
			}
			for _, family := range []string{"Windows", "FreeBSD", "IOS", "Linux"} {
				own := strings.Contains(system.Name+" "+k.Title+" "+k.Nmap, family)
				if strings.Contains(scan, "Service Info: OS: "+family) && !own {
					o.Errorf("%s claims %s, but a service says it is %s\n%s", d.Name, d.OS, family, scan)
				}
			}
		})
	}
	if n != want {
		o.Errorf("there are %d deckies, want %d", n, want)
	}
}
