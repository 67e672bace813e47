package sniffer_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/bustest"
	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/worker/workertest"
	"github.com/decnet/decnet/services/sniffer"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// listen accepts and reads until the test ends.
func listen(t *testing.T, addr string) net.Addr {
	t.Helper()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	go func() {
		for {
			c, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer func() { _ = c.Close() }()
				_, _ = c.Write([]byte("SSH-2.0-OpenSSH_9.2p1\r\n"))
				_, _ = c.Read(make([]byte, 1024))
			}()
		}
	}()
	return l.Addr()
}

func talk(t *testing.T, to net.Addr) {
	t.Helper()
	d := net.Dialer{LocalAddr: &net.TCPAddr{IP: net.IPv4(127, 77, 0, 9)}}
	c, err := d.DialContext(t.Context(), "tcp", to.String())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := c.Write([]byte("SSH-2.0-libssh2_1.11.0\r\n")); err != nil {
		t.Error(err)
	}
	_, _ = c.Read(make([]byte, 100))
	_ = c.Close()
}

func TestVisitorsOfDeckiesBecomeEvents(t *testing.T) {
	if r, err := capture.Open("lo", capture.Options{Ring: capture.MinRing}); errors.Is(err, capture.ErrNoPrivilege) && os.Getenv("CI") == "" {
		t.Skip(err)
	} else if err != nil {
		t.Fatal(err)
	} else {
		r.Close()
	}
	b := bustest.New(t)
	env := workertest.Env(t, "sniffer", b)
	decky := decnet.Decky{Name: "web-01", Host: env.Host, Address: netip.MustParseAddr("127.77.0.1")}
	if err := bus.Fleet.Set(t.Context(), b, decky, env.Host, decky.Name); err != nil {
		t.Fatal(err)
	}
	cfg := sniffer.Default()
	cfg.Interfaces = []string{"lo"}
	s, err := sniffer.New(cfg, env)
	if err != nil {
		t.Fatal(err)
	}
	opened := false
	s.OnOpen(func() error { opened = true; return nil })
	stop := workertest.Start(t, env, s.Run)
	if !opened {
		t.Error("it reads and kept its privileges")
	}
	talk(t, listen(t, "127.77.0.1:0"))
	talk(t, listen(t, "127.77.0.2:0")) // no decky's

	seen := map[string]decnet.Event{}
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	ended := make(chan error, 1)
	go func() {
		ended <- bus.Wire.Consume(ctx, b, bus.Consumer{Name: "ingester"}, func(_ context.Context, ms []*bus.Message[decnet.Event]) error {
			for _, m := range ms {
				seen[m.Body.Kind] = m.Body
				if dst := m.Body.Fields["destination"]; dst == "127.77.0.2" {
					t.Errorf("a visitor of no decky matters: %+v", m.Body)
				}
			}
			if _, ok := seen["ssh_client_banner"]; ok && seen["tcp_syn_fingerprint"].ID != "" {
				cancel()
			}
			return nil
		})
	}()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	stop()
	banner, syn := seen["ssh_client_banner"], seen["tcp_syn_fingerprint"]
	if banner.Decky != "web-01" || banner.Source.String() != "127.77.0.9" || banner.Service != decnet.ServiceSniffer || banner.Attacker != decnet.AttackerIDOf(banner.Source) {
		t.Errorf("have %+v", banner)
	}
	if !strings.Contains(syn.Fields["os"], "Linux") {
		t.Errorf("this host's SYN is told as %v", syn.Fields)
	}
}

func TestWithoutInterfacesNothingIsRead(t *testing.T) {
	env := workertest.Env(t, "sniffer", bustest.New(t))
	s, err := sniffer.New(sniffer.Default(), env)
	if err != nil {
		t.Fatal(err)
	}
	workertest.Start(t, env, s.Run)()
}

func TestSettingsThatCannotWork(t *testing.T) {
	env := workertest.Env(t, "sniffer", bustest.New(t))
	for want, change := range map[string]func(*sniffer.Config){
		"sniffer.ring 7: want":                func(c *sniffer.Config) { c.Ring = 7 },
		"sniffer.queue 1: want":               func(c *sniffer.Config) { c.Queue = 1 },
		"sniffer.interfaces: one has no name": func(c *sniffer.Config) { c.Interfaces = []string{""} },
	} {
		c := sniffer.Default()
		change(&c)
		if _, err := sniffer.New(c, env); err == nil || !strings.HasPrefix(err.Error(), want) {
			t.Errorf("have %v, want %s", err, want)
		}
	}
	c := sniffer.Default()
	c.Interfaces = []string{"nowhere0"}
	s, err := sniffer.New(c, env)
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Run(t.Context()); err == nil || !strings.Contains(err.Error(), "no interface nowhere0") {
		t.Errorf("have %v", err)
	}
}
