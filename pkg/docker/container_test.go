package docker

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/docker/docker/api/types/container"
)

func TestEnsureContainer(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := words(t, labels, "sleep")
	spec.Restart = "unless-stopped"
	id := ensure(t, e, spec, true)
	if same := ensure(t, e, spec, false); same != id {
		t.Errorf("another container: %s", same)
	}
	if err := e.api.ContainerPause(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	ensure(t, e, spec, true)
	if err := e.api.ContainerKill(t.Context(), id, "KILL"); err != nil { // which is no reason to restart it
		t.Fatal(err)
	}
	eventually(t, "it ends", func() bool { return find(t, e, labels, spec.Name).State == "exited" })
	if c := find(t, e, labels, spec.Name); c.State != "exited" || c.ExitCode != 137 {
		t.Errorf("one that was killed: %+v", c)
	}
	if same := ensure(t, e, spec, true); same != id {
		t.Error("one that was stopped is made anew")
	}
	spec.Env = map[string]string{"B": "2", "A": "1"}
	changed := ensure(t, e, spec, true)
	if changed == id {
		t.Error("one that differs is kept")
	}
	c := find(t, e, labels, spec.Name)
	if c.State != "running" || c.ID != changed || c.Image != puppetImage || c.Labels[Label] == "" || c.Joined != "" {
		t.Errorf("listed as %+v", c)
	}
	// The image is another one under the same name.
	if err := e.ImportRootfs(t.Context(), strings.NewReader(string(rootfs(puppetBinary(t)))), "decnet-test/other:1", `ENTRYPOINT ["`+puppet+`"]`); err != nil {
		t.Fatal(err)
	}
	spec.Image = "decnet-test/other:1"
	ensure(t, e, spec, true)
	if err := e.ImportRootfs(t.Context(), strings.NewReader(string(rootfs(puppetBinary(t)))), "decnet-test/other:1", `ENTRYPOINT ["`+puppet+`"]`, "LABEL a=b"); err != nil {
		t.Fatal(err)
	}
	ensure(t, e, spec, true)
	ensure(t, e, spec, false)
	for range 2 {
		if err := e.RemoveContainer(t.Context(), spec.Name); err != nil {
			t.Fatal(err)
		}
	}
}

func TestContainerOfOthers(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := words(t, labels, "sleep")
	config, host, _ := e.translate(&spec)
	make := func(labels map[string]string) {
		t.Helper()
		config.Labels = labels
		if _, err := e.api.ContainerCreate(t.Context(), config, host, nil, nil, spec.Name); err != nil {
			t.Fatal(err)
		}
	}
	make(map[string]string{"somebody": "else"})
	_, _, err := e.EnsureContainer(t.Context(), spec)
	must(t, err, ErrForeign, "docker rm -f "+spec.Name)
	must(t, e.RemoveContainer(t.Context(), spec.Name), ErrForeign, "docker rm -f "+spec.Name)
	if err := e.removeContainer(t.Context(), spec.Name); err != nil {
		t.Fatal(err)
	}
	make(labels) // as Compose would from DECNET's file
	ensure(t, e, spec, true)
	ensure(t, e, spec, false)

	// Another installation on the same engine has its deckies too.
	theirs := spec
	theirs.Labels = maps.Clone(labels)
	theirs.Labels[LabelInstallation] = "0badcafe"
	spec.Labels = maps.Clone(labels)
	spec.Labels[LabelInstallation] = "00c0ffee"
	ensure(t, e, theirs, true)
	_, _, err = e.EnsureContainer(t.Context(), spec)
	must(t, err, ErrForeign, "another installation")
	ensure(t, e, theirs, false)
}

// Whoever asked for it hears of a container while it is stopped and still has its log.
func TestContainerIsTakenLeaveOf(t *testing.T) {
	e := newEngine(t)
	spec := words(t, mine(t, e), "sleep")
	var heard []string
	e.BeforeRemoval(func(ctx context.Context, id string, labels map[string]string) {
		c, err := e.api.ContainerInspect(ctx, id)
		if err != nil || c.State.Running || labels["decnet.test"] == "" {
			t.Errorf("%s: %v, running %t, labels %v", id, err, c.State.Running, labels)
		}
		heard = append(heard, id)
	})
	first := ensure(t, e, spec, true)
	spec.Env = map[string]string{"ANOTHER": "one"}
	second := ensure(t, e, spec, true)
	if err := e.RemoveContainer(t.Context(), second); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(heard, []string{first, second}) {
		t.Errorf("heard of %v, want %s and %s", heard, first, second)
	}
}

// The base has the address that was asked for, and what joins it is reached there,
// as hardened as can be.
func TestJoinedContainerIsReachedOverTheLAN(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	base, service := words(t, labels, "sleep"), words(t, labels, "listen=22", "write=/etc/x", "write=/tmp/x", "sleep")
	mac, _ := net.ParseMAC("00:15:5d:0a:0b:0c")
	base.Hostname, base.Sysctls = "WIN-DC01", map[string]string{"net.ipv4.ip_default_ttl": "128", "net.ipv4.tcp_timestamps": "0"}
	base.Network = &Attachment{Network: newLAN(t, e, labels), IPv4: netip.MustParseAddr("198.51.100.77"), IPv6: netip.MustParseAddr("2001:db8:5::77"), MAC: mac}
	baseID := ensure(t, e, base, true)
	ensure(t, e, base, false)

	service.Name, service.JoinContainer, service.User = base.Name+"-ssh", base.Name, "1000:1000"
	Hardened(&service)
	id := ensure(t, e, service, true)
	ensure(t, e, service, false)
	for _, address := range []string{"198.51.100.77:22", "[2001:db8:5::77]:22"} {
		if said, err := call(address); err != nil || said != "hello 1000" {
			t.Errorf("%s says %q: %v", address, said, err)
		}
	}
	if lines := e.lastLines(t.Context(), id); len(lines) != 2 || !strings.Contains(lines[0], "read-only") || lines[1] != "write /tmp/x <nil>" {
		t.Errorf("it says %q", lines)
	}
	info, err := e.api.ContainerInspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	h := info.HostConfig
	if !h.ReadonlyRootfs || h.Memory != hardMemory || *h.PidsLimit != hardPids || !slices.Equal(h.CapDrop, []string{"ALL"}) ||
		!slices.Contains(h.SecurityOpt, "no-new-privileges:true") || len(info.Mounts) != 0 || h.LogConfig.Config["max-size"] != "10m" {
		t.Errorf("not hardened: %+v %+v", h, info.Mounts)
	}
	if neighbours, _ := output(theLab.there, "ip", "neigh", "show", "198.51.100.77"); !strings.Contains(neighbours, mac.String()) {
		t.Errorf("the LAN sees %s", neighbours)
	}
	if c := find(t, e, labels, service.Name); c.Joined != baseID {
		t.Errorf("it joined %q", c.Joined)
	}
	// A base that is started again is another namespace.
	if err := e.api.ContainerRestart(t.Context(), baseID, container.StopOptions{Timeout: new(int)}); err != nil {
		t.Fatal(err)
	}
	if again := ensure(t, e, service, true); again != id {
		t.Error("it is made anew instead of started again")
	}
	if said, err := call("198.51.100.77:22"); err != nil || said != "hello 1000" {
		t.Errorf("after the base was started again it says %q: %v", said, err)
	}
	// Another base is another spec.
	base.Hostname = "OTHER"
	ensure(t, e, base, true)
	if again := ensure(t, e, service, true); again == id {
		t.Error("it is kept for another base")
	}
	if said, err := call("198.51.100.77:22"); err != nil || said != "hello 1000" {
		t.Errorf("after the base was made anew it says %q: %v", said, err)
	}
}

func TestNetnsPath(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := words(t, labels, "sleep")
	mac, _ := net.ParseMAC("00:15:5d:0a:0b:0d")
	spec.Network = &Attachment{Network: newLAN(t, e, labels), IPv4: netip.MustParseAddr("198.51.100.78"), MAC: mac}
	id := ensure(t, e, spec, true)
	path, err := e.NetnsPath(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	macs, err := macsOf(path)
	if err != nil || !slices.Equal(macs, []string{mac.String()}) {
		t.Errorf("inside are %v: %v", macs, err)
	}
	// An engine that says what is not so is found out.
	info, err := e.api.ContainerInspect(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	lie := net.HardwareAddr{0, 1, 2, 3, 4, 5}
	spec.Network.MAC = lie
	must(t, checkMAC(&spec, &info), ErrMAC, mac.String(), lie.String())
	info.NetworkSettings.Networks[spec.Network.Network].MacAddress = lie.String()
	must(t, checkMAC(&spec, &info), ErrMAC, mac.String(), lie.String())
	if err := e.RemoveContainer(t.Context(), id); err != nil {
		t.Fatal(err)
	}
	_, err = e.NetnsPath(t.Context(), id)
	must(t, err, ErrGone)
	info.State.Pid = 1
	_, err = netnsPath(&info)
	must(t, err, nil, "not one of this host")
}

// A container without any network has a loopback alone, and an ipvlan none of its own MAC.
func TestOtherAttachments(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := words(t, labels, "sleep")
	path, err := e.NetnsPath(t.Context(), ensure(t, e, spec, true))
	if err != nil {
		t.Fatal(err)
	}
	if macs, err := macsOf(path); err != nil || len(macs) != 0 {
		t.Errorf("without a network it has %v: %v", macs, err)
	}
	n := lanSpec(labels)
	n.Driver = IPvlan
	if _, err := e.EnsureNetwork(t.Context(), n); err != nil {
		t.Fatal(err)
	}
	if err := theLab.here.ip("link", "add", "ipv0", "link", "lan0", "type", "ipvlan", "mode", "l2"); err != nil {
		t.Skipf("this kernel has no ipvlan: %v", err)
	}
	if err := theLab.here.ip("link", "del", "ipv0"); err != nil {
		t.Fatal(err)
	}
	spec.Command = []string{"listen=80", "sleep"}
	spec.Network = &Attachment{Network: n.Name, IPv4: netip.MustParseAddr("198.51.100.79")}
	ensure(t, e, spec, true)
	if said, err := call("198.51.100.79:80"); err != nil || said != "hello 0" {
		t.Errorf("over an ipvlan it says %q: %v", said, err)
	}
}

func TestContainerErrors(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	lan := newLAN(t, e, labels)
	at := netip.MustParseAddr("198.51.100.80")
	for _, c := range []struct {
		name   string
		change func(*Spec)
		kind   error
		says   string
	}{
		{"no image", func(s *Spec) { s.Image = "decnet-test/none:1" }, ErrNoImage, "decnet images load"},
		{"no command", func(s *Spec) { s.Entrypoint = []string{"/none"} }, nil, "its command is not in the image"},
		{"no network", func(s *Spec) { s.Network = &Attachment{Network: "none_such", IPv4: at} }, nil, "no network none_such: make it first"},
		{"outside", func(s *Spec) { s.Network = &Attachment{Network: lan, IPv4: netip.MustParseAddr("192.0.2.1")} }, nil, "192.0.2.1"},
		{"no base", func(s *Spec) { s.JoinContainer = "none" }, ErrGone, "cannot join none"},
		{"both", func(s *Spec) { s.JoinContainer, s.Network = "a", &Attachment{} }, nil, "both"},
		{"hostname", func(s *Spec) { s.JoinContainer, s.Hostname = "a", "b" }, nil, "leave its own out"},
		{"restart", func(s *Spec) { s.Restart = "sometimes" }, nil, "unless-stopped"},
		{"limit", func(s *Spec) { s.Pids = -1 }, nil, "below zero"},
		{"name", func(s *Spec) { s.Name = "" }, nil, "needs a name"},
		{"host network", func(s *Spec) { s.Network = &Attachment{Network: "host", IPv4: at} }, nil, "the engine's own"},
		{"bad address", func(s *Spec) { s.Network = &Attachment{Network: lan} }, nil, "no IPv4 address"},
		{"bad MAC", func(s *Spec) {
			s.Network = &Attachment{Network: lan, IPv4: at, MAC: net.HardwareAddr{1, 2, 3, 4, 5, 6}}
		}, nil, "the first of them even"},
		{"sysctl", func(s *Spec) { s.Sysctls = map[string]string{"net.ipv4.no_such": "1"} }, nil, "no_such"},
	} {
		t.Run(strings.ReplaceAll(c.name, " ", "-"), func(t *testing.T) {
			s := words(t, labels, "sleep")
			c.change(&s)
			_, _, err := e.EnsureContainer(t.Context(), s)
			t.Log(err)
			must(t, err, c.kind, c.says)
			if all, err := e.ListContainers(t.Context(), labels); err != nil || len(all) != 0 {
				t.Errorf("left behind: %+v %v", all, err)
			}
		})
	}
}

func TestContainerThatExitsAtOnce(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := words(t, labels, "print=20,10,0s", "raw=\x1b]0;owned\x07 bad\\n", "long=5000", "exit=3")
	for _, restart := range []string{"no", "unless-stopped"} {
		spec.Restart = restart
		_, _, err := e.EnsureContainer(t.Context(), spec)
		must(t, err, nil, "code 3", spec.Name, "17 ", "owned")
		var exit *ExitError
		if !errors.As(err, &exit) || exit.Code != 3 || len(exit.Log) == 0 || len(exit.Log) > lastLines {
			t.Fatalf("error %#v", exit)
		}
		for _, line := range exit.Log {
			if len(line) > lastLineBytes+4 || strings.ContainsAny(line, "\x1b\x07") {
				t.Errorf("shown as %q", line)
			}
		}
	}
	spec.Restart, spec.Command, spec.Memory, spec.Settle = "", []string{"eat=100", "sleep"}, 20<<20, 3e9
	_, _, err := e.EnsureContainer(t.Context(), spec)
	must(t, err, nil, "code 137", "out of memory")
}

func TestReadStatus(t *testing.T) {
	for _, c := range []struct {
		status, health string
		code           int
	}{
		{"Up 5 seconds", "", 0},
		{"Up 5 seconds (healthy)", "healthy", 0},
		{"Up 2 minutes (unhealthy)", "unhealthy", 0},
		{"Up 1 second (health: starting)", "starting", 0},
		{"Up 2 hours (Paused)", "", 0},
		{"Exited (137) 2 hours ago", "", 137},
		{"Restarting (3) 1 second ago", "", 3},
		{"Created", "", 0},
		{"Exited (", "", 0},
	} {
		if health, code := readStatus(c.status); health != c.health || code != c.code {
			t.Errorf("%q is %q and %d", c.status, health, code)
		}
	}
}

// A MAC address that another interface has is waited for, but not for long.
func TestTakenMACAddress(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := words(t, labels, "sleep")
	mac, _ := net.ParseMAC("00:15:5d:0a:0b:0e")
	spec.Network = &Attachment{Network: newLAN(t, e, labels), IPv4: netip.MustParseAddr("198.51.100.81"), MAC: mac}
	take := func() {
		t.Helper()
		if err := theLab.here.ip("link", "add", "mv0", "link", "lan0", "address", mac.String(), "type", "macvlan", "mode", "bridge"); err != nil {
			t.Fatal(err)
		}
		if err := theLab.here.ip("link", "set", "mv0", "up"); err != nil {
			t.Fatal(err)
		}
	}
	take()
	_, _, err := e.EnsureContainer(t.Context(), spec)
	must(t, err, errMACTaken, "remove that one", spec.Name)
	if c := find(t, e, labels, spec.Name); c.ID != "" {
		t.Errorf("what did not start is %+v", c)
	}
	freed := time.AfterFunc(500*time.Millisecond, func() { _ = theLab.here.ip("link", "del", "mv0") })
	defer freed.Stop()
	ensure(t, e, spec, true)
}

// A name that could be the beginning of an id is a name all the same.
func TestNamesThatLookLikeIDs(t *testing.T) {
	e := newEngine(t)
	labels := mine(t, e)
	spec := words(t, labels, "sleep")
	id := ensure(t, e, spec, true)
	lan := newLAN(t, e, labels)
	network, err := e.inspectNetwork(t.Context(), lan)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := e.NetnsPath(t.Context(), id[:8]); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	for _, ref := range []string{id[:1], id[:8]} {
		if err := e.RemoveContainer(t.Context(), ref); err != nil {
			t.Error(err)
		}
		spec.Name = ref
		if len(ref) > 1 { // names have two letters at least
			if other := ensure(t, e, spec, true); other == id {
				t.Error("the container is taken for one of another name")
			}
		}
	}
	if err := e.RemoveNetwork(t.Context(), network.ID[:8]); err != nil {
		t.Error(err)
	}
	if _, err := e.inspectNetwork(t.Context(), lan); err != nil {
		t.Error("the network is taken for one of another name")
	}
	if c := find(t, e, labels, words(t, labels).Name); c.ID != id {
		t.Errorf("the container is %+v", c)
	}
}
