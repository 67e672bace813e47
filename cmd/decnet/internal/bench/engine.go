package bench

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/decnet/decnet/pkg/docker"
	"github.com/decnet/decnet/pkg/docker/ownengine"
)

// benchBase is the image that decoys are put on. An empty one stands in for it, so that
// no registry is needed.
const benchBase = "debian:bookworm-slim"

// startEngine starts a Docker engine of the stage's own on its host.
func (s *stage) startEngine(ctx context.Context) error {
	log, err := os.Create(filepath.Join(s.dir, "dockerd.log"))
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }() // the engine has its own
	if s.engine, err = ownengine.Start(s.host, s.dir, "decnet-bench", log); err != nil {
		return err
	}
	for range 300 {
		if err = s.importBase(ctx); err == nil || !errors.Is(err, docker.ErrAbsent) {
			break
		}
		time.Sleep(100 * time.Millisecond)
	}
	if err != nil {
		said, _ := os.ReadFile(log.Name())
		return fmt.Errorf("%w\n%s", err, said[max(0, len(said)-1000):])
	}
	return s.decnet(ctx, "images", "build", "--distro", "debian")
}

func (s *stage) importBase(ctx context.Context) error {
	e, err := docker.Connect(ctx, ownengine.Host(s.dir))
	if err != nil {
		return err
	}
	defer func() { _ = e.Close() }() // what was imported is there
	var b bytes.Buffer
	w := tar.NewWriter(&b)
	if err := errors.Join(w.WriteHeader(&tar.Header{Name: "etc/", Typeflag: tar.TypeDir, Mode: 0o755}), w.Close()); err != nil {
		return err
	}
	return e.ImportRootfs(ctx, &b, benchBase)
}

// engineMemory is what the engine, its containers and their shims have in memory: the
// proportional set size, in bytes, since the containers share their program.
func (s *stage) engineMemory() (int64, error) {
	if s.engine == nil {
		return 0, nil
	}
	parents := make(map[int]int)
	ours := make(map[int]bool)
	all, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		return 0, err
	}
	for _, proc := range all {
		pid, _ := strconv.Atoi(filepath.Base(proc)) // it is a number
		line, _ := os.ReadFile(filepath.Join(proc, "cmdline"))
		stat, _ := os.ReadFile(filepath.Join(proc, "stat"))
		_, rest, _ := strings.Cut(string(stat), ") ")
		var state string
		var parent int
		_, _ = fmt.Sscan(rest, &state, &parent) // it may have ended
		parents[pid] = parent
		ours[pid] = bytes.Contains(line, []byte("docker")) && bytes.Contains(line, []byte(s.dir))
	}
	total := int64(0)
	for pid := range parents {
		if !ours[pid] && !ours[parents[pid]] {
			continue
		}
		data, err := os.ReadFile(fmt.Sprintf("/proc/%d/smaps_rollup", pid))
		if err != nil {
			continue // it has ended
		}
		for line := range strings.Lines(string(data)) {
			var kib int64
			if _, err := fmt.Sscanf(line, "Pss: %d kB", &kib); err == nil {
				total += kib << 10
			}
		}
	}
	return total, nil
}
