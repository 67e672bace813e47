package cli

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"net/netip"
	"os"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/decnet/fleet/ini"
)

// deployFlags are what the command line says of a fleet.
type deployFlags struct {
	set                                   *pflag.FlagSet
	file, fleet, host, driver, mode       string
	deckies, mutate, apiPort              int
	iface, subnet, gateway, ipStart       string
	services, distros                     []string
	archetype, stack, logTarget, logFile  string
	randomServices, randomDistros, ipvlan bool
	allowIncoherent, dryRun, daemon       bool
	noCache, parallel, api                bool
	compose                               string
	timeout                               time.Duration
}

func newDeployFlags(c *cobra.Command) *deployFlags {
	f := &deployFlags{set: c.Flags()}
	s := c.Flags()
	s.StringVarP(&f.file, "config", "c", "", "INI file that describes the fleet; - reads standard input (see decnet validate --sample)")
	s.IntVarP(&f.deckies, "deckies", "n", 0, "how many deckies; without --config")
	s.StringVar(&f.fleet, "fleet", fleet.DefaultFleet, "name of the fleet; several may live side by side")
	s.StringVar(&f.driver, "driver", string(decnet.DriverLoopback), "loopback, native or docker")
	s.StringVar(&f.host, "host", "", "host whose deployer runs them (default this one)")
	s.StringVarP(&f.archetype, "archetype", "a", "", "what the machines are for; see decnet archetypes")
	s.StringSliceVar(&f.services, "services", nil, "what they run, with commas; see decnet services")
	s.BoolVar(&f.randomServices, "randomize-services", false, "draw the services of each")
	s.StringSliceVar(&f.distros, "distro", nil, "operating system, or several to take turns; see decnet distros")
	s.BoolVar(&f.randomDistros, "randomize-distros", false, "draw the distro of each")
	s.StringVar(&f.stack, "nmap-os", "", "TCP/IP stack that scanners see (default that of the operating system)")
	s.StringVarP(&f.iface, "interface", "i", "", "interface to the deckies' network (default that of the default route)")
	s.StringVar(&f.subnet, "subnet", "", "subnet of their addresses, as 10.20.0.0/24 (default the interface's)")
	s.StringVar(&f.gateway, "gateway", "", "gateway of that subnet (default the interface's)")
	s.StringVar(&f.ipStart, "ip-start", "", "first address to hand out")
	s.BoolVar(&f.ipvlan, "ipvlan", false, "ipvlan instead of macvlan, for Wi-Fi and networks with one MAC address per port")
	s.IntVar(&f.mutate, "mutate-interval", fleet.DefaultMutateMinutes, "minutes after which each changes, 0 for never; overrides the file")
	s.StringVar(&f.logTarget, "log-target", "", "syslog receiver for every event, as host:port, tcp://…, tls://… or udp://…")
	s.StringVar(&f.logFile, "log-file", "", "file for all events, if this starts the stack")
	s.BoolVar(&f.allowIncoherent, "allow-incoherent", false, "allow machines that do not exist, such as a Windows stack under Debian's services")
	s.BoolVar(&f.dryRun, "dry-run", false, "show the plan, and for the docker driver a docker-compose.yml, and do nothing")
	s.StringVar(&f.compose, "compose", "", "docker driver: write a docker-compose.yml and what belongs to it into this folder, and do nothing else")
	s.BoolVarP(&f.daemon, "daemon", "d", false, "return at once, without waiting for the deckies")
	s.DurationVar(&f.timeout, "timeout", 2*time.Minute, "how long to wait for the deckies")
	s.BoolVar(&f.noCache, "no-cache", false, "docker driver: build images anew")
	s.BoolVar(&f.parallel, "parallel", false, "docker driver: build images at the same time")
	s.IntVar(&f.apiPort, "api-port", 0, "port of the dashboard and the API, if this starts the stack")
	s.BoolVar(&f.api, "api", true, "the API always runs; accepted for scripts of the Python system")
	s.StringVarP(&f.mode, "mode", "m", "unihost", "unihost; swarm is not built yet")
	_ = s.MarkHidden("api")
	_ = s.MarkHidden("mode")
	for name, choices := range map[string][]string{"driver": names(decnet.Drivers()), "archetype": archetypeNames(), "distro": osNames(), "nmap-os": names(decnet.Families())} {
		_ = c.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(choices, cobra.ShellCompDirectiveNoFileComp))
	}
	return f
}

func names[T ~string](values []T) []string {
	out := make([]string, len(values))
	for i, v := range values {
		out[i] = string(v)
	}
	return out
}

func archetypeNames() []string {
	var out []string
	for _, a := range catalog.Archetypes() {
		out = append(out, a.Slug)
	}
	return out
}

func osNames() []string {
	var out []string
	for _, o := range catalog.OSes() {
		out = append(out, o.Slug)
	}
	return out
}

