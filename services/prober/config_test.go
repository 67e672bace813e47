package prober_test

import (
	"strings"
	"testing"
	"time"

	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/prober"
)

func TestConfigErrorsAreOneClearLine(t *testing.T) {
	for _, test := range []struct {
		change func(*prober.Config)
		want   string
	}{
		{func(*prober.Config) {}, ""},
		{func(c *prober.Config) { c.Allow = []string{"10.0.0.0/8", " 192.168.1.7", "fd00::/8", ""} }, ""},
		{func(c *prober.Config) { c.Allow = []string{"10.0.0.1/8"} }, `prober.allow "10.0.0.1/8" has bits beyond its length: want 10.0.0.0/8`},
		{func(c *prober.Config) { c.Deny = []string{"example.org"} }, `prober.deny "example.org": want a network such as 192.0.2.0/24, or an address`},
		{func(c *prober.Config) { c.Deny = []string{"::ffff:10.0.0.0/104"} }, `prober.deny "::ffff:10.0.0.0/104": want a network such as 192.0.2.0/24, or an address`},
		{func(c *prober.Config) { c.Source = []string{"eth0"} }, `prober.source "eth0": want an address of this machine`},
		{func(c *prober.Config) { c.Source = []string{"10.0.0.1", "10.0.0.2"} }, `prober.source "10.0.0.2": want one address of each family at most, and 10.0.0.1 is one already`},
		{func(c *prober.Config) { c.Ports.JARM = []string{"443", "x"} }, `prober.ports.jarm "x": want ports from 1 to 65535, or off`},
		{func(c *prober.Config) { c.Ports.HASSH = []string{"0"} }, `prober.ports.hassh "0": want ports from 1 to 65535, or off`},
		{func(c *prober.Config) { c.Ports.HASSH = []string{"off"} }, ""},
		{func(c *prober.Config) { c.Ports.HASSH = []string{"22", "off"} }, `prober.ports.hassh "off": want ports from 1 to 65535, or off`},
		{func(c *prober.Config) { c.Window = time.Second }, "prober.window 1s: want 1m0s to 720h0m0s"},
		{func(c *prober.Config) { c.Delay = -1 }, "prober.delay -1ns: want 0s to 1h0m0s"},
		{func(c *prober.Config) { c.Timeout = 0 }, "prober.timeout 0s: want 100ms to 1m0s"},
		{func(c *prober.Config) { c.Budget = time.Second }, "prober.budget 1s: want 5s to 1h0m0s"},
		{func(c *prober.Config) { c.PerAttacker = 17 }, "prober.per_attacker 17: want 1 to 16"},
		{func(c *prober.Config) { c.Attackers = 0 }, "prober.attackers 0: want 1 to 10000"},
	} {
		c := prober.Default()
		test.change(&c)
		have := ""
		if err := c.Validate(); err != nil {
			have = err.Error()
		}
		if have != test.want {
			t.Errorf("have %q, want %q", have, test.want)
		}
	}
}

func TestPortsFromTheEnvironment(t *testing.T) {
	cfg := struct {
		Prober prober.Config `mapstructure:"prober"`
	}{prober.Default()}
	if _, err := worker.Load(&cfg, worker.Sources{Environ: []string{
		"DECNET_PROBE_PORTS_JARM=443,50050", "DECNET_PROBE_PORTS_HASSH=off", "DECNET_PROBER_PORTS_TLS=8443", "DECNET_PROBER_PUBLIC=true",
	}}); err != nil {
		t.Fatal(err)
	}
	p := cfg.Prober.Ports
	if strings.Join(p.JARM, " ") != "443 50050" || strings.Join(p.HASSH, " ") != "off" || strings.Join(p.TLS, " ") != "8443" || !cfg.Prober.Public || len(p.TCP) != 7 {
		t.Errorf("have %+v", cfg.Prober)
	}
	tasks, err := p.Tasks()
	if err != nil {
		t.Fatal(err)
	}
	for _, task := range tasks {
		if task.Kind == "hassh" {
			t.Errorf("have %+v though it is off", task)
		}
	}
}
