package container

import (
	"errors"
	"os"
	"os/signal"
	"syscall"

	"github.com/decnet/decnet/decoys/sandbox"
	"github.com/decnet/decnet/pkg/network"
)

// hold walls the container's network namespace in, which whoever joins it cannot
// undo, and sleeps. That the container does so itself, and nobody from outside, is
// so that there is no moment without a wall when an engine starts it again.
func hold(udp []uint16) error {
	ended := make(chan os.Signal, 1)
	signal.Notify(ended, syscall.SIGTERM, syscall.SIGINT)
	if err := errors.Join(network.ContainOwn(udp), network.Announce()); err != nil {
		return err
	}
	if err := sandbox.DropCapabilities(); err != nil {
		return err
	}
	<-ended
	return nil
}