// check refuses flags that do not go together.
func (f *deployFlags) check(c *cobra.Command) error {
	if f.mode != "unihost" {
		return fmt.Errorf("--mode %s: want unihost; swarm is not built yet", f.mode)
	}
	if f.file == "" && f.deckies < 1 {
		return fmt.Errorf("nothing to deploy: name an INI file with --config FILE, or a number with --deckies N; see %q", c.CommandPath()+" --help")
	}
	if f.file != "" {
		for _, name := range []string{"deckies", "services", "randomize-services", "distro", "randomize-distros", "archetype", "nmap-os"} {
			if c.Flags().Changed(name) {
				return fmt.Errorf("--%s does not go with --config: the file describes the deckies", name)
			}
		}
	}
	if f.deckies > fleet.MaxDeckies {
		return fmt.Errorf("--deckies %d: want at most %d", f.deckies, fleet.MaxDeckies)
	}
	if len(f.services) > 0 && f.randomServices {
		return errors.New("--services and --randomize-services do not go together")
	}
	if f.mutate < 0 || f.mutate > fleet.MaxMinutes {
		return fmt.Errorf("--mutate-interval %d: want minutes from 1 to %d, or 0 for never", f.mutate, fleet.MaxMinutes)
	}
	if f.driver != string(decnet.DriverDocker) && (f.noCache || f.parallel || f.compose != "") {
		return errors.New("--no-cache, --parallel and --compose are about images and containers: they need --driver docker")
	}
	f.dryRun = f.dryRun || f.compose != ""
	return nil
}

// request is what the flags, and the file if there is one, ask for.
func (f *deployFlags) request(host string, services []decnet.ServiceSpec) (*fleet.Request, error) {
	r := fleet.NewRequest(host)
	r.Fleet, r.Driver, r.AllowIncoherent = f.fleet, decnet.Driver(f.driver), f.allowIncoherent
	if err := oneOfDrivers(f.driver, names(decnet.Drivers())); err != nil {
		return nil, usageError{err}
	}
	if f.file != "" {
		name, data, err := readINI(f.file)
		if err != nil {
			return nil, err
		}
		if err := ini.Load(name, data, services, r); err != nil {
			return nil, err
		}
	}
	if err := f.network(r); err != nil {
		return nil, usageError{err}
	}
	if f.logTarget != "" {
		r.LogTarget = decnet.LogTarget(f.logTarget)
	}
	if f.set.Changed("mutate-interval") {
		r.MutateMinutes = f.mutate
	}
	if f.file == "" {
		f.numbered(r)
	}
	return r, nil
}

func oneOfDrivers(value string, choices []string) error {
	for _, c := range choices {
		if c == value {
			return nil
		}
	}
	return fmt.Errorf("--driver %q: want one of %s", value, strings.Join(choices, ", "))
}

// readINI reads the file, or standard input for "-", up to a little more than
// what is allowed.
func readINI(path string) (name string, data []byte, err error) {
	in, name := os.Stdin, "standard input"
	if path != "-" {
		if in, err = os.Open(path); err != nil {
			return "", nil, fmt.Errorf("fleet file: %w", err)
		}
		defer func() { _ = in.Close() }()
		name = path
	}
	data, err = readBounded(in, ini.MaxBytes)
	return name, data, err
}

func (f *deployFlags) network(r *fleet.Request) (err error) {
	n := &r.Network
	if f.iface != "" {
		n.Interface = f.iface
	}
	n.IPvlan = f.ipvlan
	if f.subnet != "" {
		if n.Subnet, err = netip.ParsePrefix(f.subnet); err != nil {
			return fmt.Errorf("--subnet %q: want a subnet such as 10.20.0.0/24", f.subnet)
		}
	}
	for flag, to := range map[string]*netip.Addr{"gateway": &n.Gateway, "ip-start": &r.IPStart} {
		value := f.set.Lookup(flag).Value.String()
		if value == "" {
			continue
		}
		if *to, err = netip.ParseAddr(value); err != nil {
			return fmt.Errorf("--%s %q: want an address such as 10.20.0.1", flag, value)
		}
	}
	return nil
}

// numbered adds the deckies of --deckies: decky-01, decky-02, …, or in another
// fleet by its name.
func (f *deployFlags) numbered(r *fleet.Request) {
	base := "decky"
	if f.fleet != fleet.DefaultFleet {
		base = f.fleet
	}
	for i := range f.deckies {
		q := fleet.DeckyRequest{Name: fmt.Sprintf("%s-%02d", base, i+1), Archetype: f.archetype, Stack: f.stack, MutateMinutes: -1}
		q.Services = f.services
		if f.randomServices {
			q.Archetype = "" // which would choose them
		}
		q.OSes = f.distros
		if f.randomDistros && len(f.distros) == 0 {
			q.OSes = shuffledDistros(f.fleet + "/" + q.Name)
		}
		r.Deckies = append(r.Deckies, q)
	}
}

// shuffledDistros are the distros in an order that belongs to name, so that the
// same command gives the same fleet.
func shuffledDistros(name string) []string {
	h := fnv.New64a()
	_, _ = h.Write([]byte(name)) // never fails, see hash.Hash
	r := rand.New(rand.NewPCG(h.Sum64(), 0))
	var slugs []string
	for _, o := range catalog.Distros() {
		slugs = append(slugs, o.Slug)
	}
	r.Shuffle(len(slugs), func(i, j int) { slugs[i], slugs[j] = slugs[j], slugs[i] })
	return slugs
}

// stackArgs are the flags for a stack that has to be started.
func (f *deployFlags) stackArgs() stackOptions {
	var o stackOptions
	if f.apiPort != 0 {
		o.args = append(o.args, fmt.Sprintf("--listen=127.0.0.1:%d", f.apiPort))
	}
	if f.logFile != "" {
		o.env = append(o.env, "DECNET_INGEST_LOG_FILE="+f.logFile)
	}
	o.ignored = append(o.ignored, changed(f.set, "api-port", "log-file")...)
	return o
}

func changed(set *pflag.FlagSet, flags ...string) []string {
	var out []string
	for _, name := range flags {
		if set.Changed(name) {
			out = append(out, "--"+name)
		}
	}
	return out
}

// buildFlags are those for building images.
func (f *deployFlags) buildFlags() []string { return changed(f.set, "no-cache", "parallel") }
