package deployer

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/persona"
	"github.com/decnet/decnet/pkg/network"
)

// Prepare looks after what concerns many deckies at once, before they are opened:
// limits of the host, and addresses that somebody else has. It returns the deckies
// that must not be opened, with the reason; total is how many there will be.
func (n *Native) Prepare(ctx context.Context, deckies []*decnet.Decky, total, sockets int) map[string]error {
	refused := make(map[string]error)
	refuse := func(list []*decnet.Decky, err error) {
		for _, d := range list {
			refused[d.Name] = err
		}
	}
	if err := n.open(); err != nil {
		refuse(deckies, err)
		return refused
	}
	if err := network.RaiseLimits(total, sockets); errors.Is(err, network.ErrUnseen) {
		n.log.Warn("if deckies fall silent", "reason", err)
	} else if err != nil {
		refuse(deckies, err)
		return refused
	}
	there, err := n.spaces.List()
	if err != nil {
		refuse(deckies, err)
		return refused
	}
	pinned := make(map[string]bool, len(there))
	for _, name := range there {
		pinned[name] = true
	}
	byLink := make(map[string][]*decnet.Decky)
	for _, d := range deckies {
		if !pinned[d.Name] { // whose address is taken by itself
			byLink[d.Network.Interface] = append(byLink[d.Network.Interface], d)
		}
	}
	for name, list := range byLink {
		at, err := n.attach(name)
		if err != nil {
			refuse(list, err)
			continue
		}
		maps.Copy(refused, inUse(ctx, at.link, list, n.log))
	}
	return refused
}

// inUse returns the deckies whose address somebody answers for, with the reason.
func inUse(ctx context.Context, link *network.Link, list []*decnet.Decky, log *slog.Logger) map[string]error {
	refused := make(map[string]error)
	var ask []netip.Addr
	own := make(map[string]bool)
	for _, d := range list {
		ask = append(ask, d.Address)
		if d.Address6.IsValid() {
			ask = append(ask, d.Address6)
		}
		if p, err := persona.Derive(d); err == nil {
			own[p.MAC.String()] = true
		}
	}
	prober := network.Prober{Own: func(mac net.HardwareAddr) bool { return own[mac.String()] }}
	taken, err := prober.InUse(ctx, link, ask)
	if err != nil {
		log.Warn("whether addresses are taken was not checked", "interface", link.Name, "error", err)
		return nil
	}
	for _, d := range list {
		for _, a := range []netip.Addr{d.Address, d.Address6} {
			if mac, is := taken[a]; is {
				refused[d.Name] = fmt.Errorf("address %s is in use by the machine with MAC address %s: give the decky another, or that machine", a, mac)
			}
		}
	}
	return refused
}

// Settle removes what is pinned and not wanted. wanted are all deckies of the driver.
func (n *Native) Settle(wanted []*decnet.Decky) error {
	if len(wanted) == 0 && !exists(n.dir) {
		return nil // no predecessor has ever left anything
	}
	if err := n.open(); err != nil {
		return err
	}
	names := make(map[string]bool, len(wanted))
	for _, d := range wanted {
		names[d.Name] = true
	}
	there, err := n.spaces.List()
	if err != nil {
		return err
	}
	if len(wanted) == 0 {
		defer func() { _ = n.stacks.settle() }() // what is left is in nobody's way
	}
	there = slices.DeleteFunc(there, func(name string) bool { return names[name] })
	if len(there) > 0 {
		n.log.Info("removing namespaces that nobody wants", "namespaces", len(there))
	}
	var errs []error
	for _, err := range n.Close(there...) {
		errs = append(errs, err)
	}
	return errors.Join(errs...)
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}
