package prober

import (
	"fmt"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/services/prober/probe"
)

// Config of the prober.
type Config struct {
	Enabled     bool          `mapstructure:"enabled" doc:"probe attackers' hosts at all"`
	Dry         bool          `mapstructure:"dry" doc:"connect to nobody and publish nothing, but log what would be done"`
	Private     bool          `mapstructure:"private" doc:"probe private addresses (RFC 1918, RFC 4193)"`
	Public      bool          `mapstructure:"public" doc:"probe addresses of the Internet; see docs/prober.md first"`
	Allow       []string      `mapstructure:"allow" doc:"networks that may be probed besides, with commas"`
	Deny        []string      `mapstructure:"deny" doc:"networks that are never probed, with commas; it wins over allow"`
	Source      []string      `mapstructure:"source" doc:"own addresses that connections come from, at most one of IPv4 and one of IPv6; empty is as routes say"`
	Ports       Ports         `mapstructure:"ports"`
	Window      time.Duration `mapstructure:"window" doc:"how long a host is not asked again for the same at the same port"`
	Delay       time.Duration `mapstructure:"delay" doc:"how long after its sighting a host is probed at the earliest"`
	Jitter      time.Duration `mapstructure:"jitter" doc:"by how much longer that is at most, at random"`
	Attackers   int           `mapstructure:"attackers" doc:"hosts that are begun in a minute at most, by each instance"`
	Connections int           `mapstructure:"connections" doc:"connections in a minute at most, by each instance"`
	Concurrency int           `mapstructure:"concurrency" doc:"hosts that are probed at once, by each instance"`
	PerAttacker int           `mapstructure:"per_attacker" doc:"connections to one host at once"`
	Pause       time.Duration `mapstructure:"pause" doc:"pause between connections to one host"`
	Timeout     time.Duration `mapstructure:"timeout" doc:"how long one connection takes at most, from beginning to end"`
	Budget      time.Duration `mapstructure:"budget" doc:"how long all connections to one host take at most"`
	Queue       int           `mapstructure:"queue" doc:"hosts that wait for their turn at most; a further one is taken with its next sighting"`
	// Exclusive may be set where no other instance shares the bus.
	Exclusive bool `mapstructure:"exclusive" doc:"the only prober of its bus: what a predecessor left unfinished is taken up at once"`
}

// Ports are where each kind is asked for. "off" is nowhere.
type Ports struct {
	JARM   []string `mapstructure:"jarm" env:"DECNET_PROBE_PORTS_JARM" doc:"ports that are asked for JARM, with commas; off is none"`
	HASSH  []string `mapstructure:"hassh" env:"DECNET_PROBE_PORTS_HASSH" doc:"ports that are asked for HASSHServer"`
	TLS    []string `mapstructure:"tls" env:"DECNET_PROBE_PORTS_TLS" doc:"ports that are asked for a certificate"`
	Banner []string `mapstructure:"banner" env:"DECNET_PROBE_PORTS_BANNER" doc:"ports that are listened to for what a server says by itself"`
	HTTP   []string `mapstructure:"http" env:"DECNET_PROBE_PORTS_HTTP" doc:"ports that are sent a plain HTTP request"`
	TCP    []string `mapstructure:"tcp" env:"DECNET_PROBE_PORTS_TCP" doc:"ports whose SYN-ACKs are looked at, which takes CAP_NET_RAW"`
}

// DefaultPorts are those at which attackers' hosts are likely to have something.
func DefaultPorts() Ports {
	list := func(s string) []string { return strings.Split(s, ",") }
	tls := "443,8443,8080,4443,50050,2222,993,995,8888,9001"
	return Ports{
		JARM: list(tls), TLS: list(tls), HASSH: list("22,2222,22222,2022"), TCP: list("22,80,443,8080,8443,445,3389"),
		Banner: list("21,23,25,110,143,3306,5900"), HTTP: list("80,8000,8080"),
	}
}

// Default probes private addresses, one connection at a time.
func Default() Config {
	return Config{
		Enabled: true, Private: true, Ports: DefaultPorts(), Window: 24 * time.Hour, Delay: 30 * time.Second, Jitter: time.Minute,
		Attackers: 30, Connections: 600, Concurrency: 4, PerAttacker: 1, Pause: 100 * time.Millisecond,
		Timeout: 5 * time.Second, Budget: 3 * time.Minute, Queue: 1000,
	}
}

