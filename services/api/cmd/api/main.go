// Command api runs the API and the dashboard as a process of its own.
package main

import (
	"context"
	"errors"
	"os"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/store"
	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/api"
)

// config is the whole configuration of the process.
type config struct {
	worker.Common `mapstructure:",squash"`
	Store         store.Config    `mapstructure:"store"`
	API           api.Config      `mapstructure:"api"`
	Admin         api.AdminConfig `mapstructure:"admin"`
}

// Validate refuses at once what would be waited for in vain.
func (c *config) Validate() error {
	return errors.Join(c.Store.Validate(), c.API.Validate(), c.Admin.Validate())
}

func main() {
	cfg := &config{Common: worker.DefaultCommon(), Store: store.Default(), API: api.Default(), Admin: api.DefaultAdmin()}
	os.Exit(worker.Main("api", cfg, func(ctx context.Context, env worker.Env) error {
		s, err := store.Open(ctx, cfg.Store)
		if err != nil {
			return err
		}
		defer func() { _ = s.Close() }() // everything acknowledged is committed
		if err := api.FirstUser(ctx, s, cfg.Admin, env.Log); err != nil {
			return err
		}
		srv, err := api.New(cfg.API, env, s, registry.All().Specs())
		if err != nil {
			return err
		}
		return srv.Run(ctx)
	}))
}
