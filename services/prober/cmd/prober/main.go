// Command prober runs the prober as a process of its own.
package main

import (
	"context"
	"os"

	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/prober"
)

// config is the whole configuration of the process.
type config struct {
	worker.Common `mapstructure:",squash"`
	Prober        prober.Config `mapstructure:"prober"`
}

func main() {
	cfg := &config{Common: worker.DefaultCommon(), Prober: prober.Default()}
	os.Exit(worker.Main("prober", cfg, func(ctx context.Context, env worker.Env) error {
		p, err := prober.New(cfg.Prober, env)
		if err != nil {
			return err
		}
		return p.Run(ctx)
	}))
}
