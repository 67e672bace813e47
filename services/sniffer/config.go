// Package sniffer is the worker that watches an interface: packets and the fleet's
// addresses go in, what is found in them (package wire) comes out on wire, as events.
//
// # What is promised
//
// Packets are read as fast as they come. What the kernel dropped because that was
// not enough, and findings that came faster than they were published, are counted
// and told in the worker's health; no packet waits for the bus. While that is away
// findings wait, as many as there is room for. A finding is published once, by its
// number, if the worker is not killed in between: findings are its own observations
// and cannot be made again.
package sniffer

import (
	"fmt"

	"github.com/decnet/decnet/pkg/capture"
)

// Config of the sniffer.
type Config struct {
	Interface   string `mapstructure:"interface" env:"DECNET_SNIFFER_IFACE" doc:"interface that is watched, such as the one deckies are on, or lo; empty: none. It takes root or CAP_NET_RAW"`
	Promiscuous bool   `mapstructure:"promiscuous" doc:"see what is sent to others too, as deckies of the native driver need"`
	Ring        int    `mapstructure:"ring" doc:"memory for packets that wait to be read, in MiB, 1 to 1024"`
	Recordings  string `mapstructure:"recordings" doc:"folder for captures of attackers' sessions, of their packets from the completed handshake or recognised scan on; empty: none are kept"`
	Session     int    `mapstructure:"session" doc:"size of one such capture, in MiB, 1 to 1024; what comes later is left out"`
	Total       int    `mapstructure:"total" doc:"size of all of them, in MiB; the oldest are removed"`
	Everybody   bool   `mapstructure:"everybody" doc:"tell of everybody's connections, not only of those with deckies; scans are told in any case"`
}

// Default watches nothing.
func Default() Config { return Config{Promiscuous: true, Ring: 64, Session: 16, Total: 1024} }

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	if c.Ring < capture.MinRing>>20 || c.Ring > capture.MaxRing>>20 {
		return fmt.Errorf("sniffer.ring %d: want %d to %d", c.Ring, capture.MinRing>>20, capture.MaxRing>>20)
	}
	if c.Session < 1 || c.Session > 1024 {
		return fmt.Errorf("sniffer.session %d: want 1 to 1024", c.Session)
	}
	if c.Total < c.Session || c.Total > 1<<20 {
		return fmt.Errorf("sniffer.total %d: want %d, which is sniffer.session, to %d", c.Total, c.Session, 1<<20)
	}
	return nil
}
