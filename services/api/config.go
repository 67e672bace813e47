// Package api is the way in for people and programs: requests of the REST
// interface and the dashboard come in; pages of the store, the state of the fleet
// and a live stream of events straight from the bus go out.
//
// Everything but logging in needs a session. What it sends came from attackers
// more often than not, so it is always data: JSON with nosniff, under a content
// security policy that runs no script but the dashboard's own.
package api

import (
	"fmt"
	"net"
	"time"
)

// Config of the API.
type Config struct {
	Listen     string        `mapstructure:"listen" env_host:"DECNET_API_HOST,DECNET_WEB_HOST" env_port:"DECNET_API_PORT,DECNET_WEB_PORT" doc:"address of the dashboard and the API, which are one listener"`
	Session    time.Duration `mapstructure:"session" env:"DECNET_JWT_EXP_MINUTES:min" doc:"how long a login lasts"`
	MaxStreams int           `mapstructure:"max_streams" doc:"most live streams at once"`
	Artifacts  string        `mapstructure:"artifacts" doc:"folder of recordings and captured files, which is the collector's; empty offers none"`
}

// Default listens on loopback.
func Default() Config {
	return Config{Listen: "127.0.0.1:8080", Session: 12 * time.Hour, MaxStreams: 64}
}

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	if _, _, err := net.SplitHostPort(c.Listen); err != nil {
		return fmt.Errorf("api.listen %q: want host:port, such as 127.0.0.1:8080", c.Listen)
	}
	if c.Session < time.Minute {
		return fmt.Errorf("api.session %v: want at least 1m", c.Session)
	}
	if c.MaxStreams < 1 {
		return fmt.Errorf("api.max_streams %d: want at least 1", c.MaxStreams)
	}
	return nil
}
