// Command collector runs the collector as a process of its own.
package main

import (
	"context"
	"os"

	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/collector"
)

// config is the whole configuration of the process.
type config struct {
	worker.Common `mapstructure:",squash"`
	Collector     collector.Config `mapstructure:"collector"`
}

func main() {
	cfg := &config{Common: worker.DefaultCommon(), Collector: collector.Default(".")}
	os.Exit(worker.Main("collector", cfg, func(ctx context.Context, env worker.Env) error {
		c, err := collector.New(cfg.Collector, env)
		if err != nil {
			return err
		}
		return c.Run(ctx)
	}))
}
