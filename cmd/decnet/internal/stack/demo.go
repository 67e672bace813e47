package stack

import (
	"context"
	"net/netip"

	"github.com/decnet/decnet/decoys/registry"
	"github.com/decnet/decnet/pkg/bus"
	"github.com/decnet/decnet/pkg/bus/fleetbus"
	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/catalog"
	"github.com/decnet/decnet/pkg/decnet/fleet"
)

// DemoFleet is the fleet of the demo deckies.
const DemoFleet = "demo"

// demoRequest is three machines that a small company might have.
func demoRequest(host string) *fleet.Request {
	r := fleet.NewRequest(host)
	r.Fleet = DemoFleet
	r.Network.Subnet = netip.MustParsePrefix("127.0.77.0/24")
	r.IPStart = netip.MustParseAddr("127.0.77.11")
	for _, d := range []fleet.DeckyRequest{
		{Name: "demo-web", OSes: []string{"ubuntu22"}, Services: []string{"http", "ssh"}},
		{Name: "demo-files", OSes: []string{"debian"}, Services: []string{"ssh"}},
		{Name: "demo-intranet", OSes: []string{"ubuntu20"}, Services: []string{"http"}},
	} {
		d.MutateMinutes = -1
		r.Deckies = append(r.Deckies, d)
	}
	return r
}

// Services are all that a fleet can name, with those that are built marked.
func Services() []decnet.ServiceSpec { return catalog.Services(registry.All().Specs()) }

// FindService looks up one of them that is built.
func FindService(slug string) (decnet.ServiceSpec, error) {
	s, err := registry.All().Find(slug)
	return s.Spec, err
}

// deployDemo puts the demo fleet into an empty fleet bucket.
func deployDemo(ctx context.Context, b *bus.Bus, host string) error {
	have, err := bus.Fleet.List(ctx, b)
	if err != nil || len(have) > 0 {
		return err
	}
	_, err = fleetbus.Deploy(ctx, b, Services(), demoRequest(host), func(*fleet.Plan) error { return nil })
	if decnet.ErrorCode(err) == decnet.CodeConflict { // somebody else was quicker
		return nil
	}
	return err
}
