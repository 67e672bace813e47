// Package collector brings what the decoys wrote onto the bus: lines of the
// spool and of containers' logs go in, logs.raw and a plain log file come out.
//
// A line's position is saved only after its publish was acknowledged, and its id
// follows from where it stands, so that a collector killed at any moment goes on
// where it was and what it repeats is recognised. It understands no more of a
// line than the names it needs for the subject; a line that says nothing usable
// is published all the same, and one too long for that becomes a dead letter, so
// that nothing an attacker caused is dropped here.
//
// Lines of the spool carry checksums and numbers: a damaged one is a dead letter, its
// neighbours are not, and what is missing becomes an event. The collector waits for
// ingesters that are behind, so that the bus never pushes out what nobody read.
//
// Pieces of recordings and captured files are no events: they are taken out here and
// put together in the folder of artifacts, whose oldest go first when it is full.
//
// What containers write becomes an event's line here: one that is none, of a service
// that is the user's own, is put into one with its text.
package collector

import (
	"errors"
	"fmt"
	"path/filepath"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
)

// Config of the collector.
type Config struct {
	Spool    string `mapstructure:"spool" doc:"folder where decoys leave their events"`
	Position string `mapstructure:"position" doc:"file that remembers what has been delivered"`
	LogFile  string `mapstructure:"log_file" env:"DECNET_INGEST_LOG_FILE" doc:"RFC 5424 file of all events, for tools that read files; empty for none"`
	JSONFile string `mapstructure:"json_file" doc:"file of all events as JSON, one a line, without connections that repeat within a second; empty for none"`
	// The docker driver's containers have their lines in the engine's logs.
	Docker         string `mapstructure:"docker" doc:"read the logs of this installation's containers: auto where a Docker engine answers, on, or off"`
	DockerHost     string `mapstructure:"docker_host" doc:"where the Docker engine listens, as unix:///var/run/docker.sock; empty is what DOCKER_HOST says or the usual socket"`
	DockerPosition string `mapstructure:"docker_position" doc:"file that remembers what has been delivered of containers' logs"`
	Installation   string `mapstructure:"installation" doc:"label of this installation's containers; the deployer's"`

	Artifacts     string `mapstructure:"artifacts" doc:"folder where recordings and captured files are kept"`
	ArtifactBytes int64  `mapstructure:"artifact_bytes" doc:"bytes that this folder may have; at more the oldest are removed; 0 keeps none"`

	Batch  int           `mapstructure:"batch" env:"DECNET_BATCH_SIZE" doc:"most lines published at once, 1 to 1000"`
	Linger time.Duration `mapstructure:"linger" env:"DECNET_BATCH_MAX_WAIT_MS:ms" doc:"how long to gather lines before publishing; more is cheaper, less is sooner"`
}

// Default keeps everything below dir.
func Default(dir string) Config {
	return Config{
		Spool: filepath.Join(dir, "spool"), Position: filepath.Join(dir, "collector.json"),
		LogFile: filepath.Join(dir, "log", "events.log"), JSONFile: filepath.Join(dir, "log", "events.json"), Batch: 1000, Linger: 5 * time.Millisecond,
		Docker: dockerAuto, DockerPosition: filepath.Join(dir, "collector-docker.json"), Installation: decnet.InstallationOf(dir),
		Artifacts: filepath.Join(dir, "artifacts"), ArtifactBytes: 1 << 30,
	}
}

// minArtifactBytes is as much as one artifact may have, and a little.
const minArtifactBytes = 20 << 20

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	switch {
	case c.Spool == "":
		return errors.New("collector.spool is empty: want a folder")
	case c.Position == "":
		return errors.New("collector.position is empty: want a file")
	case c.Docker != dockerAuto && c.Docker != dockerOn && c.Docker != dockerOff:
		return fmt.Errorf("collector.docker %q: want %s, %s or %s", c.Docker, dockerAuto, dockerOn, dockerOff)
	case c.DockerPosition == "":
		return errors.New("collector.docker_position is empty: want a file")
	case c.Docker != dockerOff && decnet.CheckName(c.Installation) != nil:
		return fmt.Errorf("collector.installation %q: want a short name of lower-case letters and digits", c.Installation)
	case c.ArtifactBytes < 0 || c.ArtifactBytes > 0 && c.ArtifactBytes < minArtifactBytes:
		return fmt.Errorf("collector.artifact_bytes %d: want 0 or at least %d", c.ArtifactBytes, minArtifactBytes)
	case c.ArtifactBytes > 0 && c.Artifacts == "":
		return errors.New("collector.artifacts is empty: want a folder")
	case c.Batch < 1 || c.Batch > 1000:
		return fmt.Errorf("collector.batch %d: want 1 to 1000", c.Batch)
	case c.Linger < 0 || c.Linger > time.Second:
		return fmt.Errorf("collector.linger %v: want at most 1s", c.Linger)
	}
	return nil
}
