// Package deployer makes its host match the desired fleet: the fleet bucket goes
// in; deckies that answer, spool segments and deckies.state come out.
//
// A driver opens the listening sockets of a decky, and one unprivileged decoy
// process (package decoys/host) gets them. The deployer keeps its own copies: if
// the decoy process dies, connections wait in the backlog until the next one has
// the same sockets. The decoy process opens nothing by itself, and of the spool
// it has a file it can only append to. The deckies of the docker driver are containers,
// which open their sockets themselves; see package containers.
package deployer

import (
	"errors"
	"fmt"
	"path/filepath"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/pkg/decnet"
)

// Config of the deployer.
type Config struct {
	Spool string `mapstructure:"spool" doc:"folder where decoys leave their events"`
	// Binary is the decoy process's program.
	Binary    string `mapstructure:"decoy_binary" doc:"the decoy program; empty looks for decnet-decoy beside this program and in PATH"`
	Root      string `mapstructure:"decoy_root" doc:"empty folder that becomes the decoy process's root directory when started as root"`
	UID       int    `mapstructure:"decoy_uid" doc:"user the decoy process becomes when started as root"`
	GID       int    `mapstructure:"decoy_gid" doc:"group the decoy process becomes when started as root"`
	NativeDir string `mapstructure:"native_dir" doc:"folder where the native driver pins its network namespaces; one per installation, on a file system that a restart of the machine empties"`
	// Engine and Installation are for the docker driver. The collector of the same
	// host has the same.
	Engine       string `mapstructure:"docker_host" doc:"where the Docker engine listens, as unix:///var/run/docker.sock; empty is what DOCKER_HOST says or the usual socket"`
	Installation string `mapstructure:"installation" doc:"label of this installation's containers, which tells them from others on the same engine"`
	// SegmentBytes is when a spool segment is closed and the next begun.
	SegmentBytes int64 `mapstructure:"segment_bytes" doc:"size at which a new spool segment is begun"`
	// SpoolBytes bounds what waits for the collector. From half of it on each
	// decky may write a small part of its share only, so that a flood does not
	// take the place of those who write little; at all of it events are counted
	// and not written. No decoy ever waits.
	SpoolBytes int64 `mapstructure:"spool_bytes" doc:"most bytes of events that wait on the disk for the collector; 0 is without a bound"`
	EventRate  int   `mapstructure:"event_rate" doc:"events per second that one decky may write on average; those above are counted; 0 is without a bound"`
	EventBurst int   `mapstructure:"event_burst" doc:"events that one decky may write at once"`
}

// nobody is the user without rights on Debian and most others.
const nobody = 65534

// Default keeps everything below dir.
func Default(dir string) Config {
	share := decoy.DefaultShare()
	return Config{
		Spool: filepath.Join(dir, "spool"), Root: filepath.Join(dir, "empty"), NativeDir: nativeDir(dir),
		UID: nobody, GID: nobody, SegmentBytes: 16 << 20, SpoolBytes: 2 << 30,
		EventRate: share.Rate, EventBurst: share.Burst, Installation: decnet.InstallationOf(dir),
	}
}

// nativeDir is a folder of /run that belongs to the installation in dir alone.
func nativeDir(dir string) string {
	return filepath.Join("/run/decnet", decnet.InstallationOf(dir), "netns")
}

// stackDir is where what is known of deckies' TCP/IP stacks is pinned: beside their
// network namespaces, and as long.
func (c Config) stackDir() string { return filepath.Join(filepath.Dir(c.NativeDir), "stacks") }

// Validate reports the first setting that cannot work.
func (c Config) Validate() error {
	switch {
	case c.Spool == "":
		return errors.New("deployer.spool is empty: want a folder")
	case c.UID <= 0 || c.GID <= 0:
		return fmt.Errorf("deployer.decoy_uid %d, decoy_gid %d: want an ordinary user's", c.UID, c.GID)
	case !filepath.IsAbs(c.NativeDir):
		return fmt.Errorf("deployer.native_dir %q: want an absolute path", c.NativeDir)
	case decnet.CheckName(c.Installation) != nil:
		return fmt.Errorf("deployer.installation %q: want a short name of lower-case letters and digits", c.Installation)
	case c.SegmentBytes < 4<<10:
		return fmt.Errorf("deployer.segment_bytes %d: want at least 4096", c.SegmentBytes)
	case c.SpoolBytes != 0 && c.SpoolBytes < 4*c.SegmentBytes:
		return fmt.Errorf("deployer.spool_bytes %d: want 0 or at least four segments, %d", c.SpoolBytes, 4*c.SegmentBytes)
	case c.EventRate < 0 || c.EventRate > 0 && c.EventBurst < 1:
		return fmt.Errorf("deployer.event_rate %d, event_burst %d: want a rate of at least 0 and a burst of at least 1", c.EventRate, c.EventBurst)
	}
	return nil
}
