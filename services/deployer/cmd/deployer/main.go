// Command deployer runs the deployer of this host as a process of its own.
package main

import (
	"context"
	"os"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/deployer"
)

// config is the whole configuration of the process.
type config struct {
	worker.Common `mapstructure:",squash"`
	Deployer      deployer.Config `mapstructure:"deployer"`
}

func main() {
	cfg := &config{Common: worker.DefaultCommon(), Deployer: deployer.Default(".")}
	os.Exit(worker.Main("deployer", cfg, func(ctx context.Context, env worker.Env) error {
		d, err := deployer.New(cfg.Deployer, env, registry.All())
		if err != nil {
			return err
		}
		return d.Run(ctx)
	}))
}
