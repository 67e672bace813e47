package deployer

import (
	"errors"
	"net/netip"
	"os"

	"github.com/decnet/decnet/pkg/network"
	"github.com/decnet/decnet/services/deployer/containers"
)

// Names of the interface by which the host reaches its own deckies.
const (
	shimMacvlan = "decnet_macvlan0"
	shimIPvlan  = "decnet_ipvlan0"
)

// settleShims keeps the host's way to its own deckies in step with those on the wire.
// Without root there is none: the host alone cannot reach them then.
func (d *Deployer) settleShims() {
	docker := d.docker.fleet.Placed()
	if os.Geteuid() != 0 || len(docker) == 0 && len(d.native.placed) == 0 && !d.shimmed {
		return
	}
	places := make([]containers.Place, 0, len(docker)+len(d.native.placed))
	for _, p := range docker {
		places = append(places, p)
	}
	for _, p := range d.native.placed {
		places = append(places, containers.Place{Interface: p.iface, IPvlan: p.ipvlan, Address: p.address})
	}
	d.shimmed = true
	if err := errors.Join(shim(places, false), shim(places, true)); err != nil {
		d.env.Log.Warn("this host does not reach its own deckies", "error", err)
	}
}

// shim makes the host's interface to deckies of one kind, or removes it. There is
// one: deckies on a second interface of the host are reached by others only.
func shim(places []containers.Place, ipvlan bool) error {
	name, kind := shimMacvlan, "macvlan"
	if ipvlan {
		name, kind = shimIPvlan, "ipvlan"
	}
	var addresses []netip.Addr
	var parent string
	for _, p := range places {
		if p.IPvlan == ipvlan && (parent == "" || parent == p.Interface) {
			addresses, parent = append(addresses, p.Address), p.Interface
		}
	}
	if len(addresses) == 0 {
		return network.RemoveShim(name)
	}
	link, err := network.Detect(parent)
	if err != nil {
		return err
	}
	return network.EnsureShim(link, kind, name, link.Address, addresses)
}
