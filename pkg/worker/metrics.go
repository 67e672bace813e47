package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"github.com/decnet/decnet/pkg/decnet"
)

// MetricsConfig says where a process shows its metrics and health to machines.
type MetricsConfig struct {
	Listen string `mapstructure:"listen" doc:"address for /metrics, /healthz and /readyz, such as 127.0.0.1:9464; empty for none"`
}

// Validate refuses what is no address.
func (c MetricsConfig) Validate() error {
	if c.Listen == "" {
		return nil
	}
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("metrics.listen %q: want host:port", c.Listen)
	}
	return nil
}

// ListenMetrics takes the configured address, so that one that cannot be had is
// told before anything starts. Without an address there is no listener.
func (rt *Runtime) ListenMetrics(ctx context.Context) (net.Listener, error) {
	if rt.Common.Metrics.Listen == "" {
		return nil, nil // no address is a setting, not a fault
	}
	l, err := new(net.ListenConfig).Listen(ctx, "tcp", rt.Common.Metrics.Listen)
	if err != nil {
		return nil, fmt.Errorf("metrics.listen: %w", err)
	}
	rt.Log.Info("metrics", "listen", l.Addr().String())
	return l, nil
}

// ServeMetrics answers on l, until ctx is done: /metrics in Prometheus' text
// format, /healthz (the process lives) and /readyz (every worker is ready,
// otherwise 503 and which is not). Without a listener it only waits.
func (rt *Runtime) ServeMetrics(ctx context.Context, l net.Listener) error {
	if l == nil {
		<-ctx.Done()
		return nil
	}
	srv := &http.Server{Handler: rt.metricsHandler(), ReadHeaderTimeout: 5 * time.Second}
	stop := context.AfterFunc(ctx, func() { _ = srv.Close() })
	defer stop()
	if err := srv.Serve(l); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("serve metrics: %w", err)
	}
	return nil
}

func (rt *Runtime) metricsHandler() http.Handler {
	reg := prometheus.NewRegistry()
	reg.MustRegister(healthCollector{rt}, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", promhttp.HandlerFor(reg, promhttp.HandlerOpts{}))
	mux.HandleFunc("GET /healthz", func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write([]byte("ok\n")) })
	mux.HandleFunc("GET /readyz", func(w http.ResponseWriter, _ *http.Request) {
		waiting := map[string]string{}
		for _, h := range rt.Healths() {
			if h.Status != decnet.StatusReady {
				waiting[h.Worker] = string(h.Status) + " " + h.Reason
			}
		}
		w.Header().Set("Content-Type", "application/json")
		if len(waiting) > 0 {
			w.WriteHeader(http.StatusServiceUnavailable)
		}
		_ = json.NewEncoder(w).Encode(map[string]any{"ready": len(waiting) == 0, "waiting": waiting})
	})
	return mux
}

// healthCollector shows every worker's status and totals as metrics, so that a
// counter is declared once, where it is counted.
type healthCollector struct{ rt *Runtime }

var (
	descUp      = prometheus.NewDesc("decnet_worker_up", "1 if the worker is ready.", []string{"worker", "status"}, nil)
	descRestart = prometheus.NewDesc("decnet_worker_restarts_total", "How often the worker was started again.", []string{"worker"}, nil)
	descCounter = prometheus.NewDesc("decnet_worker_total", "A worker's totals since it started, by name.", []string{"worker", "name"}, nil)
)

// Describe implements prometheus.Collector.
func (healthCollector) Describe(ch chan<- *prometheus.Desc) {
	ch <- descUp
	ch <- descRestart
	ch <- descCounter
}

// Collect implements prometheus.Collector.
func (c healthCollector) Collect(ch chan<- prometheus.Metric) {
	for _, h := range c.rt.Healths() {
		up := 0.0
		if h.Status == decnet.StatusReady {
			up = 1
		}
		ch <- prometheus.MustNewConstMetric(descUp, prometheus.GaugeValue, up, h.Worker, string(h.Status))
		ch <- prometheus.MustNewConstMetric(descRestart, prometheus.CounterValue, float64(h.Restarts), h.Worker)
		for name, n := range h.Counters {
			ch <- prometheus.MustNewConstMetric(descCounter, prometheus.CounterValue, float64(n), h.Worker, name)
		}
	}
}
