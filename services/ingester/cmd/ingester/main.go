// Command ingester runs the ingester as a process of its own.
package main

import (
	"context"
	"os"

	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/ingester"
)

// config is the whole configuration of the process.
type config struct {
	worker.Common `mapstructure:",squash"`
	Store         store.Config    `mapstructure:"store"`
	Ingester      ingester.Config `mapstructure:"ingester"`
}

func main() {
	cfg := &config{Common: worker.DefaultCommon(), Store: store.Default(), Ingester: ingester.Default()}
	os.Exit(worker.Main("ingester", cfg, func(ctx context.Context, env worker.Env) error {
		s, err := store.Open(ctx, cfg.Store)
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }() // everything acknowledged is committed
		i, err := ingester.New(cfg.Ingester, env, s)
		if err != nil {
			return err
		}
		return i.Run(ctx)
	}))
}
