package sniffer

import (
	"fmt"
	"slices"
	"time"

	"github.com/decnet/decnet/pkg/capture"
	"github.com/decnet/decnet/services/sniffer/wire"
)

// Config of the sniffer.
type Config struct {
	Interfaces []string `mapstructure:"interfaces" env:"DECNET_SNIFFER_IFACE" doc:"the interfaces whose packets are read, such as eth0, or lo for deckies on loopback; none: nothing is read. It takes root or CAP_NET_RAW"`
	// Flows, Memory and Sources bound what is kept of each interface; see wire.Config.
	Flows   int `mapstructure:"flows" doc:"TCP connections that are followed at a time on one interface"`
	Sources int `mapstructure:"sources" doc:"sources that are watched for scans at a time on one interface"`
	Ring    int `mapstructure:"ring" doc:"memory in which packets of one interface may wait to be read, in bytes"`
	Queue   int `mapstructure:"queue" doc:"findings that may wait for the bus; further ones are counted and dropped"`
}

// Default reads no interface.
func Default() Config {
	w := wire.Default()
	return Config{Flows: w.Flows, Sources: w.Sources, Ring: 32 << 20, Queue: 20_000}
}

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	if err := c.wire().Validate(); err != nil {
		return err
	}
	if c.Ring < capture.MinRing || c.Ring > capture.MaxRing {
		return fmt.Errorf("sniffer.ring %d: want %d to %d", c.Ring, capture.MinRing, capture.MaxRing)
	}
	if c.Queue < 100 || c.Queue > 1_000_000 {
		return fmt.Errorf("sniffer.queue %d: want 100 to 1000000", c.Queue)
	}
	if slices.Contains(c.Interfaces, "") {
		return fmt.Errorf("sniffer.interfaces: one has no name")
	}
	return nil
}

func (c Config) wire() wire.Config {
	w := wire.Default()
	w.Flows, w.Sources = c.Flows, c.Sources
	return w
}

const (
	// batch is how many findings are published at once, gather how long they are gathered.
	batch  = 500
	gather = 100 * time.Millisecond
)
