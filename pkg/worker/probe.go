package worker

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"time"
)

// probeTimeout is how long a worker may take to say whether it is ready.
const probeTimeout = 3 * time.Second

// probeAlone asks the worker of a configuration whether it is ready. It is for
// images that have no other program to ask with.
func probeAlone(ctx context.Context, cfg Configuration, file string) error {
	if _, _, err := loadAlone(cfg, file); err != nil {
		return err
	}
	listen := cfg.Base().Metrics.Listen
	host, port, err := net.SplitHostPort(listen)
	if err != nil {
		return errors.New("metrics.listen is empty or no address: set it in the configuration or DECNET_METRICS_LISTEN")
	}
	if addr, err := netip.ParseAddr(host); host == "" || err == nil && addr.IsUnspecified() {
		host = "localhost"
	}
	ctx, cancel := context.WithTimeout(ctx, probeTimeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+net.JoinHostPort(host, port)+"/readyz", http.NoBody)
	if err != nil {
		return fmt.Errorf("metrics.listen %q: want host:port", listen)
	}
	client := http.Client{Transport: &http.Transport{DisableKeepAlives: true}}
	res, err := client.Do(req)
	if err != nil {
		return fmt.Errorf("nobody answers: %w", err)
	}
	defer func() { _ = res.Body.Close() }() // was only read
	said, err := io.ReadAll(io.LimitReader(res.Body, 4<<10))
	if err != nil {
		return fmt.Errorf("nobody answers: %w", err)
	}
	if res.StatusCode != http.StatusOK {
		return fmt.Errorf("not ready: %s", strings.TrimSpace(string(said)))
	}
	return nil
}
