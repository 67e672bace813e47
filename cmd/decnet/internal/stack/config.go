// Package stack composes the whole of DECNET in one process: a configuration
// goes in; a bus, a store and every worker under supervision come out, and
// lines that tell how far they are.
package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"

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

// Config is the configuration of everything that runs in one process.
type Config struct {
	worker.Common `mapstructure:",squash"`
	// DataDir is where everything is kept. It is settled before a file is
	// read, since the file is in it.
	DataDir string `mapstructure:"-"`
	// Background says that no terminal holds the process; see RunFile.
	Background bool             `mapstructure:"-"`
	Embedded   embed.Config     `mapstructure:"embedded"`
	Store      store.Config     `mapstructure:"store"`
	Collector  collector.Config `mapstructure:"collector"`
	Ingester   ingester.Config  `mapstructure:"ingester"`
	Profiler   profiler.Config  `mapstructure:"profiler"`
	Prober     prober.Config    `mapstructure:"prober"`
	Forwarder  forwarder.Config `mapstructure:"forwarder"`
	Sniffer    sniffer.Config   `mapstructure:"sniffer"`
	Deployer   deployer.Config  `mapstructure:"deployer"`
	API        api.Config       `mapstructure:"api"`
	Admin      api.AdminConfig  `mapstructure:"admin"`
	Demo       bool             `mapstructure:"demo" doc:"deploy three demo deckies when the fleet is empty"`
}

// Default is everything local, below dir.
func Default(dir string) Config {
	c := Config{
		Common: worker.DefaultCommon(), DataDir: dir, Embedded: embed.Default(), Store: store.Default(),
		Collector: collector.Default(dir), Ingester: ingester.Default(), Profiler: profiler.Default(), Prober: prober.Default(), Forwarder: forwarder.Default(), Sniffer: sniffer.Default(),
		Deployer: deployer.Default(dir), API: api.Default(), Admin: api.DefaultAdmin(), Demo: true,
	}
	c.Log.File = filepath.Join(dir, "log", "decnet.log")
	c.Store.Path = filepath.Join(dir, "decnet.db")
	c.API.Artifacts = c.Collector.Artifacts
	return c
}

// DefaultDataDir is the user's state folder for us, as the XDG base directory
// specification has it.
func DefaultDataDir() (string, error) {
	if state := os.Getenv("XDG_STATE_HOME"); filepath.IsAbs(state) {
		return filepath.Join(state, "decnet"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no home directory to keep data in: set --data-dir or DECNET_DATA_DIR: %w", err)
	}
	return filepath.Join(home, ".local", "state", "decnet"), nil
}

// Validate reports the first setting that cannot work.
func (c *Config) Validate() error {
	for _, err := range []error{
		c.Common.Validate(), c.Embedded.Validate(), c.Store.Validate(), c.Collector.Validate(), c.Ingester.Validate(),
		c.Profiler.Validate(), c.Prober.Validate(), c.Forwarder.Validate(), c.Sniffer.Validate(), c.Deployer.Validate(), c.API.Validate(), c.Admin.Validate(),
	} {
		if err != nil {
			return err
		}
	}
	if c.Collector.Spool != c.Deployer.Spool {
		return fmt.Errorf("collector.spool %s and deployer.spool %s: want the same folder", c.Collector.Spool, c.Deployer.Spool)
	}
	if c.Collector.Installation != c.Deployer.Installation || c.Collector.DockerHost != c.Deployer.Engine {
		return errors.New("collector.installation and docker_host are not deployer's: want the same, or nobody reads what containers write")
	}
	return nil
}
