// Package collector brings what the decoys wrote onto the bus: lines of the
// spool go in, logs.raw and a plain log file come out.
//
// A line's position is saved only after its publish was acknowledged, and its id
// follows from where it stands, so that a collector killed at any moment goes on
// where it was and what it repeats is recognised. It understands no more of a
// line than the names it needs for the subject; a line that says nothing usable
// is published all the same, and one too long for that becomes a dead letter, so
// that nothing an attacker caused is dropped here.
package collector

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"
)

// Config of the collector.
type Config struct {
	Spool    string        `mapstructure:"spool" doc:"folder where decoys leave their events"`
	Position string        `mapstructure:"position" doc:"file that remembers what has been delivered"`
	LogFile  string        `mapstructure:"log_file" env:"DECNET_INGEST_LOG_FILE" doc:"RFC 5424 file of all events, for tools that read files; empty for none"`
	Batch    int           `mapstructure:"batch" env:"DECNET_BATCH_SIZE" doc:"most lines published at once, 1 to 500"`
	Linger   time.Duration `mapstructure:"linger" env:"DECNET_BATCH_MAX_WAIT_MS:ms" doc:"how long to gather lines before publishing; more is cheaper, less is sooner"`
}

// Default keeps everything below dir.
func Default(dir string) Config {
	return Config{
		Spool: filepath.Join(dir, "spool"), Position: filepath.Join(dir, "collector.json"),
		LogFile: filepath.Join(dir, "log", "events.log"), Batch: 200, Linger: 5 * time.Millisecond,
	}
}

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	switch {
	case c.Spool == "":
		return errors.New("collector.spool is empty: want a folder")
	case c.Position == "":
		return errors.New("collector.position is empty: want a file")
	case c.Batch < 1 || c.Batch > 500:
		return fmt.Errorf("collector.batch %d: want 1 to 500", c.Batch)
	case c.Linger < 0 || c.Linger > time.Second:
		return fmt.Errorf("collector.linger %v: want at most 1s", c.Linger)
	}
	return nil
}
