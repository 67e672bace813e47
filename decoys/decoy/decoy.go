// Package decoy is the contract between a decoy protocol and the process that
// runs it. In come the connections of attackers and the settings of a decky,
// out go events, one line each.
//
// A protocol is one folder beside this one. It exports one function, Service,
// that returns a value of type Service: a declarative Spec, and New, which
// prepares the protocol for one decky. The list in package registry names every
// protocol there is. The host (package host) accepts connections, enforces
// Limits, logs connect and disconnect, survives panics and hands each connection
// to the Handler as a Conn. The handler talks and calls Conn.Log; it opens no
// socket, no file and starts goroutines with Conn.Go only, which end with the
// connection. Package decoytest checks a protocol against all of this.
package decoy

import (
	"context"
	"net/netip"
	"time"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
)

// A Service is one decoy protocol.
type Service struct {
	// Spec declares the service. Its Events list what the protocol itself
	// logs; see Events for adding what the host logs for every service.
	Spec decnet.ServiceSpec
	// Limits bound one connection and one source; zero fields take DefaultLimits.
	Limits Limits
	// New prepares the service for one decky. What costs time, such as making
	// keys, is done here and not per connection. Its error says in one line
	// why the decky cannot run the service.
	New func(Machine) (Handler, error)
}

// A Handler serves the connections of one service on one decky.
type Handler interface {
	// Serve talks to one peer and returns when the conversation is over. The
	// host closes conn afterwards, and closes it earlier when a limit is
	// reached or the service is stopped, so that reads and writes fail and
	// Serve comes to its end. ctx ends at the same moments: whatever waits
	// for something else than conn waits for ctx too. Many calls run at once.
	Serve(ctx context.Context, conn *Conn)
}

// HandlerFunc makes a function a Handler.
type HandlerFunc func(ctx context.Context, conn *Conn)

// Serve calls f.
func (f HandlerFunc) Serve(ctx context.Context, conn *Conn) { f(ctx, conn) }

// Machine is the decky that a service is prepared for.
type Machine struct {
	// Decky is the decky's name in the fleet. An attacker never sees it; the
	// name to show is Persona.Hostname.
	Decky   string
	Address netip.Addr
	Persona *persona.Persona
	// Services are the slugs of all services of the decky, this one included.
	Services []string
	// Settings hold a valid value for every setting of the service's spec.
	Settings decnet.Settings
	// Shared is what the decky's services have in common; nil shares nothing.
	Shared *Shared
}

// Sleep waits for d or until ctx is done, and reports whether it waited in full.
// Genuine daemons take their time over a wrong password, so must a decoy.
func Sleep(ctx context.Context, d time.Duration) bool {
	if d <= 0 {
		return ctx.Err() == nil
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return true
	case <-ctx.Done():
		return false
	}
}
