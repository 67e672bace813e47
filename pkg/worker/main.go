package worker

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"

	"github.com/spf13/pflag"
	"golang.org/x/sync/errgroup"
)

// Version is the product's version, set by the linker.
var Version = "0.0.0-dev"

// Configuration is a worker's whole configuration: a pointer to a struct that
// embeds Common.
type Configuration interface {
	Base() *Common
	Validate() error
}

// Main runs one worker as a process of its own and returns its exit status: 0
// after a signal, 1 for an error, 2 for bad usage, each with one line. Its whole
// configuration comes from --config or DECNET_CONFIG, the .env files of the
// working directory and the environment.
func Main(name string, cfg Configuration, run func(context.Context, Env) error) int {
	flags := pflag.NewFlagSet("decnet-"+name, pflag.ContinueOnError)
	file := flags.String("config", "", "configuration file (YAML, TOML or JSON)")
	probe := flags.Bool("probe", false, "ask the worker that runs with this configuration whether it is ready, and end with 0 if it is")
	if err := flags.Parse(os.Args[1:]); errors.Is(err, pflag.ErrHelp) {
		return 0
	} else if err != nil {
		fmt.Fprintf(os.Stderr, "decnet-%s: %v\n", name, err)
		return 2
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	work := func() error { return runAlone(ctx, name, cfg, *file, run) }
	if *probe {
		work = func() error { return probeAlone(ctx, cfg, *file) }
	}
	if err := work(); err != nil {
		fmt.Fprintf(os.Stderr, "decnet-%s: %v\n", name, err)
		return 1
	}
	return 0
}

func runAlone(ctx context.Context, name string, cfg Configuration, file string, run func(context.Context, Env) error) error {
	src, settings, err := loadAlone(cfg, file)
	if err != nil {
		return err
	}
	src.Export()
	base := cfg.Base()
	if base.Bus.URL == "" {
		return errors.New("bus.url is empty: a worker of its own has to join a bus; set it in the configuration or DECNET_BUS_URL")
	}
	if err := base.Validate(); err != nil {
		return err
	}
	if err := cfg.Validate(); err != nil {
		return err
	}
	log, closer, err := NewLogger(base.Log)
	if err != nil {
		return err
	}
	defer func() { _ = closer.Close() }()
	for _, w := range src.Warnings(settings) {
		log.Warn("configuration", "warning", w)
	}
	telemetry, err := NewTelemetry(ctx, base.Telemetry, Version)
	if err != nil {
		return err
	}
	rt := &Runtime{Common: *base, Version: Version, Log: log, Telemetry: telemetry, Alone: true}
	defer rt.Close()
	metrics, err := rt.ListenMetrics(ctx)
	if err != nil {
		return err
	}
	g, gctx := errgroup.WithContext(ctx)
	g.Go(func() error { return rt.ServeMetrics(gctx, metrics) })
	g.Go(func() error {
		s := Supervisor{Log: log, StartTimeout: -1}
		return s.Run(gctx, func() { log.Info("ready", "worker", name) }, rt.Unit(name, run))
	})
	return g.Wait()
}

// loadAlone reads the configuration of a worker that is a process of its own.
func loadAlone(cfg Configuration, file string) (*Sources, []Setting, error) {
	src := &Sources{File: file, Environ: os.Environ()}
	if err := src.ReadDotEnv("."); err != nil {
		return nil, nil, err
	}
	if src.File == "" {
		src.File, _ = src.Lookup("DECNET_CONFIG")
	}
	settings, err := Load(cfg, *src)
	return src, settings, err
}
