package container

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"os"
	"os/signal"
	"syscall"

	"github.com/decnet/decnet/decoys/decoy"
	"github.com/decnet/decnet/decoys/handover"
	"github.com/decnet/decnet/decoys/host"
	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/decoys/sandbox"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/spool"
)

// memory is what the Go runtime tries to stay below, in bytes. The container has
// twice as much.
const memory = 128 << 20

// serve opens the sockets of the services, enters the sandbox and serves them. What
// the sandbox lacks is complained about on stderr.
func serve(services registry.Registry, stdout *os.File, stderr io.Writer) error {
	d, err := readDecky(os.Getenv(DeckyVariable))
	if err != nil {
		return err
	}
	_ = os.Unsetenv(DeckyVariable)
	listeners, err := listen(d, services)
	if err != nil {
		return err
	}
	signal.Ignore(syscall.SIGHUP, syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, syscall.SIGINT)
	defer stop()
	missing, err := sandbox.Enter(sandbox.Config{Memory: memory})
	if err != nil {
		return err
	}
	for _, what := range missing {
		_, _ = fmt.Fprintf(stderr, "decnet-decoy: sandbox: %s\n", what)
	}
	h := host.New(services, decoy.NewEventWriter(decoy.WithShare(decoy.DefaultShare())))
	if err := errors.Join(h.Spool(stdout, spool.Relaxed), h.Start(d, listeners)); err != nil {
		return errors.Join(err, h.Close())
	}
	<-ctx.Done()
	return h.Close()
}

func readDecky(text string) (*decnet.Decky, error) {
	if text == "" {
		return nil, fmt.Errorf("%s is not set: it is this container's decky as JSON", DeckyVariable)
	}
	var d decnet.Decky
	if err := json.Unmarshal([]byte(text), &d); err != nil {
		return nil, fmt.Errorf("%s: %w", DeckyVariable, err)
	}
	if err := d.Validate(); err != nil {
		return nil, fmt.Errorf("%s: %w", DeckyVariable, err)
	}
	return &d, nil
}

// listen opens a socket for every port of every service at every address of d. Here,
// unlike in the drivers with sockets, one that cannot be had ends the process: its
// container is started again by the engine until it can.
func listen(d *decnet.Decky, services registry.Registry) (opened []handover.Listener, err error) {
	defer func() {
		if err != nil {
			for _, l := range opened {
				_ = l.File.Close() // a listening socket has nothing left to lose
			}
		}
	}()
	addresses := []netip.Addr{d.Address}
	if d.Address6.IsValid() {
		addresses = append(addresses, d.Address6)
	}
	for _, request := range d.Services {
		s, err := services.Find(request.Slug)
		if err != nil {
			return opened, err
		}
		for _, p := range s.Spec.Ports {
			for _, a := range addresses {
				f, err := listenTCP(netip.AddrPortFrom(a, p.Port))
				if err != nil {
					return opened, fmt.Errorf("service %s: %w", request.Slug, err)
				}
				opened = append(opened, handover.Listener{Service: request.Slug, Transport: p.Transport, File: f})
			}
		}
	}
	return opened, nil
}

func listenTCP(at netip.AddrPort) (*os.File, error) {
	l, err := net.ListenTCP("tcp", net.TCPAddrFromAddrPort(at))
	if err != nil {
		return nil, err
	}
	defer func() { _ = l.Close() }() // the file is a duplicate
	return l.File()
}