// Validate reports the first setting that cannot work.
func (c *Config) Validate() error {
	if _, err := c.Rules(); err != nil {
		return err
	}
	if _, err := c.sources(); err != nil {
		return err
	}
	if _, err := c.Ports.Tasks(); err != nil {
		return err
	}
	for _, d := range []struct {
		name        string
		have        time.Duration
		least, most time.Duration
	}{
		{"window", c.Window, time.Minute, decnet.ProbesKept - 24*time.Hour},
		{"delay", c.Delay, 0, maxAge},
		{"jitter", c.Jitter, 0, maxAge},
		{"pause", c.Pause, 0, time.Minute},
		{"timeout", c.Timeout, 100 * time.Millisecond, time.Minute},
		{"budget", c.Budget, c.Timeout, time.Hour},
	} {
		if d.have < d.least || d.have > d.most {
			return fmt.Errorf("prober.%s %v: want %v to %v", d.name, d.have, d.least, d.most)
		}
	}
	for _, n := range []struct {
		name       string
		have, most int
	}{
		{"attackers", c.Attackers, 10_000},
		{"connections", c.Connections, 100_000},
		{"concurrency", c.Concurrency, 256},
		{"per_attacker", c.PerAttacker, 16},
		{"queue", c.Queue, 100_000},
	} {
		if n.have < 1 || n.have > n.most {
			return fmt.Errorf("prober.%s %d: want 1 to %d", n.name, n.have, n.most)
		}
	}
	return nil
}

// Rules are what the settings say of addresses.
func (c *Config) Rules() (*probe.Rules, error) {
	r := &probe.Rules{Private: c.Private, Public: c.Public}
	var err error
	if r.Allow, err = prefixes("allow", c.Allow); err != nil {
		return nil, err
	}
	r.Deny, err = prefixes("deny", c.Deny)
	return r, err
}

func prefixes(key string, list []string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, s := range list {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		if a, err := netip.ParseAddr(s); err == nil {
			a = a.Unmap().WithZone("")
			out = append(out, netip.PrefixFrom(a, a.BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(s)
		switch {
		case err != nil || p.Addr().Is4In6():
			return nil, fmt.Errorf("prober.%s %q: want a network such as 192.0.2.0/24, or an address", key, s)
		case p != p.Masked():
			return nil, fmt.Errorf("prober.%s %q has bits beyond its length: want %s", key, s, p.Masked())
		}
		out = append(out, p)
	}
	return out, nil
}

func (c *Config) sources() ([]netip.Addr, error) {
	var out []netip.Addr
	for _, s := range c.Source {
		if s = strings.TrimSpace(s); s == "" {
			continue
		}
		a, err := netip.ParseAddr(s)
		if err != nil || a.IsUnspecified() || a.IsMulticast() {
			return nil, fmt.Errorf("prober.source %q: want an address of this machine", s)
		}
		a = a.Unmap()
		for _, other := range out {
			if other.Is4() == a.Is4() {
				return nil, fmt.Errorf("prober.source %q: want one address of each family at most, and %s is one already", s, other)
			}
		}
		out = append(out, a)
	}
	return out, nil
}

// Of returns the list of a kind, nil for one that there is not.
func (p *Ports) Of(k probe.Kind) *[]string {
	switch k {
	case probe.JARM:
		return &p.JARM
	case probe.SSH:
		return &p.HASSH
	case probe.Certificate:
		return &p.TLS
	case probe.Banner:
		return &p.Banner
	case probe.HTTP:
		return &p.HTTP
	case probe.TCP:
		return &p.TCP
	}
	return nil
}

// maxPorts bounds the ports of a kind.
const maxPorts = 64

// Tasks are all kinds at all their ports.
func (p *Ports) Tasks() ([]probe.Task, error) {
	var out []probe.Task
	for _, kind := range probe.Kinds() {
		list := *p.Of(kind)
		if len(list) > maxPorts {
			return nil, fmt.Errorf("prober.ports.%s has %d ports: want at most %d", kind, len(list), maxPorts)
		}
		for _, s := range list {
			if s = strings.TrimSpace(s); s == "" || s == "off" && len(list) == 1 {
				continue
			}
			port, err := strconv.ParseUint(s, 10, 16)
			if err != nil || port == 0 {
				return nil, fmt.Errorf("prober.ports.%s %q: want ports from 1 to 65535, or off", kind, s)
			}
			out = append(out, probe.Task{Kind: kind, Port: uint16(port)})
		}
	}
	return probe.Order(out), nil
}
