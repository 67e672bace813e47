package stack

import (
	"context"
	"os"
	"path/filepath"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/embed"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/api"
	"github.com/decnet/decnet/services/collector"
	"github.com/decnet/decnet/services/deployer"
	"github.com/decnet/decnet/services/forwarder"
	"github.com/decnet/decnet/services/ingester"
	"github.com/decnet/decnet/services/prober"
	"github.com/decnet/decnet/services/profiler"
	"github.com/decnet/decnet/services/sniffer"
)

// stack is what Run holds while it runs.
type stack struct {
	cfg      Config
	progress Progress
	rt       *worker.Runtime
	store    *store.Store
	bus      *bus.Bus
	api      atomic.Pointer[api.Server]
	begun    time.Time
	summary  Summary
}

// Run brings everything up, tells progress, and keeps it up until ctx is done;
// then it takes it down in order.
func Run(ctx context.Context, cfg Config, version string, progress Progress, warnings []string) error {
	limitMemory()
	s := &stack{cfg: cfg, progress: progress, begun: time.Now(), summary: Summary{User: cfg.Admin.User, Warnings: warnings}}
	lock, err := lockDir(cfg.DataDir)
	if err != nil {
		return err
	}
	defer func() { _ = lock.Close() }()
	log, closeLog, err := worker.NewLogger(cfg.Log)
	if err != nil {
		return err
	}
	defer func() { _ = closeLog.Close() }()
	telemetry, err := worker.NewTelemetry(ctx, cfg.Telemetry, version)
	if err != nil {
		return err
	}
	s.rt = &worker.Runtime{Common: cfg.Common, Version: version, Log: log, Telemetry: telemetry}
	defer s.rt.Close()
	log.Info("starting", "version", version, "data_dir", cfg.DataDir, "host", cfg.Host)
	defer log.Info("stopped")

	if err := s.openStore(ctx); err != nil {
		return err
	}
	defer func() { _ = s.store.Close() }() // everything acknowledged is committed
	stopBus, err := s.openBus(ctx)
	if err != nil {
		return err
	}
	defer stopBus()
	defer func() { _ = os.Remove(runPath(cfg.DataDir)) }()
	return s.supervise(ctx)
}

func (s *stack) openStore(ctx context.Context) error {
	begin := time.Now()
	var err error
	if s.store, err = store.Open(ctx, s.cfg.Store); err != nil {
		return err
	}
	password, isNew := s.cfg.Admin.Password, false
	if n, err := s.store.Users.Count(ctx); err != nil {
		return err
	} else if n == 0 && password == "" {
		// Kept before the user exists, so that it cannot be lost between.
		if password, isNew, err = secret(s.cfg.DataDir, passwordFile, api.NewPassword); err != nil {
			return err
		}
	}
	created, err := api.EnsureAdmin(ctx, s.store, s.cfg.Admin.User, password)
	if err != nil {
		return err
	}
	if created && isNew {
		s.summary.NewPassword = password
	}
	if path := PasswordFile(s.cfg.DataDir); isFile(path) {
		s.summary.PasswordFile = path
	}
	s.progress.Step("store", time.Since(begin), s.cfg.Store.Location())
	return nil
}

func isFile(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode().IsRegular()
}

// openBus joins the configured bus, or runs one here.
func (s *stack) openBus(ctx context.Context) (func(), error) {
	begin := time.Now()
	stopServer, note := func() {}, s.rt.Common.Bus.URL
	if s.rt.Common.Bus.URL == "" {
		server, err := embed.Start(s.cfg.Embedded, filepath.Join(s.cfg.DataDir, "bus"), s.rt.Log.With("worker", "bus"))
		if err != nil {
			return nil, err
		}
		s.rt.Dialer, s.rt.Common.Bus.URL = server, server.URL()
		// Nobody else can be on a bus of our own but what we start.
		s.cfg.Ingester.Exclusive, s.cfg.Profiler.Exclusive, s.cfg.Prober.Exclusive, s.cfg.Forwarder.Exclusive = true, true, true, true
		stopServer, note = server.Stop, "in this process"
	}
	var err error
	s.bus, err = bus.Connect(ctx, s.rt.Common.Bus, bus.WithName("decnet-up"), bus.WithDialer(s.rt.Dialer), bus.WithLogger(s.rt.Log))
	if err != nil {
		stopServer()
		return nil, err
	}
	stop := func() {
		s.bus.Close()
		stopServer()
	}
	if err := s.bus.EnsureTopology(ctx); err != nil {
		stop()
		return nil, err
	}
	s.progress.Step("bus", time.Since(begin), note)
	return stop, nil
}

// supervise runs the workers. They start from the end of the data flow to its
// beginning and stop the other way round, so that what one still sends finds
// somebody to take it.
func (s *stack) supervise(ctx context.Context) error {
	sup := worker.Supervisor{Log: s.rt.Log, OnReady: func(name string, took time.Duration) {
		note := ""
		if name == "api" {
			note = s.url()
		}
		s.progress.Step(name, took, note)
	}}
	metrics, err := s.rt.ListenMetrics(ctx)
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return s.rt.ServeMetrics(gctx, metrics) })
	g.Go(func() error {
		defer context.AfterFunc(gctx, s.progress.Stopping)()
		return sup.Run(gctx, func() { s.announce(gctx) },
			s.rt.Unit("prober", func(ctx context.Context, env worker.Env) error {
				p, err := prober.New(s.cfg.Prober, env)
				return run(ctx, p, err)
			}),
			s.rt.Unit("profiler", func(ctx context.Context, env worker.Env) error {
				p, err := profiler.New(s.cfg.Profiler, env, s.store.Events, s.store.Attackers, s.store.Credentials)
				return run(ctx, p, err)
			}),
			s.rt.Unit("forwarder", func(ctx context.Context, env worker.Env) error {
				f, err := forwarder.New(s.cfg.Forwarder, env)
				return run(ctx, f, err)
			}),
			s.rt.Unit("ingester", func(ctx context.Context, env worker.Env) error {
				i, err := ingester.New(s.cfg.Ingester, env, s.store)
				return run(ctx, i, err)
			}),
			s.rt.Unit("collector", func(ctx context.Context, env worker.Env) error {
				c, err := collector.New(s.cfg.Collector, env)
				return run(ctx, c, err)
			}),
			s.rt.Unit("sniffer", func(ctx context.Context, env worker.Env) error {
				n, err := sniffer.New(s.cfg.Sniffer, env)
				return run(ctx, n, err)
			}),
			s.rt.Unit("api", func(ctx context.Context, env worker.Env) error {
				a, err := api.New(s.cfg.API, env, s.store, Services())
				s.api.Store(a)
				return run(ctx, a, err)
			}),
			s.rt.Unit("deployer", func(ctx context.Context, env worker.Env) error {
				if s.cfg.Demo {
					if err := deployDemo(ctx, env.Bus, env.Host); err != nil {
						return err
					}
				}
				d, err := deployer.New(s.cfg.Deployer, env, registry.All())
				return run(ctx, d, err)
			}),
		)
	})
	return g.Wait()
}

func run(ctx context.Context, w interface{ Run(context.Context) error }, err error) error {
	if err != nil {
		return err
	}
	return w.Run(ctx)
}

// url is where the API listens, which is up by the time anybody asks.
func (s *stack) url() string { return "http://" + s.api.Load().Addr() }
