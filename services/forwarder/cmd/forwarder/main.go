// Command forwarder runs the forwarder as a process of its own.
package main

import (
	"context"
	"os"

	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/forwarder"
)

// config is the whole configuration of the process.
type config struct {
	worker.Common `mapstructure:",squash"`
	Forwarder     forwarder.Config `mapstructure:"forwarder"`
}

func main() {
	cfg := &config{Common: worker.DefaultCommon(), Forwarder: forwarder.Default()}
	os.Exit(worker.Main("forwarder", cfg, func(ctx context.Context, env worker.Env) error {
		f, err := forwarder.New(cfg.Forwarder, env)
		if err != nil {
			return err
		}
		return f.Run(ctx)
	}))
}
