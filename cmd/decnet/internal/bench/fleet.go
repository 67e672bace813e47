package bench

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/decnet/decnet/cmd/decnet/instance"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker/ownengine"
	"github.com/decnet/decnet/pkg/network"
)

// FleetResult is what a fleet on a network costs and carries.
type FleetResult struct {
	Deckies int `json:"deckies"`
	Sockets int `json:"sockets"`
	// ReadyMS is from the start of "decnet deploy" to its last decky being ready.
	ReadyMS float64 `json:"ready_ms"`
	// ProcessMB is the resident memory of decnet and the decoy process, and what the
	// docker engine, its containers and their shims have more than an idle engine;
	// SystemMB what the whole machine has less available than before.
	ProcessMB float64 `json:"process_mb"`
	SystemMB  float64 `json:"system_mb"`
	// IPv4 and IPv6 are the rates of connections over either.
	IPv4 Rates `json:"ipv4"`
	IPv6 Rates `json:"ipv6"`
	// DownMS is how long "decnet teardown" took.
	DownMS float64 `json:"teardown_ms"`
}

// Rates are TCP connections per second from one attacker to random deckies, without
// and with their MAC addresses known, and how many of either failed.
type Rates struct {
	Cold   float64 `json:"cold_connections_per_second"`
	Warm   float64 `json:"warm_connections_per_second"`
	Failed int     `json:"failed"`
}

// Dials of one measurement, and how many at a time.
const (
	fleetDials   = 4000
	fleetDialers = 2
)

// Fleet deploys fleets of the driver and of the sizes, one after the other, on a network
// of its own: two namespaces and a cable. It needs root and iproute2, and for the docker
// driver dockerd, which it runs for itself.
func Fleet(ctx context.Context, binary string, driver decnet.Driver, sizes []int, progress func(string)) ([]FleetResult, error) {
	if os.Geteuid() != 0 {
		return nil, errors.New("network namespaces take root: run with sudo")
	}
	var out []FleetResult
	for _, n := range sizes {
		progress(fmt.Sprintf("%d deckies", n))
		r, err := fleetOf(ctx, binary, driver, n)
		if err != nil {
			return out, fmt.Errorf("%d deckies: %w", n, err)
		}
		out = append(out, *r)
	}
	return out, nil
}

func fleetOf(ctx context.Context, binary string, driver decnet.Driver, n int) (result *FleetResult, err error) {
	s, err := newStage(ctx, binary)
	if err != nil {
		return nil, err
	}
	defer s.remove()
	if driver == decnet.DriverDocker {
		if err := s.startEngine(ctx); err != nil {
			return nil, err
		}
	}
	idle, err := s.engineMemory()
	if err != nil {
		return nil, err
	}
	before, err := available()
	if err != nil {
		return nil, err
	}
	r := &FleetResult{Deckies: n}
	begin := time.Now()
	if err := s.decnet(ctx, "deploy", "-n", strconv.Itoa(n), "--driver", string(driver), "--distro", "debian", "--interface", "lan0", "--ip-start", "10.66.1.1",
		"--services", "ssh,http", "--timeout", "10m"); err != nil {
		return nil, err
	}
	r.ReadyMS = ms(time.Since(begin))
	rss, err := instance.ResidentOf(s.dir)
	if err != nil {
		return nil, err
	}
	engine, err := s.engineMemory()
	if err != nil {
		return nil, err
	}
	after, err := available()
	if err != nil {
		return nil, err
	}
	r.ProcessMB, r.SystemMB = float64(rss+engine-idle)/1e6, float64(before-after)/1e6
	targets, err := s.targets(ctx)
	if err != nil {
		return nil, err
	}
	r.Sockets = len(targets)
	for _, family := range []struct {
		rates *Rates
		of    func(string) bool
	}{{&r.IPv4, func(at string) bool { return at[0] != '[' }}, {&r.IPv6, func(at string) bool { return at[0] == '[' }}} {
		own := slices.DeleteFunc(slices.Clone(targets), func(at string) bool { return !family.of(at) })
		if err := s.connections(ctx, own, family.rates); err != nil {
			return nil, err
		}
	}
	begin = time.Now()
	err = s.decnet(ctx, "teardown", "--all", "--timeout", "10m")
	r.DownMS = ms(time.Since(begin))
	return r, err
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// connections measures the rates. Before a cold round the attacker forgets every
// MAC address.
func (s *stage) connections(ctx context.Context, targets []string, r *Rates) error {
	var cold, warm time.Duration
	dials := 0
	for dials < fleetDials {
		rand.Shuffle(len(targets), func(i, j int) { targets[i], targets[j] = targets[j], targets[i] })
		round := targets[:min(len(targets), fleetDials-dials)]
		if err := ip(ctx, "-n "+s.attacker+" neigh flush all"); err != nil {
			return err
		}
		for _, into := range []*time.Duration{&cold, &warm} {
			took, failed, err := s.dial(round)
			if err != nil {
				return err
			}
			*into += took
			r.Failed += failed
		}
		dials += len(round)
	}
	r.Cold, r.Warm = float64(dials)/cold.Seconds(), float64(dials)/warm.Seconds()
	return nil
}

// dial connects to every target once from the attacker's namespace.
func (s *stage) dial(targets []string) (time.Duration, int, error) {
	var next, failed atomic.Int64
	var wg sync.WaitGroup
	errs := make([]error, fleetDialers)
	begin := time.Now()
	for i := range fleetDialers {
		wg.Go(func() {
			errs[i] = network.Enter("/run/netns/"+s.attacker, func() error {
				for {
					n := int(next.Add(1)) - 1
					if n >= len(targets) {
						return nil
					}
					c, err := net.DialTimeout("tcp", targets[n], 10*time.Second) //nolint:noctx // bounded
					if err != nil {
						failed.Add(1)
						continue
					}
					_ = c.(*net.TCPConn).SetLinger(0) // no TIME-WAIT on our side
					_ = c.Close()
				}
			})
		})
	}
	wg.Wait()
	return time.Since(begin), int(failed.Load()), errors.Join(errs...)
}

// available is MemAvailable of the machine, in bytes.
func available() (int64, error) {
	data, err := os.ReadFile("/proc/meminfo")
	if err != nil {
		return 0, err
	}
	for line := range strings.Lines(string(data)) {
		var kib int64
		if _, err := fmt.Sscanf(line, "MemAvailable: %d kB", &kib); err == nil {
			return kib << 10, nil
		}
	}
	return 0, errors.New("/proc/meminfo has no MemAvailable")
}

func (s *stage) decnet(ctx context.Context, args ...string) error {
	_, err := s.output(ctx, args...)
	return err
}

func (s *stage) output(ctx context.Context, args ...string) ([]byte, error) {
	// Not "ip netns exec", which has mounts of its own: what is pinned there is gone with it.
	cmd := exec.CommandContext(ctx, "nsenter", append([]string{"--net=/run/netns/" + s.host, s.binary}, args...)...) //nolint:gosec // ourselves
	cmd.Env = append(os.Environ(), "DOCKER_HOST="+ownengine.Host(s.dir), "DECNET_DATA_DIR="+s.dir, "DECNET_API_LISTEN=127.0.0.1:0", "NO_COLOR=1", "DECNET_DEPLOYER_NATIVE_DIR="+filepath.Join(s.dir, "netns"))
	var stderr strings.Builder
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("decnet %s: %w: %s", args[0], err, strings.TrimSpace(stderr.String()))
	}
	return out, nil
}
