package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"

	"github.com/decnet/decnet/pkg/decnet"
	"github.com/decnet/decnet/pkg/decnet/fleet"
	"github.com/decnet/decnet/pkg/decnet/persona"
	"github.com/decnet/decnet/pkg/network"
)

// surroundings is the network that a request is for; nil link means loopback.
type surroundings struct {
	link *network.Link
	// checked are addresses that nobody answered for a moment ago.
	checked map[netip.Addr]bool
}

// look fills what the request leaves open of its network from this host's
// interface, if it is for a real one.
func look(r *fleet.Request) (*surroundings, error) {
	if r.Driver == decnet.DriverLoopback {
		return &surroundings{}, nil
	}
	link, err := network.Detect(r.Network.Interface)
	if err != nil {
		return nil, err
	}
	n := &r.Network
	n.Interface = link.Name
	if !n.Subnet.IsValid() {
		n.Subnet = link.Prefix
	}
	if !n.Gateway.IsValid() && n.Subnet.Contains(link.Gateway) {
		n.Gateway = link.Gateway
	}
	r.Prefix6 = link.Prefix6
	r.Reserved = append(r.Reserved, link.Address)
	if link.Wireless && !n.IPvlan {
		r.Notes = append(r.Notes, fmt.Sprintf("%s is Wi-Fi, which takes one MAC address per host: add --ipvlan", link.Name))
	}
	if !link.Up {
		r.Notes = append(r.Notes, fmt.Sprintf("%s has no carrier: nobody is reached over it now", link.Name))
	}
	return &surroundings{link: link, checked: make(map[netip.Addr]bool)}, nil
}

// maxRounds bounds how often addresses that turn out to be taken are replaced.
const maxRounds = 8

// plan makes the plan with addresses that nobody on the network answers for.
func (s *surroundings) plan(ctx context.Context, r *fleet.Request, w *fleet.World) (*fleet.Plan, error) {
	plan, err := fleet.Make(r, w)
	if err != nil || s.link == nil {
		return plan, err
	}
	own := ownCards(w.Deckies)
	prober := network.Prober{Own: func(mac net.HardwareAddr) bool { return own[mac.String()] }}
	for range maxRounds {
		ask := unchecked(plan, s.checked)
		if len(ask) == 0 {
			return plan, nil
		}
		taken, err := prober.InUse(ctx, s.link, ask)
		if errors.Is(err, network.ErrNoPrivilege) {
			plan.Notes = append(plan.Notes, "whether somebody has these addresses already was not checked: that takes root")
			return plan, nil
		}
		if err != nil {
			return nil, err
		}
		for _, a := range ask {
			s.checked[a] = true
		}
		if len(taken) == 0 {
			return plan, nil
		}
		for _, q := range r.Deckies {
			if mac, is := taken[q.Address]; is {
				return nil, fleet.Problems{where(q) + fmt.Sprintf("address %s is in use by the machine with MAC address %s: choose another", q.Address, mac)}
			}
		}
		for a := range taken {
			r.Reserved = append(r.Reserved, a)
		}
		if plan, err = fleet.Make(r, w); err != nil {
			return nil, err
		}
	}
	return nil, fmt.Errorf("too many addresses of %s are in use: name a free range with --ip-start", r.Network.Subnet)
}

func where(q fleet.DeckyRequest) string {
	if q.Where == "" {
		return ""
	}
	return q.Where + ": "
}

// ownCards are the MAC addresses of the deckies that are there already.
func ownCards(deckies []decnet.Decky) map[string]bool {
	out := make(map[string]bool, len(deckies))
	for i := range deckies {
		if p, err := persona.Derive(&deckies[i]); err == nil {
			out[p.MAC.String()] = true
		}
	}
	return out
}

// unchecked are the addresses that the plan adds, but for those looked at.
func unchecked(plan *fleet.Plan, checked map[netip.Addr]bool) []netip.Addr {
	var out []netip.Addr
	for _, s := range plan.Changes() {
		if s.Action == fleet.Remove || s.Old != nil && s.Old.Address == s.Decky.Address || checked[s.Decky.Address] {
			continue
		}
		out = append(out, s.Decky.Address)
	}
	return out
}

// readBounded reads up to a byte more than most, so that too much can be told.
func readBounded(r io.Reader, most int64) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, most+1))
	if err != nil {
		return nil, fmt.Errorf("fleet file: %w", err)
	}
	return data, nil
}
