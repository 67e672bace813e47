package sniffer_test

import (
	"context"
	"fmt"
	"net/netip"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/capture/capturetest"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fields"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/sniffer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// published is what the worker has published.
type published struct {
	mu  sync.Mutex
	all []decnet.Event
}

// listen takes what is published until the test ends.
func listen(t *testing.T, b *bus.Bus) *published {
	p := &published{}
	ctx, cancel := context.WithCancel(t.Context())
	ended := make(chan error, 1)
	go func() {
		ended <- bus.Wire.Consume(ctx, b, bus.Consumer{Name: "ingester"}, func(_ context.Context, ms []*bus.Message[decnet.Event]) error {
			p.mu.Lock()
			defer p.mu.Unlock()
			p.all = append(p.all, bus.Bodies(ms)...)
			return nil
		})
	}()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
	})
	return p
}

// kinds are the events in short, each once.
func (p *published) kinds() (out []string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, e := range p.all {
		out = append(out, fmt.Sprint(e.Kind, " ", e.Source, " ", e.Decky, e.Fields["type"]))
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestWorker(t *testing.T) {
	server := bustest.Start(t)
	b := server.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	cable := capturetest.NewCable(t)
	decky := decnet.Decky{Name: "web-01", Host: "h1", Address: netip.MustParseAddr("10.0.0.1"), Address6: netip.MustParseAddr("fd00::1")}
	if err := bus.Fleet.Set(t.Context(), b, decky, decky.Host, decky.Name); err != nil {
		t.Fatal(err)
	}
	p := listen(t, b)
	cfg := sniffer.Default()
	cfg.Interface, cfg.Ring, cfg.Recordings = capturetest.Near, 4, t.TempDir()
	env := workertest.Env(t, "sniffer", b)
	s, err := sniffer.New(cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	stop := workertest.Start(t, env, s.Run)

	send := func(frame []byte) {
		if err := cable.Send(frame); err != nil {
			t.Fatal(err)
		}
	}
	talk := func(server string) { // a connection on which the client says something
		c := capturetest.Segment{Src: netip.MustParseAddrPort("10.0.0.66:40000"), Dst: netip.MustParseAddrPort(server), Flags: capture.SYN, Seq: 1, Options: capturetest.LinuxOptions}
		send(c.Frame())
		answer := capturetest.Segment{Src: c.Dst, Dst: c.Src, Flags: capture.SYN | capture.ACK, Seq: 100, Ack: 2}
		send(answer.Frame())
		c.Flags, c.Seq, c.Ack, c.Options, c.Payload = capture.ACK, 2, 101, nil, []byte("SSH-2.0-Go\r\n")
		send(c.Frame())
		c.Flags, c.Seq, c.Payload = capture.RST, 14, nil
		send(c.Frame())
	}
	talk("10.0.0.1:22")
	talk("10.0.0.2:22") // nobody of ours
	for port := range uint16(30) {
		probe := capturetest.Segment{Src: netip.MustParseAddrPort("10.0.0.77:40000"), Dst: netip.AddrPortFrom(netip.MustParseAddr("10.0.0.9"), port+1), Flags: capture.FIN}
		send(probe.Frame())
	}
	// The scan is told while it goes on, and all the rest at the end.
	workertest.Eventually(t, "the scan is published", func() bool { return slices.Contains(p.kinds(), "scan 10.0.0.77 fin") })
	stop()
	want := "flow 10.0.0.66 web-01, scan 10.0.0.77 fin, scan_end 10.0.0.77 fin, ssh_client_banner 10.0.0.66 web-01, tcp_syn_fingerprint 10.0.0.66 web-01"
	workertest.Eventually(t, "all is published", func() bool { return len(p.kinds()) >= 5 })
	if files, err := filepath.Glob(cfg.Recordings + "/*-10.0.0.[67]*.pcap"); err != nil || len(files) != 2 {
		t.Errorf("recordings: %q, %v", files, err)
	}
	if have := strings.Join(p.kinds(), ", "); have != want {
		t.Errorf("have %s\nwant %s", have, want)
	}
	for _, e := range p.all {
		if e.Service != decnet.ServiceSniffer || e.Attacker != decnet.AttackerIDOf(e.Source) || e.Host != env.Host || e.ID == "" {
			t.Errorf("have %+v", e)
		}
		if err := fields.Known().Check(&e); err != nil {
			t.Error(err)
		}
	}
}

func TestFindingsWaitForTheBus(t *testing.T) {
	server := bustest.Start(t)
	b := server.Connect("test")
	if err := b.EnsureTopology(t.Context()); err != nil {
		t.Fatal(err)
	}
	cable := capturetest.NewCable(t)
	cfg := sniffer.Default()
	cfg.Interface, cfg.Ring, cfg.Everybody = capturetest.Near, 4, true
	env := workertest.Env(t, "sniffer", b)
	s, err := sniffer.New(cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	workertest.Start(t, env, s.Run)
	server.Stop()
	if err := cable.Send(capturetest.ARP(capture.ARPRequest, netip.MustParseAddr("10.0.0.66"), netip.MustParseAddr("10.0.0.1"))); err != nil {
		t.Fatal(err)
	}
	workertest.Eventually(t, "it waits for the bus", func() bool { return env.Health.Snapshot().Status == decnet.StatusDegraded })
	server.Restart()
	p := listen(t, server.Connect("reader"))
	workertest.Eventually(t, "the host is told of", func() bool { return slices.Contains(p.kinds(), "lan_host 10.0.0.66 ") })
}

func TestWithoutAnInterfaceItWaits(t *testing.T) {
	env := workertest.Env(t, "sniffer", nil)
	s, err := sniffer.New(sniffer.Default(), env)
	if err != nil {
		t.Fatal(err)
	}
	workertest.Start(t, env, s.Run)()
}

func TestSettingsThatCannotWork(t *testing.T) {
	for _, test := range []struct {
		cfg  sniffer.Config
		want string
	}{
		{sniffer.Config{Ring: 0}, "sniffer.ring 0: want 1 to 1024"},
		{sniffer.Config{Ring: 1025}, "sniffer.ring 1025: want 1 to 1024"},
		{sniffer.Config{Ring: 1}, "sniffer.session 0: want 1 to 1024"},
		{sniffer.Config{Ring: 1, Session: 2, Total: 1}, "sniffer.total 1: want 2, which is sniffer.session, to"},
		{sniffer.Config{Ring: 1, Session: 1, Total: 1, Interface: "nosuch0"}, "sniffer.interface: capture: no interface nosuch0"},
	} {
		if _, err := sniffer.New(test.cfg, workertest.Env(t, "sniffer", nil)); err == nil || !strings.HasPrefix(err.Error(), test.want) {
			t.Errorf("%+v: have %v, want %q", test.cfg, err, test.want)
		}
	}
}
