// Command profiler runs the profiler as a process of its own.
package main

import (
	"context"
	"os"

	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/profiler"
)

// config is the whole configuration of the process.
type config struct {
	worker.Common `mapstructure:",squash"`
	Store         store.Config    `mapstructure:"store"`
	Profiler      profiler.Config `mapstructure:"profiler"`
}

func main() {
	cfg := &config{Common: worker.DefaultCommon(), Store: store.Default(), Profiler: profiler.Default()}
	os.Exit(worker.Main("profiler", cfg, func(ctx context.Context, env worker.Env) error {
		s, err := store.Open(ctx, cfg.Store)
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }() // everything acknowledged is committed
		p, err := profiler.New(cfg.Profiler, env, s.Events, s.Attackers, s.Credentials)
		if err != nil {
			return err
		}
		return p.Run(ctx)
	}))
}
