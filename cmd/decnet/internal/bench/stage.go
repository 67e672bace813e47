package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/docker/ownengine"
)

// stage is a host and an attacker in network namespaces with a cable between them.
type stage struct {
	binary, dir    string
	host, attacker string
	engine         *ownengine.Process // a Docker engine on the host, or nil
	thresholds     map[string]string  // of the machine's neighbour tables, as they were
}

// neighbours is how many entries the machine's neighbour tables get: both ends of
// the stage have theirs in them, and from inside a namespace they cannot be raised.
const neighbours = "131072"

// raise makes room in the neighbour tables.
func (s *stage) raise() error {
	s.thresholds = make(map[string]string)
	for _, family := range []string{"ipv4", "ipv6"} {
		for _, n := range []string{"3", "2", "1"} {
			path := "/proc/sys/net/" + family + "/neigh/default/gc_thresh" + n
			before, err := os.ReadFile(path)
			if err == nil {
				err = os.WriteFile(path, []byte(neighbours), 0)
			}
			if err != nil {
				return fmt.Errorf("neighbour tables: %w", err)
			}
			s.thresholds[path] = strings.TrimSpace(string(before))
		}
	}
	return nil
}

func newStage(ctx context.Context, binary string) (*stage, error) {
	dir, err := os.MkdirTemp("", "decnet-bench-")
	if err != nil {
		return nil, err
	}
	tag := fmt.Sprintf("decnet-bench-%d", os.Getpid())
	s := &stage{binary: binary, dir: dir, host: tag + "-host", attacker: tag + "-attacker"}
	if err := s.raise(); err != nil {
		s.remove()
		return nil, err
	}
	for _, line := range []string{
		"netns add " + s.host, "netns add " + s.attacker,
		"-n " + s.host + " link add lan0 type veth peer name eth0 netns " + s.attacker,
		"-n " + s.host + " addr add 10.66.0.2/16 dev lan0", "-n " + s.host + " addr add fd66::2/64 dev lan0 nodad",
		"-n " + s.host + " link set lo up", "-n " + s.host + " link set lan0 up",
		"-n " + s.attacker + " addr add 10.66.0.1/16 dev eth0", "-n " + s.attacker + " addr add fd66::1/64 dev eth0 nodad",
		"-n " + s.attacker + " link set lo up", "-n " + s.attacker + " link set eth0 up",
		"-n " + s.host + " route add default via 10.66.0.1",
	} {
		if err := ip(ctx, line); err != nil {
			s.remove()
			return nil, err
		}
	}
	return s, nil
}

func ip(ctx context.Context, line string) error {
	out, err := exec.CommandContext(ctx, "ip", strings.Fields(line)...).CombinedOutput() //nolint:gosec // our own words
	if err != nil {
		return fmt.Errorf("ip %s: %w: %s", line, err, strings.TrimSpace(string(out)))
	}
	return nil
}

// remove ends what still runs on the stage and takes it down.
func (s *stage) remove() {
	ctx := context.Background()
	if s.engine != nil {
		s.engine.Stop()
	}
	for _, ns := range []string{s.host, s.attacker} {
		pids, _ := exec.CommandContext(ctx, "ip", "netns", "pids", ns).Output() //nolint:gosec // our own name
		for pid := range strings.FieldsSeq(string(pids)) {
			_ = exec.CommandContext(ctx, "kill", "-9", pid).Run() //nolint:gosec // it runs in a namespace of ours
		}
		_ = ip(ctx, "netns del "+ns) // it may not have been made
	}
	for _, n := range []string{"1", "2", "3"} { // the lowest first, so that they are in order at any time
		for path, value := range s.thresholds {
			if strings.HasSuffix(path, n) {
				_ = os.WriteFile(path, []byte(value), 0)
			}
		}
	}
	// After a failure deckies may still be pinned there.
	_ = exec.CommandContext(ctx, "umount", "--recursive", "--lazy", filepath.Join(s.dir, "netns")).Run() //nolint:gosec // our own folder
	_ = os.RemoveAll(s.dir)
}

// targets are all sockets of the deployed fleet.
func (s *stage) targets(ctx context.Context) ([]string, error) {
	out, err := s.output(ctx, "status", "--output", "json")
	if err != nil {
		return nil, err
	}
	var items []struct {
		Services []decnet.ServiceState `json:"services"`
	}
	if err := json.Unmarshal(out, &items); err != nil {
		return nil, fmt.Errorf("decnet status: %w", err)
	}
	var targets []string
	for _, i := range items {
		for _, svc := range i.Services {
			if svc.Up {
				targets = append(targets, netip.AddrPortFrom(svc.Address, svc.Port).String())
			}
		}
	}
	return targets, nil
}
