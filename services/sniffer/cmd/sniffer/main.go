// Command sniffer runs the sniffer as a process of its own.
package main

import (
	"context"
	"os"

	"github.com/decnet/decnet/pkg/worker"
	"github.com/decnet/decnet/services/sniffer"
)

// config is the whole configuration of the process.
type config struct {
	worker.Common `mapstructure:",squash"`
	Sniffer       sniffer.Config `mapstructure:"sniffer"`
}

func main() {
	cfg := &config{Common: worker.DefaultCommon(), Sniffer: sniffer.Default()}
	os.Exit(worker.Main("sniffer", cfg, func(ctx context.Context, env worker.Env) error {
		s, err := sniffer.New(cfg.Sniffer, env)
		if err != nil {
			return err
		}
		if err := dropRoot(cfg.Sniffer.Recordings); err != nil {
			s.Close()
			return err
		}
		return s.Run(ctx)
	}))
}
