package host

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/decoys/sandbox"
)

// Limits of a decoy process whose parent gives it no others, in bytes.
const (
	defaultMemory    = 1 << 30
	defaultFileBytes = 1 << 30
)

// Main is the decoy process: it enters the sandbox, then serves the parent's
// requests on descriptor 3 until the parent goes away. args are the command
// line without the program's name, stderr is for complaints of one line each,
// also about what this kernel's sandbox lacks. It returns the exit status: 0 when
// the parent ended it, 1 after a failure, 2 for a wrong command line.
func Main(args []string, services registry.Registry, stderr io.Writer) int {
	var c sandbox.Config
	flags := flag.NewFlagSet("decnet-decoy", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.Root, "root", "", "empty `directory` to change the root to; needs root")
	flags.IntVar(&c.UID, "uid", 0, "`user` id to become; needs root")
	flags.IntVar(&c.GID, "gid", 0, "`group` id to become; needs root")
	flags.Int64Var(&c.Memory, "memory", defaultMemory, "`bytes` of memory to stay below; the process ends at twice as many; 0 for no limit")
	flags.Int64Var(&c.FileBytes, "file-bytes", defaultFileBytes, "`bytes` that a file may have; 0 for no limit")
	share := decoy.DefaultShare()
	flags.IntVar(&share.Rate, "event-rate", share.Rate, "`events` per second that one decky may write; 0 for no limit")
	flags.IntVar(&share.Burst, "event-burst", share.Burst, "`events` that one decky may write at once")
	flags.BoolVar(&c.Watched, "watch", false, "report refused system calls to the parent on descriptor 4")
	if err := flags.Parse(args); err != nil {
		if errors.Is(err, flag.ErrHelp) {
			return 0
		}
		return 2
	}
	if flags.NArg() > 0 {
		_, _ = fmt.Fprintf(stderr, "decnet-decoy: unexpected argument %q\n", flags.Arg(0))
		return 2
	}
	if err := run(c, share, services, stderr); err != nil {
		_, _ = fmt.Fprintf(stderr, "decnet-decoy: %v\n", err)
		return 1
	}
	return 0
}

func run(c sandbox.Config, share decoy.Share, services registry.Registry, stderr io.Writer) error {
	// The socket is put into non-blocking mode, which the sandbox forbids. No
	// request is read yet.
	server, err := handover.Inherit()
	if err != nil {
		return fmt.Errorf("%w; this program is started by a deployer, not by hand", err)
	}
	missing, err := sandbox.Enter(c)
	if err != nil {
		return err
	}
	for _, what := range missing {
		_, _ = fmt.Fprintf(stderr, "decnet-decoy: sandbox: %s\n", what)
	}
	// Ctrl-C reaches the whole process group; the parent decides what it means.
	signal.Ignore(os.Interrupt, syscall.SIGHUP, syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	h := New(services, decoy.NewEventWriter(decoy.Framed(), decoy.WithShare(share)))
	return errors.Join(server.Serve(ctx, h), h.Close())
}
