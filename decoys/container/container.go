// Package container is what the decoy program does in the containers of the docker
// driver, each of which has one of two tasks. Hold keeps a decky's network
// namespace: it walls it in and then does nothing. Serve is one service of a decky
// in that namespace: a decky as JSON in an environment variable goes in, attackers
// come on sockets that it opens itself, and events go out, a line each, on standard
// output.
package container

import (
	"fmt"
	"io"
	"os"

	"github.com/decnet/decnet/decoys/registry"
)

// Names of the tasks, which are the first word of the command line.
const (
	TaskHold  = "hold"
	TaskServe = "serve"
)

// DeckyVariable is the environment variable with the decky that Serve serves: a
// decnet.Decky as JSON, with all of its services that this container is to serve.
const DeckyVariable = "DECNET_DECKY"

// Is reports whether args ask for a task of a container.
func Is(args []string) bool {
	return len(args) > 0 && (args[0] == TaskHold || args[0] == TaskServe)
}

// Main does the task that args begin with until it is asked to end (SIGTERM). It
// complains on stderr in one line, and returns the exit status: 0 when it was
// asked to end, 1 after a failure, 2 for a wrong command line.
func Main(args []string, services registry.Registry, stdout *os.File, stderr io.Writer) int {
	var err error
	switch task, rest := args[0], args[1:]; {
	case task == TaskServe && len(rest) == 0:
		err = serve(services, stdout, stderr)
	case task == TaskHold:
		var udp []uint16
		if udp, err = parsePorts(rest); err == nil {
			err = hold(udp)
			break
		}
		_, _ = fmt.Fprintf(stderr, "decnet-decoy: %v\n", err)
		return 2
	default:
		_, _ = fmt.Fprintf(stderr, "decnet-decoy: %s takes no arguments\n", task)
		return 2
	}
	if err != nil {
		_, _ = fmt.Fprintf(stderr, "decnet-decoy: %v\n", err)
		return 1
	}
	return 0
}
