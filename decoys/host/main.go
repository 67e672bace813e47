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

// Main is the decoy process: it enters the sandbox, then serves the parent's
// requests on descriptor 3 until the parent goes away. args are the command
// line without the program's name, stderr is for complaints of one line each.
// It returns the exit status: 0 when the parent ended it, 1 after a failure, 2
// for a wrong command line.
func Main(args []string, services registry.Registry, stderr io.Writer) int {
	var c sandbox.Config
	flags := flag.NewFlagSet("decnet-decoy", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&c.Root, "root", "", "empty `directory` to change the root to; needs root")
	flags.IntVar(&c.UID, "uid", 0, "`user` id to become; needs root")
	flags.IntVar(&c.GID, "gid", 0, "`group` id to become; needs root")
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
	if err := run(c, services); err != nil {
		_, _ = fmt.Fprintf(stderr, "decnet-decoy: %v\n", err)
		return 1
	}
	return 0
}

func run(c sandbox.Config, services registry.Registry) error {
	if err := sandbox.Enter(c); err != nil {
		return err
	}
	// Ctrl-C reaches the whole process group; the parent decides what it means.
	signal.Ignore(os.Interrupt, syscall.SIGHUP, syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	server, err := handover.Inherit()
	if err != nil {
		return fmt.Errorf("%w; this program is started by a deployer, not by hand", err)
	}
	h := New(services, decoy.NewEventWriter())
	return errors.Join(server.Serve(ctx, h), h.Close())
}
